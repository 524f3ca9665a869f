"""Assets: users find, star, collect, download and delete their files, and see what made them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults


def gradient(color: str, size: int = 96) -> bytes:
    """Return a PNG of one color."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((size, size)).convert("RGB").point(
        [
            min(255, value + part)
            for part in Image.new("RGB", (1, 1), color).getpixel((0, 0))
            for value in range(256)
        ]
    ).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class Files:
    """Six uploaded images, newest last, whose names no other file of the account has."""

    mark: str
    ids: dict[str, str]

    @property
    def page(self) -> str:
        """The URL of the page that lists these files alone."""
        return f"/assets?q={self.mark}"

    def name(self, color: str) -> str:
        """Return the name of a file."""
        return f"{self.mark} {color}.png"


@pytest.fixture
def files(site: Site) -> Files:
    """Upload six images, into an account without collections."""
    for row in site.get("/api/collections"):
        site.delete(f"/api/collections/{row['id']}")
    colors = ("teal", "brown", "navy", "olive", "purple", "darkred")
    mark = uuid4().hex[:8]
    found = Files(mark, {})
    for color in colors:
        found.ids[color] = site.upload(found.name(color), gradient(color))["asset"]
    return found


def tile(page: Page, name: str) -> Locator:
    """Return the button that opens a file of the grid."""
    return page.get_by_role("group", name="Your files").get_by_role("button", name=f"Open {name}")


def run(canvas: Canvas, site: Site) -> str:
    """Make an image by a workflow with a prompt, and return its slug."""
    nodes = [
        node("p", "textBox", 0, 0, text="a lighthouse in the fog", label="Prompt"),
        node("t", "drawText", 400, 0, label="Caption"),
        node("g", "gradient", 0, 300, width=96, height=96),
    ]
    edges = [edge("p", "text", "t", "text"), edge("g", "image", "t", "image")]
    slug = site.create("Lighthouse", nodes, edges)
    site.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    return slug


def test_files_are_found_by_prompt_and_say_how_they_were_made(
    page: Page, canvas: Canvas, site: Site, files: Files
) -> None:
    slug = run(canvas, site)
    page.goto("/assets")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d+ files"))).to_be_visible()
    page.get_by_role("searchbox", name="Search names and prompts").fill("LIGHTHOUSE")
    # The image and its mask.
    expect(page.get_by_text("2 files", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=LIGHTHOUSE$"))
    page.get_by_role("group", name="Your files").get_by_role("button", name="Open").first.click()
    details = page.get_by_role("dialog")
    expect(details.get_by_text("Lighthouse", exact=True)).to_be_visible()
    expect(details.get_by_text("Text overlay", exact=True)).to_be_visible()
    expect(details.get_by_text("a lighthouse in the fog")).to_be_visible()
    look(page, "assets-details")
    run_id = site.last_run(slug)["executionId"]
    expect(details.get_by_role("link", name="Open run")).to_have_attribute(
        "href", f"/runs/{run_id}"
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear filters").first.click()
    page.get_by_label("Workflow", exact=True).select_option("lighthouse")
    expect(page).to_have_url(re.compile(r"\?workflow=lighthouse"))
    expect(tile(page, files.name("teal"))).to_have_count(0)
    page.go_back()
    expect(tile(page, files.name("teal"))).to_be_visible()


def test_many_files_are_selected_collected_and_downloaded(
    page: Page, site: Site, files: Files
) -> None:
    page.goto(files.page)
    grid = page.get_by_role("group", name="Your files")
    tile(page, files.name("darkred")).hover()
    grid.get_by_role("button", name=f"Select {files.name('darkred')}").click()
    tile(page, files.name("navy")).click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar")
    expect(bar.get_by_text("4 selected")).to_be_visible()
    look(page, "assets-selected")
    bar.get_by_role("button", name="Add to collection").click()
    page.get_by_role("menuitem", name="New collection").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Posters")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Posters 4")).to_be_visible()
    bar.get_by_role("button", name="Star", exact=True).click()
    expect(grid.get_by_role("button", name=f"Star {files.name('navy')}")).to_have_attribute(
        "aria-pressed", "true"
    )
    with page.expect_download() as download:
        bar.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(archive.namelist()) == [
            files.name(color) for color in ("darkred", "navy", "olive", "purple")
        ]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Posters 4").click()
    expect(page.get_by_text("4 files", exact=True)).to_be_visible()
    page.get_by_role("button", name="Options of Posters").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Banners")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Options of Banners").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("6 files", exact=True)).to_be_visible()
    assert site.get(f"/api/assets?q={files.mark}&starred=true")["total"] == 4


