"""What a workflow asks for: fields of every type are added to the request input from one menu."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, node

TYPES = [
    "Text",
    "Long text",
    "Number",
    "Slider",
    "Options",
    "Buttons",
    "Toggle",
    "Color",
    "Curve",
    "Gradient",
    "Image",
    "Video",
    "Audio",
    "File",
]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_field_is_added_by_choosing_its_type(
    page: Page, canvas: Canvas, site: Site, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    slug = site.create(f"Asks in {theme}", [node("in", "requestInput", 0, 0, fields=[])])
    canvas.open(slug)
    add = canvas.card("Inputs").get_by_role("button", name="Add the first field")
    add.click()
    menu = page.get_by_role("menu", name="Type of the field")
    expect(menu.get_by_role("menuitem")).to_have_text(TYPES)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(add).to_be_focused()
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["fields"] == []

    add.click()
    menu.get_by_role("menuitem", name="Long text").click()
    expect(page.get_by_label("Name in the API")).to_have_value("long_text")
    again = page.get_by_role("complementary", name="Inspector").get_by_role(
        "button", name="Add a field"
    )
    again.click()
    menu.get_by_role("menuitem", name="Image").click()
    expect(page.get_by_label("Name in the API")).to_have_value("image")
    expect(page.get_by_text("Used where the field is left empty.")).to_be_visible()
    canvas.saved()
    fields = site.workflow(slug)["nodes"][0]["data"]["fields"]
    assert [(field["name"], field["type"]) for field in fields] == [
        ("long_text", "textarea"),
        ("image", "image"),
    ]
