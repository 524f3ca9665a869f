"""Fields that are more than a text: a color, a sum, a ratio, a curve."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, Point, finger, middle
from tests.browser.look import look
from tests.browser.server import ROOT
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults
from tests.browser.test_edit import by_id


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
        [edge("p", "image", "t", "image")],
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
    # The next field offers what was picked last. The swatch stays free while the picker grows.
    swatch.click()
    expect(picker.get_by_text("Recent")).to_be_visible()
    expect(picker.get_by_text("In the image")).to_be_visible()
    swatch.click()
    expect(picker).to_be_hidden()
    # Last: a window of another size draws the card anew, without its picker.
    swatch.click()
    look(page, "color-picker")


def test_a_number_is_worked_out_and_a_ratio_is_a_shape(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Sums", [node("c", "cropImage", 0, 0)])
    canvas.open(slug)
    canvas.select("Crop")
    panel = page.get_by_role("complementary").filter(has_text="Crops an image")
    panel.get_by_role("radio", name="pixels").click()
    width = panel.get_by_label("Width", exact=True)
    width.fill("1920/2")
    expect(panel.get_by_text("= 960")).to_be_visible()
    width.press("Enter")
    expect(width).to_have_value("960")
    width.fill("2*")
    expect(panel.get_by_role("alert")).to_have_count(0)
    width.press("Tab")
    expect(width).to_have_value("960")
    panel.get_by_role("radio", name="ratio").click()
    shapes = panel.get_by_role("radiogroup", name="Ratio: shapes")
    shapes.get_by_role("radio", name="16:9").click()
    expect(panel.get_by_label("Ratio", exact=True)).to_have_value("16:9")
    shapes.get_by_role("radio", name="16:9").press("ArrowLeft")
    expect(panel.get_by_label("Ratio", exact=True)).to_have_value(re.compile("3:2"))
    look(page, "ratio")


def test_a_node_shows_the_fields_that_its_mode_uses(page: Page, canvas: Canvas, site: Site) -> None:
    slug = site.create(
        "Modes",
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("t", "textBox", 0, 520, text="1:1"),
            node("c", "cropImage", 420, 0, ratio="3:2"),
            node("o", "cropImage", 840, 0, mode="area", label="Other"),
        ],
        [edge("g", "image", "c", "image")],
    )
    canvas.open(slug)
    canvas.select("Crop")
    card = canvas.card("Crop")
    panel = page.get_by_role("complementary").filter(has_text="Crops an image")
    mode = panel.get_by_role("radiogroup", name="Mode")

    def shows(*labels: str) -> None:
        """The card and the inspector have these fields of a mode, and no others."""
        for label in ("Ratio", "Keep", "Width", "Height"):
            shown = label in labels
            # The mode itself may be called as a field is.
            named = card.get_by_text(label, exact=True).filter(visible=True)
            expect(named).to_have_count(int(shown))
            expect(panel.get_by_label(label, exact=True)).to_have_count(int(shown))

    shows("Ratio", "Keep")
    mode.get_by_role("radio", name="pixels").click()
    shows("Keep", "Width", "Height")
    assert by_id(canvas.document())["c"]["data"]["ratio"] == "3:2", "what is hidden is kept"
    page.keyboard.press("Control+z")
    shows("Ratio", "Keep")
    expect(panel.get_by_label("Ratio", exact=True)).to_have_value("3:2")

    # A connected field stays, and its connection with it.
    canvas.connect(("Text", "text-out"), ("Crop", "ratio-in"))
    expect(canvas.edges).to_have_count(2)
    canvas.select("Crop")
    mode.get_by_role("radio", name="trim").click()
    expect(card.get_by_text("Keep", exact=True)).to_have_count(0)
    expect(card.get_by_text("Ratio", exact=True).filter(visible=True)).to_be_visible()
    expect(panel.locator("label, span").get_by_text("Ratio", exact=True)).to_be_visible()
    expect(canvas.edges).to_have_count(2)

    # Of several nodes there is what one of them uses.
    canvas.select("Crop", "Other")
    several = page.get_by_role("complementary").filter(has_text="2 nodes selected")
    for label in ("Width", "Left", "Tolerance"):
        expect(several.get_by_label(label, exact=True).first).to_be_visible()
    expect(several.get_by_label("Keep", exact=True)).to_have_count(0)


def test_curves_are_drawn_by_hand_and_by_keys_and_show_at_once(
    page: Page, canvas: Canvas, site: Site
) -> None:
    asset = site.upload("photo.jpg", (ROOT / "workflows/samples/cat.png").read_bytes())
    slug = site.create(
        "Curves",
        [node("p", "upload", 0, 0, asset=asset), node("c", "curvesImage", 420, 0)],
        [edge("p", "image", "c", "image")],
    )
    canvas.open(slug)
    canvas.run()
    canvas.done("Curves")
    card = canvas.card("Curves")
    points = card.get_by_role("slider")
    expect(points).to_have_count(2)
    # A double click makes a point, which is dragged from there.
    plot = card.get_by_role("group", name="Curves").locator("svg")
    at = plot.bounding_box()
    assert at
    page.mouse.dblclick(at["x"] + at["width"] / 4, at["y"] + at["height"] / 2)
    expect(points).to_have_count(3)
    point = card.get_by_role("slider", name="Point 2 of All")
    expect(point).to_be_focused()
    expect(point).to_have_attribute("aria-valuetext", "64 → 128")
    expect(card.locator("img")).to_have_attribute("src", re.compile("^data:image/webp"))
    canvas.drag(middle(point), (at["x"] + at["width"] / 2, at["y"] + at["height"] / 4))
    expect(point).to_have_attribute("aria-valuetext", re.compile("^12[789] → 19[012]$"))
    # The keys do the same, in the inspector as on the card.
    canvas.select("Curves")
    panel = page.get_by_role("complementary", name="Inspector")
    panel.get_by_role("radio", name="Red").click()
    first = panel.get_by_role("slider", name="Point 1 of Red")
    first.press("Enter")
    added = panel.get_by_role("slider", name="Point 2 of Red")
    expect(added).to_be_focused()
    added.press("Shift+ArrowUp")
    added.press("ArrowLeft")
    expect(added).to_have_attribute("aria-valuetext", "127 → 138")
    added.press("Tab")
    last = panel.get_by_role("slider", name="Point 3 of Red")
    expect(last).to_be_focused()
    last.press("ArrowUp")
    expect(last).to_have_attribute("aria-valuetext", "255 → 255")
    look(page, "curves")
    panel.get_by_role("slider", name="Point 2 of Red").press("Delete")
    expect(panel.get_by_role("slider")).to_have_count(2)
    canvas.saved()
    [kept] = [one["data"] for one in canvas.document()["nodes"] if one["id"] == "c"]
    assert list(kept["curves"]) == ["all"] and len(kept["curves"]["all"]) == 3
    assert faults(page) == []
    panel.get_by_role("button", name="Reset").click()
    expect(points).to_have_count(2)
    assert "curves" not in canvas.document()["nodes"][1]["data"]


def test_a_gradient_has_as_many_colors_as_are_put_on_its_bar(
    page: Page, canvas: Canvas, site: Site
) -> None:
    older = {"start": "#000000", "middle": "", "end": "#ff0000", "width": 320, "height": 200}
    slug = site.create(
        "Blend",
        [node("g", "gradient", 0, 0, **older), node("p", "preview", 420, 0)],
        [edge("g", "image", "p", "value")],
    )
    canvas.open(slug)
    card = canvas.card("Gradient")
    stops = card.get_by_role("slider", name=re.compile("^Stop"))
    # What the older fields say is on the bar; the card has them nowhere else.
    expect(stops).to_have_count(2)
    expect(stops.last).to_have_attribute("aria-valuetext", "100 %, #ff0000")
    expect(card.get_by_text("From")).to_have_count(0)
    bar = card.get_by_role("group", name="Colors")
    at = bar.bounding_box()
    assert at
    page.mouse.dblclick(at["x"] + at["width"] / 2, at["y"] + 8)
    expect(stops).to_have_count(3)
    middle_stop = card.get_by_role("slider", name="Stop 2")
    expect(middle_stop).to_be_focused()
    expect(middle_stop).to_have_attribute("aria-valuetext", "50 %, #800000")
    # Its color is picked as every color is, its place is a number or dragged.
    code = card.get_by_label("Color of stop 2: hex code")
    code.fill("#ffd24a")
    code.press("Tab")
    place = card.get_by_label("Place of stop 2")
    place.fill("30")
    place.press("Enter")
    expect(middle_stop).to_have_attribute("aria-valuetext", "30 %, #ffd24a")
    x, y = middle(middle_stop)
    canvas.drag((x, y), (x + at["width"] * 0.3, y))
    expect(middle_stop).to_have_attribute("aria-valuetext", re.compile("^6[0-2] %, #ffd24a$"))
    canvas.run()
    canvas.done("Preview")
    canvas.select("Gradient")
    panel = page.get_by_role("complementary", name="Inspector")
    first = panel.get_by_role("slider", name="Stop 1")
    first.press("Shift+ArrowRight")
    first.press("Enter")
    expect(panel.get_by_role("slider", name=re.compile("^Stop"))).to_have_count(4)
    expect(card.locator("img")).to_have_attribute("src", re.compile("^data:image/webp"))
    look(page, "gradient")
    assert faults(page) == []
    panel.get_by_role("button", name="Color of stop 2: pick a color").click()
    expect(page.get_by_role("dialog", name="Color: Color of stop 2")).to_be_visible()
    look(page, "gradient-picker")
    page.keyboard.press("Escape")
    # Dragged down or by Delete, a stop goes.
    panel.get_by_role("slider", name="Stop 2").press("Delete")
    expect(stops).to_have_count(3)
    x, y = middle(middle_stop)
    canvas.drag((x, y), (x, y + 90))
    expect(stops).to_have_count(2)
    expect(stops.first).to_have_attribute("aria-valuenow", "10")
    panel.get_by_role("button", name="Reset").click()
    expect(stops.first).to_have_attribute("aria-valuenow", "0")
    [data] = [one["data"] for one in canvas.document()["nodes"] if one["id"] == "g"]
    assert data == older


def test_a_curve_and_a_gradient_are_fields_of_the_app(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Tones",
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("c", "curvesImage", 420, 0),
            node("o", "responseOutput", 840, 0),
        ],
        [edge("g", "image", "c", "image"), edge("c", "image", "o", "result")],
    )
    canvas.open(slug)
    panel = page.get_by_role("complementary", name="Inspector")
    for title, label in (("Curves", "Curves"), ("Gradient", "Colors")):
        canvas.select(title)
        panel.get_by_role("button", name=re.compile(f"{label}.*app|app.*{label}", re.I)).click()
    canvas.saved()
    look(page, "fields-in-app-editor")
    page.goto(f"/play/{slug}")
    form = page.get_by_role("main")
    form.get_by_role("slider", name="Point 2 of All").press("Shift+ArrowDown")
    form.get_by_role("slider", name="Stop 2").press("Shift+ArrowLeft")
    look(page, "fields-in-app")
    assert faults(page) == []
    form.get_by_role("button", name=re.compile("^Run|^Generate")).first.click()
    expect(form.locator("img").first).to_be_visible()
    inputs = site.last_run(slug)["inputs"]
    assert inputs["curves"] == {"all": [[0, 0], [255, 245]]}
    assert inputs["colors"] == [
        {"color": "#1f2a44", "place": 0},
        {"color": "#f2a65a", "place": 90},
    ]


def test_on_a_touch_screen_a_curve_and_a_gradient_are_drawn_by_finger(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    fields = [{"name": "tones", "type": "curve"}, {"name": "blend", "type": "gradient"}]
    slug = site.create("By finger", [node("in", "requestInput", 0, 0, fields=fields)])
    page.goto(f"/play/{slug}")
    points = page.get_by_role("slider", name=re.compile("^Point"))
    stops = page.get_by_role("slider", name=re.compile("^Stop"))
    expect(points).to_have_count(2)
    expect(stops).to_have_count(2)
    for handle in (*points.all(), *stops.all()):
        box = handle.bounding_box()
        assert box and min(box["width"], box["height"]) >= 40
    x, y = middle(points.last)
    finger(page, (x, y), (x, y + 20), (x, y + 40))
    expect(points.last).not_to_have_attribute("aria-valuenow", "255")
    x, y = middle(stops.last)
    finger(page, (x, y), (x - 40, y), (x - 120, y))
    expect(stops.last).not_to_have_attribute("aria-valuenow", "100")
    assert page.evaluate("scrollY") == 0, "the page does not scroll away under the finger"
    # A double tap makes one, as a double click does, and takes a point away again.
    plot = page.get_by_role("group", name="tones").locator("svg").first.bounding_box()
    bar = page.get_by_role("group", name="blend").bounding_box()
    assert plot and bar
    double_tap(page, (plot["x"] + plot["width"] / 4, plot["y"] + plot["height"] / 2))
    expect(points).to_have_count(3)
    double_tap(page, (bar["x"] + bar["width"] / 4, bar["y"] + 8))
    expect(stops).to_have_count(3)
    double_tap(page, middle(points.nth(1)))
    expect(points).to_have_count(2)
    x, y = middle(stops.nth(1))
    finger(page, (x, y), (x, y + 40), (x, y + 90))
    expect(stops).to_have_count(2)
    # So do the buttons, which say that it can be done.
    for name, handles in (("point", points), ("stop", stops)):
        page.get_by_role("button", name=f"Add {name}").tap()
        expect(handles).to_have_count(3)
        less = page.get_by_role("button", name=f"Remove {name}")
        box = less.bounding_box()
        assert box and box["height"] >= 40
        less.tap()
        expect(handles).to_have_count(2)
        expect(less).to_be_disabled()
        page.get_by_role("button", name=f"Add {name}").tap()
        expect(handles).to_have_count(3)
    look(page, "fields-by-finger")
    assert faults(page) == []


def double_tap(page: Page, place: Point) -> None:
    for _ in range(2):
        page.touchscreen.tap(*place)
