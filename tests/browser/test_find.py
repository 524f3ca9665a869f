"""Finding and commanding: nodes by what is in them, any action and workflow by a few characters."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.waiting import wait_until


def some(site: Site, name: str) -> str:
    """Make a workflow in which there is something to find."""
    return site.create(
        name,
        [
            node("t", "textBox", 0, 0, text="a lighthouse in the fog", label="Prompt"),
            node("u", "template", 400, 0, text="{a}, at dusk"),
            node("p", "preview", 800, 0),
            node("n", "note", 0, 400, text="The fog comes later"),
            node("g", "gradient", 2400, 1800, width=64, height=64, label="Far away"),
        ],
        [edge("t", "text", "u", "a"), edge("u", "text", "p", "value")],
    )


def test_nodes_are_found_by_title_type_value_and_error(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(some(site, "Findable"))
    page.keyboard.press("Control+f")
    search = page.get_by_role("textbox", name="Find nodes")
    expect(search).to_be_focused()
    found = page.get_by_role("search").get_by_role("listitem")
    search.fill("fog")
    expect(found).to_have_count(2)
    expect(found.first).to_contain_text("Text: a lighthouse in the fog")
    expect(canvas.card("Prompt")).to_have_attribute("data-selected", "true")
    look(page, "find")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 2")).to_be_visible()
    expect(page.locator(".react-flow__node-note.selected")).to_have_count(1)
    for words, title in (("gradient", "Far away"), ("dusk", "Template"), ("far aw", "Far away")):
        search.fill(words)
        expect(found).to_have_count(1)
        expect(found.first).to_contain_text(title)
    canvas.settled()
    expect(canvas.card("Far away")).to_be_in_viewport()
    search.press("Escape")
    expect(search).to_be_hidden()


def test_any_action_node_and_workflow_is_reached_from_the_command_palette(
    page: Page, canvas: Canvas, site: Site
) -> None:
    site.create("Elsewhere entirely", [node("x", "textBox", 0, 0)])
    slug = some(site, "Commanded")
    canvas.open(slug)
    canvas.select("Template")
    page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="Search commands")
    options = page.get_by_role("listbox", name="Commands").get_by_role("option")
    expect(options.first).to_be_visible()
    look(page, "commands")
    search.fill("bypass")
    expect(options.first).to_contain_text("Bypass")
    page.keyboard.press("Enter")
    expect(canvas.card("Template")).to_have_attribute("data-mode", "bypass")
    page.keyboard.press("Control+k")
    search.fill("blur")
    expect(options.first).to_contain_text("Blur")
    page.keyboard.press("Enter")
    expect(canvas.card("Blur")).to_be_visible()
    canvas.saved()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+k")
    search.fill("elsewhere")
    expect(options.first).to_contain_text("Elsewhere entirely")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/app/editor/elsewhere"))


def test_shortcuts_are_looked_up_and_searched(page: Page, canvas: Canvas, site: Site) -> None:
    canvas.open(some(site, "Shortcuts"))
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Zoom to fit")).to_be_visible()
    look(page, "shortcuts")
    dialog.get_by_role("searchbox", name="Search shortcuts").fill("mute")
    expect(dialog.get_by_text("Ctrl+M")).to_be_visible()
    expect(dialog.get_by_text("Zoom to fit")).to_be_hidden()


def test_shortcuts_are_changed_with_conflicts_named_and_reset(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = some(site, "Own shortcuts")
    canvas.open(slug)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    # Taken keys name who has them; nothing changes until that is decided.
    dialog.get_by_role("button", name="Add a node: N. Press to change").click()
    page.keyboard.press("f")
    taken = dialog.get_by_role("alert")
    expect(taken).to_contain_text("F is already used for: Zoom to fit.")
    look(page, "shortcuts-conflict")
    taken.get_by_role("button", name="Keep as it is").click()
    dialog.get_by_role("button", name="Add a node: N. Press to change").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Add a node: N. Press to change").click()
    page.keyboard.press("Shift+A")
    expect(dialog.get_by_role("button", name="Add a node: Shift+A. Press")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # They hold at once, after a reload, and where they are shown.
    page.reload()
    canvas.ready()
    page.keyboard.press("n")
    search = page.get_by_role("combobox", name="Search nodes")
    page.keyboard.press("Shift+A")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    page.keyboard.press("?")
    dialog.get_by_role("button", name="Reset the keys of Add a node").click()
    expect(dialog.get_by_role("button", name="Add a node: N. Press to change")).to_be_visible()
    expect(dialog.get_by_role("button", name="Reset all")).to_be_disabled()
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "shortcuts-phone")


def test_a_field_that_several_nodes_share_is_set_on_all(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Shared",
        [
            node("a", "blurImage", 0, 0, label="One", radius=4),
            node("b", "blurImage", 360, 0, label="Two", radius=12),
            node("c", "blurImage", 720, 0, label="Three", radius=12),
        ],
    )

    def radii() -> list[object]:
        return [row["data"]["radius"] for row in site.workflow(slug)["nodes"]]

    canvas.open(slug)
    canvas.select("One", "Two", "Three")
    side = page.get_by_role("complementary", name="Inspector")
    expect(side.get_by_text("Mixed", exact=True)).to_be_visible()
    look(page, "mixed")
    side.get_by_role("button", name="12", exact=True).click()
    wait_until(lambda: radii() == [12, 12, 12])
    expect(side.get_by_text("Mixed", exact=True)).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    wait_until(lambda: radii() == [4, 12, 12])


def test_alt_and_drag_copies(page: Page, canvas: Canvas, site: Site) -> None:
    slug = some(site, "Alt copies")
    canvas.open(slug)
    canvas.settled()
    head = canvas.card("Template").locator("header").bounding_box()
    assert head
    start = (head["x"] + 60, head["y"] + 18)
    page.keyboard.down("Alt")
    canvas.drag(start, (start[0] + 40, start[1] + 160))
    page.keyboard.up("Alt")
    expect(canvas.card("Template")).to_have_count(2)
    canvas.saved()
    rows = [row for row in site.workflow(slug)["nodes"] if row["type"] == "template"]
    assert rows[0]["position"] == {"x": 400, "y": 0}
    assert rows[1]["position"]["y"] > 100
    assert len(site.workflow(slug)["edges"]) == 2


def test_a_lasso_selects_what_it_goes_around(page: Page, canvas: Canvas, site: Site) -> None:
    slug = site.create(
        "Lasso",
        [
            node(id, "textBox", x, y, label=id)
            for id, x, y in (("A", 0, 0), ("B", 360, 0), ("C", 0, 240))
        ],
    )
    canvas.open(slug)
    canvas.settled()
    box = {id: canvas.card(id).bounding_box() for id in "ABC"}
    a, b, c = box["A"], box["B"], box["C"]
    assert a and b and c
    page.keyboard.down("Alt")
    page.mouse.move(a["x"] - 30, a["y"] - 30)
    page.mouse.down()
    for x, y in (
        (a["x"] + a["width"] + 10, a["y"] - 30),
        (a["x"] + a["width"] + 10, c["y"] + c["height"] + 20),
        (a["x"] - 30, c["y"] + c["height"] + 20),
    ):
        page.mouse.move(x, y, steps=5)
    page.mouse.up()
    page.keyboard.up("Alt")
    for id, chosen in (("A", True), ("B", False), ("C", True)):
        card = expect(canvas.card(id))
        (card.to_have_attribute if chosen else card.not_to_have_attribute)("data-selected", "true")


def test_what_feeds_a_node_and_what_is_like_it_is_selected(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(some(site, "Selects"))
    canvas.select("Template")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_text("2 nodes selected")).to_be_visible()
    page.keyboard.press("Alt+a")
    expect(page.get_by_text("3 nodes selected")).to_be_visible()


def test_the_minimap_frames_what_is_in_view_and_a_click_goes_there(page: Page, site: Site) -> None:
    nodes = [
        node("a", "textBox", 0, 0, label="Near"),
        node("b", "textBox", 6000, 3000, label="Far"),
    ]
    Canvas(page).open(site.create("Two ends", nodes))
    page.evaluate("__patchbay.rf.setViewport({x: 80, y: 90, zoom: 1})")
    minimap = page.locator("[class*=mini]")
    frame = minimap.locator("div")
    expect(minimap).to_be_visible()
    whole, before = minimap.bounding_box(), frame.bounding_box()
    assert whole and before
    assert before["x"] - whole["x"] < whole["width"] / 4
    assert before["y"] - whole["y"] < whole["height"] / 4

    # The two lie in its opposite corners.
    page.mouse.click(whole["x"] + whole["width"] - 14, whole["y"] + whole["height"] - 20)
    expect(page.locator(".react-flow__node", has_text="Far")).to_be_in_viewport()
    after = frame.bounding_box()
    assert after and after["x"] > whole["x"] + whole["width"] / 2

    # With everything in view it says nothing.
    page.get_by_role("button", name="Zoom to fit").click()
    expect(minimap).to_be_hidden()
