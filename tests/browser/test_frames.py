"""Frames, notes and collapsed cards: what moves together, runs together and folds away."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.waiting import wait_until


def chain(site: Site, name: str, *more: dict[str, Any]) -> str:
    """Make a workflow of four nodes in a row."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("e", "edges", 360, 0),
            node("b", "blurImage", 720, 0),
            node("p", "preview", 1080, 0),
            *more,
        ],
        [
            edge("g", "image", "e", "image"),
            edge("e", "image", "b", "image"),
            edge("b", "image", "p", "value"),
        ],
    )


def saved(site: Site, slug: str) -> dict[str, Any]:
    """Return the nodes that the server has, by id."""
    return {row["id"]: row for row in site.workflow(slug)["nodes"]}


def framed(site: Site, name: str) -> str:
    """Make a chain with a frame around its two middle nodes."""
    frame = {
        **node("f", "frame", 336, -44, label="Look", color="#3aa76d"),
        "width": 700,
        "height": 460,
    }
    return chain(site, name, frame)


def test_a_frame_is_put_around_what_is_selected_and_named(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Framed")
    canvas.open(slug)
    canvas.select("Edges", "Blur")
    page.keyboard.press("Control+g")
    page.get_by_label("Title of this node").first.fill("Look")
    page.keyboard.press("Enter")
    canvas.saved()
    (frame,) = [row for row in saved(site, slug).values() if row["type"] == "frame"]
    assert frame["data"] == {"label": "Look"}
    assert frame["position"]["x"] < 360
    assert frame["position"]["x"] + frame["width"] > 1000
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    wait_until(lambda: len(saved(site, slug)) == 4)


def test_a_frame_moves_with_what_lies_in_it(page: Page, canvas: Canvas, site: Site) -> None:
    slug = framed(site, "Moved")
    canvas.open(slug)
    canvas.settled()
    before = saved(site, slug)
    look(page, "frame")
    head = middle(page.get_by_label("Look", exact=True).locator("header span"))
    canvas.drag(head, (head[0], head[1] + 120))
    canvas.saved()
    wait_until(lambda: saved(site, slug)["f"]["position"] != before["f"]["position"])
    after = saved(site, slug)
    moved = {
        id: (
            after[id]["position"]["x"] - before[id]["position"]["x"],
            after[id]["position"]["y"] - before[id]["position"]["y"],
        )
        for id in before
    }
    assert moved["g"] == moved["p"] == (0, 0)
    assert moved["f"] == moved["e"] == moved["b"]
    assert moved["f"][1] > 0
    page.keyboard.press("Control+z")
    wait_until(lambda: saved(site, slug) == before)


def test_a_collapsed_frame_shows_what_crosses_its_edge_and_still_runs(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = framed(site, "Folded")
    canvas.open(slug)
    page.get_by_role("button", name="Collapse Look").click()
    expect(canvas.card("Edges")).to_have_count(0)
    expect(canvas.edges).to_have_count(2)
    frame = page.locator(".react-flow__node-frame")
    expect(frame.locator("[data-handleid]")).to_have_count(2)
    look(page, "frame-folded")
    frame.get_by_role("button", name="Run Look").click()
    done = f"/api/executions?workflow={slug}&status=completed"
    wait_until(lambda: len(site.get(done)) == 1)
    assert [row["id"] for row in site.last_run(slug)["nodes"]] == ["g", "e", "b"]
    page.get_by_role("button", name="Expand Look").click()
    expect(canvas.card("Edges")).to_be_visible()
    canvas.saved()
    assert saved(site, slug)["f"].get("collapsed") is None


def test_a_card_collapses_to_its_title_and_connected_ports(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Collapsed")
    canvas.open(slug)
    canvas.select("Edges", "Blur")
    page.keyboard.press("Alt+c")
    edges = page.locator(".react-flow__node").filter(has=canvas.card("Edges"))
    expect(edges.locator("[data-handleid]")).to_have_count(2)
    box = edges.bounding_box()
    assert box
    assert box["height"] < 60
    expect(canvas.edges).to_have_count(3)
    look(page, "collapsed")
    page.get_by_role("button", name="Expand Edges").click()
    wait_until(
        lambda: [saved(site, slug)[id].get("collapsed") for id in ("b", "e")] == [True, None]
    )


def test_a_note_shows_its_markdown_and_is_written_when_it_is_selected(
    page: Page, canvas: Canvas, site: Site
) -> None:
    note = node("n", "note", 0, 0, text="# Read me\n\n- **press** Run\n- [docs](https://x.example)")
    slug = site.create("Noted", [{**note, "width": 320, "height": 160}])
    canvas.open(slug)
    shown = page.locator(".react-flow__node-note")
    expect(shown.get_by_role("heading", name="Read me")).to_be_visible()
    expect(shown.locator("strong")).to_have_text("press")
    look(page, "note")
    shown.get_by_role("heading", name="Read me").click()
    text = page.get_by_role("textbox", name="Note", exact=True)
    text.fill("plain <b>words</b>")
    text.blur()
    page.mouse.click(*canvas.point(0.5, 0.9))
    expect(shown).to_contain_text("plain <b>words</b>")
    wait_until(lambda: saved(site, slug)["n"]["data"]["text"] == "plain <b>words</b>")
