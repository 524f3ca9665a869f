"""Lists item by item: what fails is said, gone on without, and retried alone."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import Gate
from tests.browser.site import Site, node, wire
from tests.waiting import wait_until

NAMES = ("i1", "i2", "i3", "i4")


@pytest.fixture
def slug(site: Site, gate: Gate) -> str:
    """Four URLs of which one is not found, a request for each, and their preview."""
    gate.refused.add("i3")
    for name in NAMES:
        gate.open(name)
    return site.create(
        "Four files",
        [
            node("urls", "list", 0, 0, items=[f"{gate.origin}/{name}.png" for name in NAMES]),
            node("get", "httpRequest", 400, 0, label="Fetch"),
            node("end", "preview", 800, 0),
        ],
        [wire("urls", "items", "get", "url"), wire("get", "response", "end", "value")],
    )


def test_an_item_that_fails_is_gone_on_without_and_retried_alone(
    page: Page, canvas: Canvas, site: Site, gate: Gate, slug: str
) -> None:
    canvas.open(slug)
    canvas.select("Fetch")
    panel = page.get_by_role("complementary", name="Inspector")
    panel.get_by_text("When it fails", exact=True).first.click()
    panel.get_by_role("combobox", name="When it fails").select_option("Continue without it")
    canvas.saved()
    canvas.run()
    canvas.done("Fetch", "Preview")
    expect(canvas.card("Fetch")).to_contain_text("1 of 4 failed")
    if look := os.environ.get("LOOK"):
        page.screenshot(path=f"{look}/items-editor.png")
    gate.refused.clear()
    page.get_by_role("button", name="Retry 1 item").click()
    expect(canvas.card("Fetch")).not_to_contain_text("failed")
    canvas.done("Fetch", "Preview")
    expect(page.get_by_role("button", name="Retry 1 item")).to_have_count(0)
    run = site.last_run(slug)["executionId"]
    calls = [
        row for event in site.events(run) if event["type"] == "items" for row in event["items"]
    ]
    assert sorted(row["item"] for row in calls if "output" in row) == [0, 1, 2, 3]


def test_a_run_page_shows_each_item_and_retries_what_failed(
    page: Page, canvas: Canvas, site: Site, gate: Gate, slug: str
) -> None:
    site.change(slug, {"op": "node.set", "id": "get", "key": "onError"} | {"value": CONTINUE})
    site.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    run = site.last_run(slug)["executionId"]
    page.goto(f"/runs/{run}")
    items = page.get_by_role("region", name="Items of Fetch")
    expect(items.get_by_role("listitem")).to_have_count(4)
    expect(items.get_by_role("listitem").nth(2)).to_contain_text("404")
    if look := os.environ.get("LOOK"):
        page.screenshot(path=f"{look}/items-run.png", full_page=True)
    items.get_by_role("button", name="Failed 1").click()
    expect(items.get_by_role("listitem")).to_have_count(1)
    gate.refused.clear()
    page.get_by_role("button", name="Retry 1 item").click()
    expect(page.get_by_role("button", name=re.compile("^Retry"))).to_have_count(0)
    wait_until(lambda: site.get(f"/api/executions/{run}")["status"] == "completed", 30)
    details = page.locator("summary").filter(has_text="4 of 4 items done")
    expect(details.first).to_be_visible()


CONTINUE = {"policy": "continue"}