def test_on_a_phone_the_selected_files_have_two_rows_of_words_and_buttons(
    page: Page, files: Files
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(files.page)
    page.get_by_role("group", name="Your files").get_by_role(
        "button", name=f"Select {files.name('navy')}"
    ).click()
    bar = page.get_by_role("toolbar")
    look(page, "assets-phone-selected")
    rows = {
        round(box["y"] + box["height"] / 2) for box in map(_box, bar.get_by_role("button").all())
    }
    assert len(rows) == 2
    for button in bar.get_by_role("button").all():
        box = _box(button)
        assert min(box["width"], box["height"]) >= 44, button.get_attribute("aria-label")
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390


def _box(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box
    return box


def test_deleting_shows_what_still_uses_the_files(page: Page, site: Site, files: Files) -> None:
    teal = files.ids["teal"]
    media = {"asset": teal, "url": f"/media/{teal}", "content_type": "image/png"}
    site.create("Uses teal", [node("u", "upload", 0, 0, asset=media, label="Photo")])
    page.goto(files.page)
    tile(page, files.name("teal")).focus()
    page.keyboard.press("Control+a")
    expect(page.get_by_role("toolbar").get_by_text("6 selected")).to_be_visible()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete 6 files?")
    expect(dialog.get_by_role("link", name="Uses teal")).to_be_visible()
    expect(dialog.get_by_text("in Photo")).to_be_visible()
    look(page, "assets-delete")
    dialog.get_by_role("button", name="Delete anyway").click()
    expect(page.get_by_text("No file matches.")).to_be_visible()
    assert site.get(f"/api/assets?q={files.mark}")["total"] == 0


def test_files_are_walked_through_by_keyboard(page: Page, files: Files) -> None:
    page.goto(files.page)
    tile(page, files.name("darkred")).focus()
    page.keyboard.press("ArrowRight")
    expect(tile(page, files.name("purple"))).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("End")
    expect(tile(page, files.name("teal"))).to_be_focused()
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("toolbar").get_by_text("5 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=files.name("teal"))).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name=files.name("brown"))).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_the_page_at_desk_and_phone(
    new_page: Callable[..., Page], files: Files, theme: str
) -> None:
    page = new_page(color_scheme=theme)
    page.goto(files.page)
    expect(tile(page, files.name("teal"))).to_be_visible()
    page.wait_for_load_state("networkidle")
    look(page, "assets")
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect(tile(page, files.name("teal"))).to_be_visible()
    look(page, "assets-phone")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_file_is_dragged_onto_the_canvas_and_onto_a_card(
    page: Page, canvas: Canvas, site: Site, files: Files
) -> None:
    slug = site.create("Takes files", [node("u", "upload", 700, 500, label="Photo")])
    canvas.open(slug)
    page.get_by_role("button", name="Assets", exact=True).click()
    panel = page.get_by_role("region", name="Assets")
    expect(panel.get_by_role("button", name=f"Open {files.name('teal')}")).to_be_visible()
    look(page, "assets-panel")
    panel.get_by_role("button", name=f"Open {files.name('teal')}").drag_to(canvas.card("Photo"))
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["asset"]["asset"] == files.ids["teal"]
    pane = page.locator(".react-flow__pane")
    panel.get_by_role("button", name=f"Open {files.name('brown')}").drag_to(
        pane, target_position={"x": 1000, "y": 120}
    )
    panel.get_by_role("button", name=f"Open {files.name('navy')}").click()
    page.get_by_role("dialog").get_by_role("button", name="Add to canvas").click()
    canvas.saved()
    found = [row["data"]["asset"]["asset"] for row in site.workflow(slug)["nodes"]]
    assert found == [files.ids[color] for color in ("teal", "brown", "navy")]
