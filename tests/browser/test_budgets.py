"""The limit of dollars that a run is given in the plan."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.look import look
from tests.browser.site import Site, edge, node


def test_a_run_may_be_given_a_limit_in_the_plan(page: Page, site: Site) -> None:
    slug = site.create(
        "Costs",
        [
            node("list", "list", 0, 0, items=["a", "b", "c"]),
            node("say", "generateImage", 400, 0, prompt="x", model="openai/gpt-image-1-mini"),
            node("r", "preview", 800, 0),
        ],
        [edge("list", "items", "say", "prompt"), edge("say", "images", "r", "value")],
    )
    page.goto(f"/app/editor/{slug}")
    page.get_by_role("button", name="More ways to run").click()
    field = page.get_by_label("Stop at $")
    expect(field).to_be_visible()
    field.fill("0.01")
    expect(page.get_by_label("May stop early, at $")).to_be_visible()
    look(page, "budget")
