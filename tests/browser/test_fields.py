"""Fields that are more than a text: a color, a sum, a ratio."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, node, wire


def flag() -> bytes:
    body = io.BytesIO()
    image = Image.new("RGB", (300, 200), "#c81e1e")
    image.paste("#1e50c8", (200, 0, 300, 200))
    image.save(body, "PNG")
    return body.getvalue()


def test_a_color_is_picked_from_the_image_from_the_workflow_and_by_opacity(
    page: Page, canvas: Canvas, site: Site
) -> None:
    asset = site.upload("flag.png", flag())
    slug = site.create(
        "Colors",
        [
            node("p", "upload", 0, 0, asset=asset),
            node("t", "drawText", 340, 0, text="Flag", color="#ffd24a"),
        ],
        [wire("p", "image", "t", "image")],
    )
    canvas.open(slug)
    card = canvas.card("Text overlay")
    swatch = card.get_by_role("button", name="Color: pick a color")
    swatch.click()
    picker = page.get_by_role("dialog", name="Color: Color")
    code = card.get_by_label("Color: hex code")
    picker.get_by_role("button", name="#c81e1e").click()
    expect(code).to_have_value("#c81e1e")
    # A press on the image takes the pixel that lies there.
    image = picker.get_by_role("img", name="Press on the image to pick a color")
    at = image.bounding_box()
    assert at
    image.click(position={"x": at["width"] * 0.9, "y": at["height"] / 2})
    expect(code).to_have_value("#1e50c8")
    picker.get_by_role("slider", name="Opacity").fill("50")
    expect(code).to_have_value("#1e50c880")
    picker.get_by_role("button", name="#ffd24a").click()
    expect(code).to_have_value("#ffd24a")
    shade = picker.get_by_role("slider", name="Shade")
    shade.press("Shift+ArrowDown")
    expect(code).to_have_value("#e6bd43")
    look(page, "color-picker")
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(swatch).to_be_focused()
    # Typed in another way, it is the same code; what is none says so and changes nothing.
    code.fill("rgb(255 0 0 / 50%)")
    code.press("Tab")
    expect(code).to_have_value("#ff000080")
    code.fill("no color")
    expect(card.get_by_role("alert")).to_contain_text("A color like")
    code.blur()
    expect(code).to_have_value("#ff000080")
    # The next field offers what was picked last.
    swatch.click()
    expect(picker.get_by_text("Recent")).to_be_visible()
    swatch.click()
    expect(picker).to_be_hidden()


def test_a_number_is_worked_out_and_a_ratio_is_a_shape(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Sums", [node("c", "cropImage", 0, 0)])
    canvas.open(slug)
    canvas.select("Crop")
    panel = page.get_by_role("complementary").filter(has_text="Crops an image")
    width = panel.get_by_label("Width", exact=True)
    width.fill("1920/2")
    expect(panel.get_by_text("= 960")).to_be_visible()
    width.press("Enter")
    expect(width).to_have_value("960")
    width.fill("2*")
    expect(panel.get_by_role("alert")).to_have_count(0)
    width.press("Tab")
    expect(width).to_have_value("960")
    shapes = panel.get_by_role("radiogroup", name="Ratio: shapes")
    shapes.get_by_role("radio", name="16:9").click()
    expect(panel.get_by_label("Ratio", exact=True)).to_have_value("16:9")
    shapes.get_by_role("radio", name="16:9").press("ArrowLeft")
    expect(panel.get_by_label("Ratio", exact=True)).to_have_value(re.compile("3:2"))
    look(page, "ratio")
