"""Lists item by item: what fails is said, gone on without, and retried alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import Gate
from tests.browser.look import look
from tests.browser.site import Site, edge, node
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
        [edge("urls", "items", "get", "url"), edge("get", "response", "end", "value")],
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
    gate.refused.clear()
    page.get_by_role("button", name="Retry 1 item").click()
    dialog = page.get_by_role("dialog", name="Retry")
    expect(dialog.get_by_role("listitem").first).to_contain_text("Fetch failed")
    look(page, "retry-editor")
    dialog.get_by_role("button", name=re.compile("^Retry [12]")).click()
    expect(canvas.card("Fetch")).not_to_contain_text("failed")
    canvas.done("Fetch", "Preview")
    expect(page.get_by_role("button", name="Retry 1 item")).to_have_count(0)
    run = site.last_run(slug)["executionId"]
    calls = [
        row for event in site.events(run) if event["type"] == "items" for row in event["items"]
    ]
    assert sorted(row["item"] for row in calls if "output" in row) == [0, 1, 2, 3]


def test_the_card_of_a_list_step_shows_its_items_as_tiles_that_open(
    page: Page, canvas: Canvas, site: Site
) -> None:
    colors = [f"#{red:02x}40{255 - red:02x}" for red in range(0, 255, 7)]
    made = site.create(
        "Tints",
        [
            node("list", "list", 0, 0, items=colors),
            node("make", "gradient", 400, 0, label="Tint", kind="solid"),
            node("end", "preview", 800, 0),
        ],
        [edge("list", "items", "make", "start"), edge("make", "image", "end", "value")],
    )
    canvas.open(made)
    canvas.run()
    canvas.done("Tint", "Preview")
    tiles = canvas.card("Tint").get_by_role("list", name="Items of Tint").get_by_role("listitem")
    expect(tiles).to_have_count(36)
    expect(tiles.last).to_have_text("+2")
    # A step that takes next to no time keeps no time of each item.
    expect(tiles.first).to_have_attribute("title", re.compile(r"^Tint, item 1: (.*s|done)$"))
    look(page, "card-items")
    tiles.nth(4).get_by_role("button").click()
    expect(page.get_by_role("dialog").get_by_text("5 of 37")).to_be_visible()
    page.keyboard.press("Escape")
    tiles.last.get_by_role("link", name="All 37").click()
    expect(page.locator("summary").filter(has_text="37 of 37 items done")).to_be_visible()


def test_a_run_page_shows_each_item_and_retries_what_failed(
    page: Page, canvas: Canvas, site: Site, gate: Gate, slug: str
) -> None:
    site.change(slug, {"op": "node.set", "id": "get", "key": "onError"} | {"value": CONTINUE})
    site.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    site.post(f"/api/workflows/{slug}/versions", {"name": "As first run"})
    run = site.last_run(slug)["executionId"]
    page.goto(f"/runs/{run}")
    items = page.get_by_role("region", name="Items of Fetch")
    expect(items.get_by_role("listitem")).to_have_count(4)
    expect(items.get_by_role("listitem").nth(2)).to_contain_text("404")
    items.get_by_role("button", name="Failed 1").click()
    expect(items.get_by_role("listitem")).to_have_count(1)
    gate.refused.clear()
    items.get_by_role("button", name="Select failed").click()
    look(page, "retry-selected")
    items.get_by_role("button", name="Retry 1 item…").click()
    dialog = page.get_by_role("dialog", name="Retry 1 item of Fetch")
    does = dialog.get_by_role("region", name="What a retry does")
    expect(does).to_contain_text("free")
    dialog.get_by_role("combobox", name="Another version…").select_option("As first run")
    expect(does).to_contain_text("1 item")
    look(page, "retry-items")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "retry-items-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    dialog.get_by_role("button", name=re.compile("^Retry ")).click()
    expect(dialog).to_be_hidden()
    wait_until(lambda: site.get(f"/api/executions/{run}")["status"] == "completed", 30)
    details = page.locator("summary").filter(has_text="4 of 4 items done")
    expect(details.first).to_be_visible()


CONTINUE = {"policy": "continue"}
