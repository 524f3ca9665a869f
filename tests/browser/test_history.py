"""History: undo after a reload, two versions compared, one node restored, publish and roll back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults


def a_poster(site: Site, name: str) -> str:
    """Make a workflow whose result is an image, published, with edits of every kind since."""
    slug = site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=512, height=320),
            node("b", "blurImage", 420, 60),
            node("o", "responseOutput", 840, 0),
        ],
        [edge("g", "image", "b", "image"), edge("b", "image", "o", "result")],
    )
    site.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    site.post(f"/api/workflows/{slug}/versions", {"publish": True, "notes": "For print"})
    return slug


def edits(site: Site, slug: str) -> None:
    """Change a value, move a node, remove one with its connections, and add one."""
    site.change(slug, {"op": "field.set", "id": "g", "field": "width", "value": 640})
    site.post(f"/api/workflows/{slug}/versions", {"name": "Before the client call"})
    position = {"x": 840, "y": 240}
    site.change(slug, {"op": "node.set", "id": "o", "key": "position", "value": position})
    note = node("t", "template", 420, 320, text="Launch week", label="Slogan")
    site.change(
        slug,
        *({"op": "edge.remove", "id": edge["id"]} for edge in site.workflow(slug)["edges"]),
        {"op": "node.remove", "id": "b"},
        {"op": "node.add", "node": note},
        {"op": "edge.add", "edge": edge("g", "image", "o", "result")},
    )


def test_undo_goes_on_after_a_reload_to_the_very_start(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Undone after a reload", [node("t", "template", 0, 0, text="one")])
    start = site.workflow(slug)["nodes"]
    canvas.open(slug)
    canvas.fill("Template", "Text", "two")
    canvas.select("Template")
    page.keyboard.press("Control+d")
    expect(canvas.cards).to_have_count(2)
    page.keyboard.press("Delete")
    expect(canvas.cards).to_have_count(1)
    canvas.saved()
    page.reload()
    canvas.ready()
    undo = page.get_by_role("button", name="Undo (")
    for cards in (2, 1):
        expect(undo).to_be_enabled()
        undo.click()
        expect(canvas.cards).to_have_count(cards)
    expect(undo).to_be_enabled()
    undo.click()
    expect(undo).to_be_disabled()
    canvas.saved()
    assert site.workflow(slug)["nodes"] == start
    page.reload()
    canvas.ready()
    redo = page.get_by_role("button", name="Redo (")
    expect(redo).to_be_enabled()
    redo.click()
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "two"


def test_what_one_has_done_in_another_page_is_undone_in_order(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Not overwritten", [node("t", "template", 0, 0, text="one")])
    canvas.open(slug)
    canvas.fill("Template", "Text", "two")
    canvas.saved()
    site.change(slug, {"op": "field.set", "id": "t", "field": "text", "value": "three"})
    page.reload()
    canvas.ready()
    page.get_by_role("button", name="Undo (").click()
    page.get_by_role("button", name="Undo (").click()
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "one"


def test_yesterday_is_compared_with_now_and_one_node_is_restored(page: Page, site: Site) -> None:
    slug = a_poster(site, "Launch poster")
    edits(site, slug)
    page.goto(f"/workflows/{slug}/history")
    status = page.locator("main [role=status]")
    expect(status).to_contain_text("v1 compared with draft, now")
    for words in ("1 added", "1 removed", "1 moved", "1 changed"):
        expect(status).to_contain_text(words)
    expect(page.get_by_role("article", name="Gradient")).to_contain_text("512")
    expect(page.get_by_role("article", name="Gradient")).to_contain_text("640")
    expect(page.get_by_role("img", name="Result of v1")).to_be_visible()
    expect(page.get_by_text("not run")).to_be_visible()
    look(page, "history")
    page.keyboard.press("]")
    expect(page.get_by_text("Change 1 of 4")).to_be_visible()
    Canvas(page).settled()

    gone = page.get_by_role("article", name="Blur")
    gone.get_by_role("button", name="Restore this node").click()
    expect(status).not_to_contain_text("removed")
    document = site.workflow(slug)
    assert {row["id"] for row in document["nodes"]} == {"g", "b", "o", "t"}
    page.get_by_role("button", name="Restore Width").click()
    expect(status).not_to_contain_text("changed")
    assert site.workflow(slug)["nodes"][0]["data"]["width"] == 512
    page.get_by_role("button", name="Restore all of v1").click()
    expect(status).to_contain_text("v1 and draft, now are the same")
    assert [row["id"] for row in site.workflow(slug)["nodes"]] == ["g", "b", "o"]


def test_a_version_is_published_in_the_page_and_rolled_back(page: Page, site: Site) -> None:
    slug = a_poster(site, "Published twice")
    edits(site, slug)
    page.goto(f"/app/editor/{slug}")
    badge = page.get_by_role("button", name="Draft")
    expect(badge).to_contain_text("3 changes since v1")
    badge.click()
    page.get_by_role("button", name="Publish as v2").click()
    look(page, "history-publish")
    page.get_by_label("What is new").fill("A slogan")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("v2 is live: API keys and visitors run it.")).to_be_visible()
    assert site.get(f"/api/workflows/{slug}/versions")["live"] == 2
    page.get_by_role("button", name="v1 published").click()
    page.get_by_role("button", name="Make v1 live").click()
    expect(page.get_by_text("v1 is live: API keys and visitors run it.")).to_be_visible()
    assert site.get(f"/api/workflows/{slug}/versions")["live"] == 1


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_the_history(
    new_page: Callable[..., Page], site: Site, theme: Any
) -> None:
    page = new_page(color_scheme=theme)
    slug = a_poster(site, f"Checked history in {theme}")
    edits(site, slug)
    page.goto(f"/workflows/{slug}/history")
    expect(page.locator("main [role=status]")).to_contain_text("compared with")
    assert faults(page) == []


def test_the_history_fits_a_phone_and_says_when_it_is_empty(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    slug = site.create("Nothing yet", [node("t", "template", 0, 0, text="one")])
    page.goto(f"/workflows/{slug}/history")
    expect(page.get_by_text("No changes yet")).to_be_visible()
    look(page, "history-phone-empty")
    poster = a_poster(site, "On a phone")
    edits(site, poster)
    page.goto(f"/workflows/{poster}/history")
    expect(page.locator("main [role=status]")).to_contain_text("compared with")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(page, "history-phone")


def test_the_history_beside_the_canvas_restores_a_version_and_opens_it(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Beside", [node("words", "textBox", 0, 0, text="before")])
    site.post(f"/api/workflows/{slug}/versions", {"name": "Kept"})
    canvas.open(slug)
    canvas.fill("Text", "Text", "after")
    canvas.saved()
    page.get_by_role("button", name="History panel").click()
    panel = page.get_by_role("region", name="History")
    expect(panel).to_contain_text("Text of Text: before → after")
    panel.get_by_role("button", name=re.compile("^Kept")).click()
    look(page, "history-panel")
    panel.get_by_role("button", name="Restore all of Kept").click()
    expect(canvas.card("Text").get_by_label("Text", exact=True)).to_have_value("before")
    panel.get_by_role("button", name=re.compile("^Kept")).click()
    panel.get_by_role("button", name="Open Kept to look at").click()
    expect(page.get_by_text("Kept, read-only")).to_be_visible()
