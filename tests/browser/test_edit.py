"""Editing: nothing is lost, everything can be taken back, two pages can work at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node


def three(site: Site, name: str) -> str:
    """Make a workflow of three connected nodes that all fit the window."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("b", "blurImage", 420, 0),
            node("p", "preview", 840, 0),
        ],
        [edge("g", "image", "b", "image"), edge("b", "image", "p", "value")],
    )


def by_id(document: dict[str, Any]) -> dict[str, Any]:
    """Map the ids of a document's nodes to the nodes."""
    return {row["id"]: row for row in document["nodes"]}


def test_cards_that_come_while_the_view_moves_have_their_connections(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [node(f"n{i}", "template", 400 * i, 0, text="{a}") for i in range(10)]
    edges = [edge(f"n{i}", "text", f"n{i + 1}", "a") for i in range(9)]
    canvas.open(site.create("A long chain", nodes, edges))
    page.evaluate("__patchbay.rf.setViewport({ x: 100, y: 200, zoom: 1 })")
    canvas.settled()
    page.mouse.move(*canvas.point(0.9, 0.8))
    page.mouse.down(button="middle")
    page.mouse.move(*canvas.point(0.05, 0.8), steps=40)
    page.mouse.up(button="middle")
    canvas.settled()
    for target in ("n3", "n4", "n5"):
        expect(page.locator(f'[data-id$="-{target}.a"].react-flow__edge')).to_be_attached()


def test_a_reload_shows_what_was_edited(page: Page, canvas: Canvas, site: Site) -> None:
    slug = three(site, "Autosaved")
    canvas.open(slug)
    canvas.add("Text")
    canvas.fill("Text", "Text", "kept without a save button")
    canvas.saved()
    before = canvas.document()
    page.reload()
    canvas.ready()
    assert canvas.document()["nodes"] == before["nodes"]
    assert site.workflow(slug)["nodes"] == before["nodes"]
    expect(canvas.card("Text").get_by_label("Text", exact=True)).to_have_value(
        "kept without a save button"
    )


def test_undo_and_redo_walk_through_every_step(page: Page, canvas: Canvas, site: Site) -> None:
    slug = three(site, "Walks back")
    canvas.open(slug)
    start = canvas.document()
    canvas.select("Blur")
    page.keyboard.press("Delete")
    expect(canvas.cards).to_have_count(2)
    # What it was between is joined.
    expect(canvas.edges).to_have_count(1)
    head = canvas.card("Gradient").locator("header").bounding_box()
    assert head
    canvas.drag((head["x"] + 40, head["y"] + 18), (head["x"] + 40, head["y"] + 118))
    changed = canvas.document()
    assert changed["nodes"] != start["nodes"]

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(canvas.cards).to_have_count(3)
    expect(canvas.edges).to_have_count(2)
    assert canvas.document() == start
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+Shift+z")
    expect(canvas.cards).to_have_count(2)
    assert canvas.document() == changed
    canvas.saved()
    assert site.workflow(slug)["nodes"] == changed["nodes"]


def test_copied_nodes_are_pasted_with_the_connections_between_them(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = three(site, "Copied")
    canvas.open(slug)
    canvas.select("Gradient", "Blur")
    page.keyboard.press("Control+c")
    page.mouse.move(*canvas.point(0.4, 0.85))
    page.keyboard.press("Control+v")
    expect(canvas.edges).to_have_count(3)
    canvas.saved()
    document = site.workflow(slug)
    assert sorted(row["type"] for row in document["nodes"]) == [
        "blurImage",
        "blurImage",
        "gradient",
        "gradient",
        "preview",
    ]
    fresh = [edge for edge in document["edges"] if edge["source"] not in ("g", "b")]
    assert len(fresh) == 1
    assert len({row["id"] for row in document["nodes"]}) == 5


def test_duplicate_makes_a_second_one(page: Page, canvas: Canvas, site: Site) -> None:
    slug = three(site, "Duplicated")
    canvas.open(slug)
    canvas.select("Preview")
    page.keyboard.press("Control+d")
    expect(canvas.card("Preview")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(canvas.card("Preview")).to_have_count(1)


def test_a_box_selects_what_it_touches(page: Page, canvas: Canvas, site: Site) -> None:
    canvas.open(three(site, "Boxed"))
    first = canvas.card("Gradient").bounding_box()
    second = canvas.card("Blur").bounding_box()
    assert first and second
    page.keyboard.down("Shift")
    canvas.drag((first["x"] - 30, first["y"] - 30), (second["x"] + 20, second["y"] + 60))
    page.keyboard.up("Shift")
    expect(page.get_by_role("complementary", name="Inspector")).to_contain_text("2 nodes selected")
    expect(canvas.card("Preview")).not_to_have_attribute("data-selected", "true")


def test_nodes_and_workflows_are_renamed_in_place(page: Page, canvas: Canvas, site: Site) -> None:
    slug = three(site, "Old name")
    canvas.open(slug)
    canvas.select("Blur")
    page.keyboard.press("F2")
    title = canvas.card("Blur").get_by_label("Title of this node")
    expect(title).to_be_focused()
    title.fill("Soften")
    title.press("Enter")
    expect(canvas.card("Soften")).to_be_visible()
    name = page.get_by_label("Name of the workflow")
    name.fill("New name")
    name.press("Enter")
    canvas.saved()
    found = site.workflow(slug)
    assert found["name"] == "New name"
    assert by_id(found)["b"]["data"]["label"] == "Soften"


def test_edits_of_two_pages_both_survive(new_page: Callable[..., Page], site: Site) -> None:
    slug = three(site, "Two pages")
    here, there = Canvas(new_page()), Canvas(new_page())
    here.open(slug)
    there.open(slug)

    there.select("Preview")
    there.page.keyboard.press("F2")
    there.card("Preview").get_by_label("Title of this node").fill("From the other page")
    there.page.keyboard.press("Enter")
    there.saved()

    refused: list[int] = []
    here.page.on(
        "response",
        lambda answer: refused.append(answer.status) if answer.status == 409 else None,
    )
    here.select("Blur")
    here.page.keyboard.press("F2")
    here.card("Blur").get_by_label("Title of this node").fill("From this page")
    here.page.keyboard.press("Enter")
    expect(here.card("From the other page")).to_be_visible()
    here.saved()
    assert refused == []

    expect(here.card("From this page")).to_be_visible()
    nodes = by_id(site.workflow(slug))
    assert nodes["b"]["data"]["label"] == "From this page"
    assert nodes["p"]["data"]["label"] == "From the other page"


def test_what_clients_we_do_not_know_wrote_is_kept(page: Page, canvas: Canvas, site: Site) -> None:
    slug = three(site, "Foreign keys")
    site.change(slug, {"op": "node.set", "id": "b", "key": "theirs", "value": {"deep": [1, None]}})
    canvas.open(slug)
    canvas.select("Blur")
    page.keyboard.press("ArrowRight")
    canvas.saved()
    blur = by_id(site.workflow(slug))["b"]
    assert blur["theirs"] == {"deep": [1, None]}
    assert blur["position"]["x"] > 420


def test_a_page_nobody_inspects_shows_its_parts_to_nobody(
    new_page: Callable[..., Page], site: Site
) -> None:
    slug = three(site, "Closed")
    page = new_page()
    page.goto(f"/app/editor/{slug}")
    expect(page.locator(".react-flow__node")).to_have_count(3)
    assert page.evaluate("'__patchbay' in window") is False


@pytest.mark.parametrize("width", [1440, 390])
def test_a_message_lies_over_no_menu_and_no_button_of_the_inspector(
    page: Page, canvas: Canvas, site: Site, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    canvas.open(three(site, "Messages"))
    canvas.select("Gradient")
    page.keyboard.press("Control+s")
    message = page.get_by_role("status").filter(has_text="Everything is saved")
    expect(message).to_be_visible()
    said = message.bounding_box()
    assert said
    assert said["x"] >= 0 and said["x"] + said["width"] <= width
    inspector = page.get_by_role("complementary", name="Inspector")
    for button in inspector.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        apart = (
            box["x"] >= said["x"] + said["width"]
            or box["x"] + box["width"] <= said["x"]
            or box["y"] >= said["y"] + said["height"]
            or box["y"] + box["height"] <= said["y"]
        )
        assert apart, button.text_content()
    # A menu that opens where the message is lies over it.
    page.mouse.click(said["x"] + 24, said["y"] - 6, button="right")
    menu = page.get_by_role("menu")
    over = menu.bounding_box()
    assert over
    assert over["y"] < said["y"] + said["height"] and over["y"] + over["height"] > said["y"]
    for item in menu.get_by_role("menuitem").all():
        item.click(trial=True)
    look(page, f"message-{width}")
