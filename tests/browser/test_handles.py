"""Boxes and masks that are drawn on the image itself: by the pointer, by the keyboard, undone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas, Point, finger, middle
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.waiting import wait_until


def photo(width: int = 600, height: int = 400) -> bytes:
    body = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).convert("RGB").save(body, "PNG")
    return body.getvalue()


def fields(canvas: Canvas, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(n for n in canvas.document()["nodes"] if n["id"] == id)["data"]
    return found


def corner(box: Locator, x: float, y: float) -> Point:
    """A place in an element by share of its width and height."""
    at = box.bounding_box()
    assert at
    return at["x"] + x * at["width"], at["y"] + y * at["height"]


def test_crop_by_handle(page: Page, canvas: Canvas, site: Site) -> None:
    asset = site.upload("photo.png", photo())
    slug = site.create(
        "Crop by handle",
        [node("p", "upload", 0, 0, asset=asset), node("c", "cropImage", 420, 0)],
        [edge("p", "image", "c", "image")],
    )
    canvas.open(slug)
    card = canvas.card("Crop")
    card.get_by_role("button", name="Adjust on the image").click()
    box = card.get_by_role("group", name="Crop", exact=True)
    whole = box.get_by_role("button", name=re.compile("^Crop: "))
    expect(whole).to_have_accessible_name(re.compile("400 . 400 px at 100, 0"))
    canvas.settled()
    # The right edge, half way to the middle: one drag is one step, and the fields follow.
    side = box.get_by_role("button", name="Right edge")
    start = middle(side)
    left = corner(box, 0, 0)[0]
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - (start[0] - left) * 0.4, start[1], steps=6)
    look(page, "handles-crop-dragging")
    page.mouse.up()
    data = fields(canvas, "c")
    assert data["mode"] == "area", data
    assert (data["left"], data["top"], data["height"]) == (100, 0, 400), data
    assert 230 <= data["width"] <= 250, data
    page.keyboard.press("Control+z")
    expect(whole).to_have_accessible_name(re.compile("400 . 400 px"))
    assert "mode" not in fields(canvas, "c")
    # The keyboard: 1 px, with Shift 10; a side is held by its own handle.
    side.focus()
    side.press("ArrowLeft")
    side.press("Shift+ArrowLeft")
    bottom = box.get_by_role("button", name="Bottom edge")
    bottom.press("Shift+ArrowUp")
    whole.press("Shift+ArrowRight")
    expect(whole).to_have_accessible_name(re.compile("389 . 390 px at 110, 0"))
    look(page, "handles-crop-card")
    card.get_by_role("button", name="Larger").click()
    dialog = page.get_by_role("dialog", name="Crop", exact=True)
    dialog.get_by_role("radio", name="16:9").click()
    expect(dialog.get_by_role("button", name=re.compile("^Crop: 600 . 338"))).to_be_visible()
    look(page, "handles-crop-large")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "handles-crop-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # The run cuts out what was drawn.
    canvas.run()
    canvas.done("Crop")
    made = site.last_run(slug)["nodes"][-1]
    assert made["outputs"]["image"]["width"] == 600, made
    assert made["outputs"]["image"]["height"] == 338, made


def test_a_text_box_and_a_layer_are_placed_on_the_image(
    page: Page, canvas: Canvas, site: Site
) -> None:
    base, top = site.upload("base.png", photo()), site.upload("top.png", photo(120, 80))
    slug = site.create(
        "Placing",
        [
            node("b", "upload", 0, 0, asset=base),
            node("l", "upload", 0, 300, asset=top),
            node("t", "drawText", 340, 0, text="Launch week"),
            node("m", "blendImages", 0, 560),
        ],
        [
            edge("b", "image", "t", "image"),
            edge("t", "image", "m", "base"),
            edge("l", "image", "m", "top"),
        ],
    )
    canvas.open(slug)
    canvas.run()
    canvas.done("Text overlay", "Blend")
    text = canvas.card("Text overlay")
    text.hover()
    text.get_by_role("button", name="Adjust on the image").click()
    corner_grip = text.get_by_role("button", name="Top left corner")
    corner_grip.press("Shift+ArrowRight")
    corner_grip.press("Shift+ArrowDown")
    data = fields(canvas, "t")
    assert [data[key] for key in ("boxX", "boxY", "boxWidth", "boxHeight")] == [15, 15, 80, 80]
    # What the node would make of it shows below the box at once.
    expect(text.locator("img").last).to_have_attribute("src", re.compile("^data:"))
    look(page, "handles-text")
    text.get_by_role("button", name="Done").click()
    blend = canvas.card("Blend")
    blend.hover()
    blend.get_by_role("button", name="Adjust on the image").click()
    layer = blend.get_by_role("button", name=re.compile("^Position: "))
    canvas.settled()
    x, y = middle(layer)
    # Near the corner of the image: it snaps to both edges.
    image = blend.locator("img").last.bounding_box()
    own = layer.bounding_box()
    assert image and own
    canvas.drag((x, y), (image["x"] + own["width"] / 2 + 3, image["y"] + own["height"] / 2 + 3))
    assert (fields(canvas, "m")["offsetX"], fields(canvas, "m")["offsetY"]) == (-240, -160)
    look(page, "handles-position")


def test_a_mask_is_painted_saved_and_used(page: Page, canvas: Canvas, site: Site) -> None:
    asset = site.upload("photo.png", photo())
    slug = site.create(
        "Mask by hand",
        [node("p", "upload", 0, 0, asset=asset), node("m", "applyMask", 420, 0)],
        [edge("p", "image", "m", "image")],
    )
    canvas.open(slug)
    card = canvas.card("Apply mask")
    card.get_by_role("button", name="Paint a mask").click()
    dialog = page.get_by_role("dialog", name="Apply mask: Mask")
    ground = dialog.get_by_role("application")
    expect(ground).to_be_focused()
    # Left half: a stroke down, wide enough; then the keyboard adds a dot in the middle.
    dialog.get_by_role("slider", name="Brush size").fill("200")
    canvas.drag(corner(ground, 0.25, 0.2), corner(ground, 0.25, 0.8))
    ground.press("Space")
    look(page, "mask-editor")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "mask-editor-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    dialog.get_by_role("button", name="Undo").click()
    dialog.get_by_role("button", name="Save mask").click()
    expect(dialog).to_be_hidden()
    expect(card.get_by_role("img", name="Mask")).to_be_visible()
    look(page, "mask-card")
    mask = fields(canvas, "m")["mask"]
    pixels = Image.open(io.BytesIO(site.file(f"/media/{mask['asset']}"))).convert("L")
    assert pixels.size == (600, 400)
    assert (pixels.getpixel((150, 200)), pixels.getpixel((450, 200))) == (255, 0)
    # Edited again, it begins with what there is.
    card.get_by_role("button", name="Edit the mask").click()
    expect(ground).to_have_attribute("aria-busy", "false")
    ground.press("i")
    dialog.get_by_role("button", name="Save mask").click()
    wait_until(lambda: fields(canvas, "m")["mask"]["asset"] != mask["asset"])
    canvas.run()
    canvas.done("Apply mask")
    cut = site.last_run(slug)["nodes"][-1]["outputs"]["image"]
    shown = Image.open(io.BytesIO(site.file(f"/media/{cut['asset']}"))).convert("RGBA")
    assert shown.getpixel((150, 200))[3] < 30 < shown.getpixel((450, 200))[3]
    card.get_by_role("button", name="Remove the mask").click()
    expect(card.get_by_role("button", name="Paint a mask")).to_be_visible()


def test_a_finger_crops_places_and_paints(new_page: Callable[..., Page], site: Site) -> None:
    base, top = site.upload("base.png", photo()), site.upload("top.png", photo(120, 80))
    slug = site.create(
        "By finger on the image",
        [
            node("p", "upload", 0, -420, asset=base),
            node("l", "upload", -420, -420, asset=top),
            node("c", "cropImage", 0, 0),
            node("t", "drawText", 0, 600, text="Launch week"),
            node("b", "blendImages", 0, 1200),
            node("m", "applyMask", 0, 1800),
        ],
        [
            edge("p", "image", "c", "image"),
            edge("p", "image", "t", "image"),
            edge("p", "image", "b", "base"),
            edge("l", "image", "b", "top"),
            edge("p", "image", "m", "image"),
        ],
    )
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    canvas = Canvas(page)
    canvas.open(slug)

    def adjust(title: str, y: int, label: str) -> tuple[Locator, Locator, Locator]:
        """Begin on the card; return it, the box on it and what moves the box."""
        page.evaluate(f"__patchbay.rf.setViewport({{ x: 60, y: {100 - y}, zoom: 1 }})")
        canvas.settled()
        card = canvas.card(title)
        card.get_by_role("button", name="Adjust on the image").tap()
        box = card.get_by_role("group", name=label, exact=True)
        whole = box.get_by_role("button", name=re.compile(f"^{label}: "))
        expect(whole).to_be_visible()
        canvas.settled()
        return card, box, whole

    card, box, whole = adjust("Crop", 0, "Crop")
    x, y = middle(box.get_by_role("button", name="Right edge"))
    finger(page, (x, y), (x - 20, y), (x - 50, y))
    x, y = middle(whole)
    finger(page, (x, y), (x + 10, y), (x + 30, y))
    look(page, "handles-crop-touch-card")
    data = fields(canvas, "c")
    assert data["mode"] == "area" and data["left"] > 150 and data["width"] < 300, data
    # Larger, every handle has the size of a finger.
    card.get_by_role("button", name="Larger").tap()
    dialog = page.get_by_role("dialog", name="Crop", exact=True)
    corner_grip = dialog.get_by_role("button", name="Bottom right corner")
    for control in (corner_grip, dialog.get_by_role("button", name="Whole image")):
        size = control.bounding_box()
        assert size and min(size["width"], size["height"]) >= 40
    x, y = middle(corner_grip)
    finger(page, (x, y), (x - 10, y - 10), (x - 20, y - 30))
    look(page, "handles-crop-touch")
    assert fields(canvas, "c")["height"] < 400
    dialog.get_by_role("button", name="Close").tap()

    card, box, whole = adjust("Text overlay", 600, "Text box")
    x, y = middle(box.get_by_role("button", name="Top left corner"))
    finger(page, (x, y), (x + 10, y + 10), (x + 30, y + 20))
    assert fields(canvas, "t")["boxX"] > 15
    card.get_by_role("button", name="Done").tap()

    card, box, whole = adjust("Blend", 1200, "Position")
    x, y = middle(whole)
    finger(page, (x, y), (x + 10, y), (x + 40, y))
    assert fields(canvas, "b")["offsetX"] > 50
    card.get_by_role("button", name="Done").tap()

    page.evaluate("__patchbay.rf.setViewport({ x: 60, y: -1700, zoom: 1 })")
    canvas.settled()
    canvas.card("Apply mask").get_by_role("button", name="Paint a mask").tap()
    dialog = page.get_by_role("dialog", name="Apply mask: Mask")
    ground = dialog.get_by_role("application")
    expect(ground).to_have_attribute("aria-busy", "false")
    for button in dialog.get_by_role("button").filter(has_text=re.compile(".")).all():
        size = button.bounding_box()
        assert size and size["height"] >= 40
    finger(page, *(corner(ground, 0.25, part / 10) for part in range(2, 9)))
    look(page, "mask-touch")
    dialog.get_by_role("button", name="Save mask").tap()
    expect(dialog).to_be_hidden()
    mask = fields(canvas, "m")["mask"]
    pixels = Image.open(io.BytesIO(site.file(f"/media/{mask['asset']}"))).convert("L")
    assert (pixels.getpixel((150, 200)), pixels.getpixel((450, 200))) == (255, 0)
