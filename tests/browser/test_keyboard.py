"""The editor without a mouse: nothing traps the keyboard, and it reaches everything."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.site import Site, edge, node

FOCUSED = """() => {
  const { activeElement: it } = document
  return it === document.body ? 'body' : it.outerHTML.slice(0, 300)
}"""


def focus_card(page: Page, canvas: Canvas, title: str) -> None:
    """Put the keyboard on a card, as Tab would."""
    page.locator(".react-flow__node").filter(has=canvas.card(title)).focus()


def test_tab_walks_through_the_page_and_opens_nothing(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Walked", [node("t", "textBox", 0, 0), node("b", "blurImage", 420, 0)]))
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    assert len(set(seen)) > 12
    assert page.get_by_role("dialog").count() == 0
    assert any("react-flow__node" in element for element in seen)
    assert any("Name of the workflow" in element for element in seen)
    before = page.evaluate(FOCUSED)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) != before


def test_what_is_typed_after_adding_a_text_stands_in_it(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Typed", [node("b", "blurImage", 0, 0)])
    canvas.open(slug)
    canvas.add("Text")
    expect(canvas.card("Text").get_by_label("Text", exact=True)).to_be_focused()
    page.keyboard.type("fcg? at once")
    expect(canvas.card("Text").get_by_label("Text", exact=True)).to_have_value("fcg? at once")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    expect(canvas.card("Text")).to_have_count(0)
    # A card whose first field is a setting has the keyboard itself.
    canvas.add("Crop")
    page.keyboard.press("Delete")
    expect(canvas.card("Crop")).to_have_count(0)


def test_two_nodes_are_joined_and_a_second_output_is_used(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Joined",
        [node("c", "cutOut", 0, 0), node("b", "blurImage", 420, 0), node("p", "preview", 840, 0)],
    )
    canvas.open(slug)
    focus_card(page, canvas, "Remove background")
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    expect(canvas.offered.first).to_contain_text("Blur")
    expect(canvas.offered.first).to_contain_text("to Image")
    page.keyboard.press("Enter")
    expect(canvas.edges).to_have_count(1)
    # The keyboard is where it was.
    page.keyboard.press("c")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="mask", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    search = page.get_by_role("combobox", name="Search nodes")
    search.fill("blur mask")
    page.keyboard.press("Enter")
    expect(canvas.edges).to_have_count(2)
    canvas.saved()
    handles = {(e["sourceHandle"], e["targetHandle"]) for e in site.workflow(slug)["edges"]}
    assert handles == {("image-out", "image-in"), ("mask-out", "mask-in")}


def test_enter_goes_into_a_card_escape_out_and_the_menu_key_opens_its_menu(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Entered", [node("t", "textBox", 0, 0)]))
    focus_card(page, canvas, "Text")
    page.keyboard.press("Enter")
    expect(canvas.card("Text")).to_have_attribute("data-selected", "true")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.react-flow__node') !== null")
    assert not page.evaluate("document.activeElement.matches('.react-flow__node')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.react-flow__node')")
    for key in ("Shift+F10", "ContextMenu"):
        page.keyboard.press(key)
        menu = page.get_by_role("menu", name="Node")
        expect(menu.get_by_role("menuitem", name="Rename")).to_be_visible()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()


def test_a_dropped_connection_offers_what_it_is_for_first_and_stays_in_sight(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Dropped", [node("t", "textBox", 0, 0, text="Hi")], [])
    canvas.open(slug)
    canvas.settled()
    canvas.drag(middle(canvas.port("Text", "text-out")), canvas.point(0.7, 0.4))
    offered = canvas.offered.all_inner_texts()
    assert any(name.startswith("Template") for name in offered)
    assert not any(
        name.startswith(("Concatenate audio", "Extract audio", "Crop")) for name in offered
    )
    expect(page.get_by_role("dialog", name="Add a node")).to_contain_text(f"{len(offered)} results")
    expect(page.locator("svg path[stroke-dasharray], svg[aria-hidden] path").last).to_be_visible()
    canvas.choose("Template")
    expect(canvas.edges).to_have_count(1)
    canvas.saved()
    template = next(n for n in site.workflow(slug)["nodes"] if n["type"] == "template")
    assert template["data"]["text"] == "{input}"


def test_a_connection_of_an_image_is_not_offered_what_only_converts_by_accident(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [node("g", "gradient", 0, 0), node("p", "preview", 500, 0)]
    canvas.open(site.create("Image", nodes, [edge("g", "image", "p", "value")]))
    canvas.settled()
    canvas.drag(middle(canvas.port("Gradient", "image-out")), canvas.point(0.8, 0.85))
    offered = canvas.offered.all_inner_texts()
    assert not any(name.startswith("Extract audio") for name in offered)
    assert any(name.startswith("Preview") for name in offered)


def test_ctrl_enter_runs_what_is_selected_and_else_everything(
    canvas: Canvas, page: Page, site: Site
) -> None:
    slug = site.create(
        "Run keys",
        [
            node("a", "textBox", 0, 0, text="One"),
            node("b", "textBox", 0, 300, text="Two", label="Second"),
            node("p", "preview", 400, 0),
            node("q", "preview", 400, 300, label="Second preview"),
        ],
        [edge("a", "text", "p", "value"), edge("b", "text", "q", "value")],
    )
    canvas.open(slug)
    canvas.settled()
    page.keyboard.press("Control+Enter")
    canvas.done("Preview", "Second preview")
    canvas.fill("Second", "Text", "Three")
    canvas.fill("Text", "Text", "Four")
    canvas.select("Preview")
    page.keyboard.press("Control+Enter")
    expect(canvas.card("Preview")).to_contain_text("Four")
    expect(canvas.card("Second preview")).not_to_contain_text("Three")
