"""The App view: authors choose, order, group and describe the fields of the form, and see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults
from tests.waiting import wait_until

FIELDS = [
    {"name": "photo", "type": "image", "label": "Product photo"},
    {"name": "scene", "type": "textarea", "label": "Scene"},
    {"name": "steps", "type": "number", "label": "Steps", "default": 8},
]


@pytest.fixture
def slug(site: Site) -> str:
    """Make a workflow with a form of three fields."""
    nodes = [
        node("in", "requestInput", 0, 0, fields=FIELDS, values={"scene": "A launch pad at dusk"}),
        node("t", "template", 420, 0, text="{scene}"),
        node("o", "responseOutput", 840, 0),
    ]
    edges = [edge("in", "scene", "t", "scene"), edge("t", "text", "o", "result")]
    return site.create("Launch poster", nodes, edges)


def names(site: Site, slug: str) -> list[str]:
    """Return the fields that callers see, in order."""
    return [field["name"] for field in site.get(f"/api/workflows/{slug}/schema")["fields"]]


def open_app(page: Page, canvas: Canvas, slug: str) -> Locator:
    """Open the editor of a workflow and its App view."""
    canvas.open(slug)
    page.get_by_role("banner").get_by_role("button", name="App", exact=True).click()
    return page.get_by_role("region", name="App", exact=True)


def test_an_author_makes_the_form_and_callers_get_it(
    page: Page, canvas: Canvas, site: Site, slug: str
) -> None:
    app = open_app(page, canvas, slug)
    preview = app.get_by_role("region", name="Preview")
    expect(preview.get_by_label("Scene")).to_have_value("A launch pad at dusk")
    app.get_by_role("button", name="Show Steps in the form").click()
    expect(preview.get_by_label("Steps")).to_have_count(0)
    expect(app.get_by_text("2 fields")).to_be_visible()

    scene = app.get_by_role("button", name="Scene Long text")
    scene.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(app.get_by_role("listitem").first).to_contain_text("Scene")
    scene.click()
    app.get_by_label("Help").fill("What is behind the product")
    app.get_by_label("Group").fill("Words")
    app.get_by_label("Label").fill("Background")
    page.keyboard.press("Tab")
    expect(preview.get_by_role("group", name="Words").get_by_label("Background")).to_be_visible()
    expect(preview.get_by_text("What is behind the product")).to_be_visible()
    look(page, "app-view")
    canvas.saved()
    assert names(site, slug) == ["scene", "photo"]

    page.goto(f"/play/{slug}")
    expect(page.get_by_role("group", name="Words").get_by_label("Background")).to_be_visible()
    expect(page.get_by_label("Steps")).to_have_count(0)


def test_a_change_of_the_form_is_undone(page: Page, canvas: Canvas, site: Site, slug: str) -> None:
    app = open_app(page, canvas, slug)
    app.get_by_role("button", name="Show Steps in the form").click()
    canvas.saved()
    assert names(site, slug) == ["photo", "scene"]
    page.keyboard.press("Control+z")
    expect(app.get_by_role("region", name="Preview").get_by_label("Steps")).to_be_visible()
    canvas.saved()
    assert names(site, slug) == ["photo", "scene", "steps"]


def test_a_field_is_dragged_to_its_place(page: Page, canvas: Canvas, site: Site, slug: str) -> None:
    app = open_app(page, canvas, slug)
    rows = app.get_by_role("listitem")
    handle = rows.nth(2).locator("[draggable=true]")
    box = rows.nth(0).bounding_box()
    assert box
    handle.drag_to(rows.nth(0), target_position={"x": box["width"] / 2, "y": 4})
    expect(rows.first).to_contain_text("Steps")
    canvas.saved()
    assert names(site, slug) == ["steps", "photo", "scene"]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_the_app_view_at_desk_and_phone(
    new_page: Callable[..., Page], slug: str, theme: str
) -> None:
    page = new_page(color_scheme=theme)
    app = open_app(page, Canvas(page), slug)
    app.get_by_role("radio", name="Desktop").click()
    app.get_by_role("button", name="Scene Long text").click()
    expect(app.get_by_label("Group")).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "app-view-phone")
    assert faults(page) == []


def test_a_field_of_any_node_is_shown_in_the_app_and_taken_out_again(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Any field",
        [
            node("g", "gradient", 0, 0, width=96, height=64),
            node("o", "responseOutput", 500, 0),
        ],
        [edge("g", "image", "o", "result")],
    )
    canvas.open(slug)
    canvas.select("Gradient")
    inspector = page.get_by_role("complementary", name="Inspector")
    inspector.get_by_role("button", name="Width in App").click()
    wait_until(lambda: names(site, slug) == ["width"])
    canvas.settled()
    look(page, "in-app")
    schema = site.get(f"/api/workflows/{slug}/schema")
    (field,) = schema["fields"]
    assert (field["name"], field["label"], field["type"]) == ("width", "Width", "number")
    assert schema["values"] == {"width": 96}
    # A second one joins it, from the menu of the field on the card.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    canvas.settled()
    canvas.card("Gradient").get_by_text("Type", exact=True).click(button="right")
    look(page, "in-app-menu")
    page.get_by_role("menuitem", name="Show Type in App").click()
    wait_until(lambda: names(site, slug) == ["width", "type"])
    made = [row["type"] for row in site.workflow(slug)["nodes"]]
    assert made.count("requestInput") == 1
    run = site.post(f"/api/workflows/{slug}/run", {"inputs": {"width": 48}})
    assert run
    page.get_by_role("button", name="App", exact=True).click()
    app = page.get_by_role("region", name="App")
    expect(app.get_by_role("region", name="Preview").get_by_label("Width")).to_have_value("96")
    app.get_by_role("button", name="Close").click()
    canvas.select("Gradient")
    for name in ("Width", "Type"):
        inspector.get_by_role("button", name=f"{name} in App").click()
    wait_until(lambda: len(site.workflow(slug)["nodes"]) == 2)
    workflow = site.workflow(slug)
    assert [row["type"] for row in workflow["nodes"]] == ["gradient", "responseOutput"]
    assert workflow["nodes"][0]["data"]["width"] == 96
    page.evaluate("document.activeElement.blur()")
    for _ in range(2):
        page.keyboard.press("Control+z")
    wait_until(lambda: names(site, slug) == ["width", "type"])
