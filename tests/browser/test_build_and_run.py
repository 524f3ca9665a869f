"""What a newcomer does first: makes a sticker of a photo, then builds something from nothing."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, drop_file, natural_width
from tests.browser.conftest import screenshots_wanted
from tests.browser.server import ROOT
from tests.browser.site import Site, edge, node

PHOTO = ROOT / "workflows/samples/espresso.png"


def own_photo() -> bytes:
    """A photograph that no other test has used, so that nothing of it has a result yet."""
    body = io.BytesIO()
    with Image.open(PHOTO) as photo:
        photo.crop((3, 5, photo.width - 7, photo.height - 2)).save(body, "PNG")
    return body.getvalue()


def test_a_newcomer_makes_a_sticker_of_an_own_photo(
    page: Page, canvas: Canvas, tmp_path: Path
) -> None:
    page.goto("/")
    templates = page.get_by_role("region", name="Start from a template")
    for name in ("Sticker", "Product shot", "Poster"):
        button = page.get_by_role("button", name=f"Use the template {name}", exact=True)
        picture = templates.get_by_role("listitem").filter(has=button).locator("img")
        expect(picture).to_have_js_property("complete", True)
        assert natural_width(picture) > 0
    templates.get_by_role("button", name="Use the template Sticker", exact=True).click()
    page.wait_for_url(re.compile("/app/editor/sticker"))
    canvas.ready()

    with page.expect_response("**/api/uploads") as uploaded:
        choices = canvas.card("Your choices")
        drop_file(choices.locator("img"), "mine.png", own_photo(), "image/png")
    reference = uploaded.value.json()
    expect(choices.locator("img")).to_have_attribute("src", re.compile(reference["asset"]))

    canvas.run()
    canvas.done("Your choices", "Remove background", "Outline", "Output")
    assert canvas.states("Remove background")[-2:] == ["running", "done"]
    assert canvas.states("Outline")[-3:] in (
        ["queued", "running", "done"],
        ["idle", "queued", "done"],
    )
    for title in ("Remove background", "Outline", "Output"):
        canvas.shows_picture(title)
    expect(page.get_by_role("region", name="Run")).to_contain_text("Done")
    if screenshots_wanted():
        canvas.saved()
        page.screenshot(path=ROOT / "docs/pictures/editor.png")

    with page.expect_download() as download:
        card = canvas.card("Output")
        card.hover()
        card.get_by_label("Download the result").click()
    file = tmp_path / "sticker"
    download.value.save_as(file)
    with Image.open(io.BytesIO(file.read_bytes())) as sticker:
        assert sticker.format == "PNG"
        assert min(sticker.size) > 200
        clear, solid = sticker.getchannel("A").getextrema()
        assert (clear, solid) == (0, 255)


def test_a_workflow_is_built_from_nothing_and_shows_its_picture(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("From nothing", []))
    search = page.get_by_label("Search nodes")
    expect(search).to_be_focused()
    search.fill("gradient")
    search.press("Enter")
    expect(canvas.card("Gradient")).to_be_visible()
    page.keyboard.press("Escape")
    for name in ("Text overlay", "Preview"):
        page.keyboard.press("n")
        canvas.choose(name)
        expect(canvas.card(name)).to_be_in_viewport()
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Zoom to fit").click()
    expect(canvas.cards).to_have_count(3)

    canvas.connect(("Gradient", "image-out"), ("Text overlay", "image-in"))
    canvas.connect(("Text overlay", "image-out"), ("Preview", "value-in"))
    expect(canvas.edges).to_have_count(2)
    canvas.fill("Text overlay", "Text", "Hello")
    canvas.run()
    canvas.done("Gradient", "Text overlay", "Preview")
    canvas.shows_picture("Preview")


def test_a_connection_that_does_not_fit_is_refused_with_a_sentence(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Wrong connection",
        [node("g", "gradient", 0, 0), node("t", "drawText", 500, 0, text="x")],
    )
    canvas.open(slug)
    canvas.connect(("Gradient", "image-out"), ("Text overlay", "text-in"))
    expect(page.get_by_role("status").filter(has_text="text")).to_contain_text(
        re.compile("image", re.IGNORECASE)
    )
    expect(canvas.edges).to_have_count(0)


def test_a_connection_dropped_on_nothing_offers_what_fits(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Dropped connection", [node("g", "gradient", 0, 0)]))
    source = canvas.port("Gradient", "image-out").bounding_box()
    assert source
    canvas.drag((source["x"] + 6, source["y"] + 6), canvas.point(0.85, 0.5))
    expect(canvas.offered.filter(has_text="Blur")).to_have_count(1)
    expect(canvas.offered.filter(has_text="Join text")).to_have_count(0)
    canvas.choose("Blur")
    expect(canvas.edges).to_have_count(1)
    canvas.saved()
    [edge] = canvas.document()["edges"]
    assert (edge["sourceHandle"], edge["targetHandle"]) == ("image-out", "image-in")


def test_a_second_run_takes_what_has_not_changed_from_the_cache(canvas: Canvas, site: Site) -> None:
    nodes = [
        node("g", "gradient", 0, 0, width=128, height=128, start="#314159"),
        node("t", "drawText", 420, 0, text="one"),
        node("p", "preview", 840, 0),
    ]
    edges = [edge("g", "image", "t", "image"), edge("t", "image", "p", "value")]
    canvas.open(site.create("Runs twice", nodes, edges))
    canvas.run()
    canvas.done("Gradient", "Text overlay", "Preview")
    canvas.fill("Text overlay", "Text", "two")
    canvas.run()
    canvas.in_state("Gradient", "cached")
    canvas.in_state("Text overlay", "done")
