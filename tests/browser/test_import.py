"""Workflow files in the browser: dropped, pasted, chosen, and taken out again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, drop_file
from tests.browser.site import Site, node
from tests.browser.test_look import DESKTOP, PHONE, check
from tests.fal.contents import TEXTS

FILE = {"name": "two-texts", "title": "Two texts", "is_public": False, "contents": TEXTS}
CARDS = 4  # the inputs, two steps, the result


def dropped(canvas: Canvas, content: Any, name: str = "two-texts.json") -> None:
    """Drop a JSON file into the middle of the canvas."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    drop_file(canvas.pane, name, body, "application/json")


def export(page: Page, format: str, folder: Path) -> Any:
    """Take the open workflow out in a format and return what the file holds."""
    page.get_by_role("button", name="Import, export and more").click()
    page.get_by_role("menuitem", name="Export…").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name=format).click()
    download.value.save_as(folder / "file.json")
    return json.loads((folder / "file.json").read_text())


def test_a_fal_file_dropped_on_the_library_opens_runs_and_leaves_as_it_came(
    page: Page, canvas: Canvas, tmp_path: Path
) -> None:
    page.goto("/")
    drop_file(page.locator("main"), "a.json", json.dumps(FILE).encode(), "application/json")
    page.wait_for_url(re.compile("/app/editor/two-texts"))
    canvas.ready()
    expect(canvas.cards).to_have_count(CARDS)
    canvas.fill("Inputs", "Prompt", "hello")
    canvas.run()
    canvas.done("Text concat", "Merge text")
    written = export(page, "fal", tmp_path)
    assert {key: written[key] for key in FILE if key != "contents"} == {
        key: FILE[key] for key in FILE if key != "contents"
    }
    assert written["contents"] == TEXTS


def test_a_file_dropped_on_an_empty_canvas_is_taken_whole_and_undone_as_one(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path
) -> None:
    slug = site.create("Untitled workflow", [])
    canvas.open(slug)
    dropped(canvas, FILE)
    expect(canvas.cards).to_have_count(CARDS)
    expect(page.get_by_label("Name of the workflow")).to_have_value("Two texts")
    assert export(page, "fal", tmp_path) == FILE
    page.keyboard.press("Control+z")
    expect(canvas.cards).to_have_count(0)
    canvas.saved()
    assert site.workflow(slug)["name"] == "Untitled workflow"
    # The file has its ids again, whatever became of the nodes that had them.
    dropped(canvas, FILE)
    canvas.fill("Inputs", "Prompt", "changed before it goes")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(canvas.cards).to_have_count(0)
    canvas.saved()
    dropped(canvas, FILE)
    expect(canvas.cards).to_have_count(CARDS)
    canvas.saved()
    assert export(page, "fal", tmp_path) == FILE


def test_on_a_canvas_that_holds_something_one_is_asked(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Holds a gradient", [node("g", "gradient", 0, 0)])
    canvas.open(slug)
    dropped(canvas, FILE)
    dialog = page.get_by_role("dialog", name="Import “Two texts”")
    expect(dialog).to_contain_text("A fal workflow with 4 nodes and 3 connections.")
    dialog.get_by_role("button", name="Insert here").click()
    expect(canvas.card("Merge text")).to_be_visible()
    assert len(canvas.document()["nodes"]) == CARDS + 1
    page.keyboard.press("Control+z")
    expect(canvas.card("Merge text")).to_be_hidden()
    assert [found["id"] for found in canvas.document()["nodes"]] == ["g"]

    dropped(canvas, FILE)
    dialog.get_by_role("button", name="Replace the workflow").click()
    expect(canvas.cards).to_have_count(CARDS)
    page.keyboard.press("Control+z")
    expect(canvas.card("Merge text")).to_be_hidden()
    assert [found["id"] for found in canvas.document()["nodes"]] == ["g"]

    dropped(canvas, FILE)
    dialog.get_by_role("button", name="Open as a new workflow").click()
    page.wait_for_url(re.compile("/app/editor/two-texts"))
    canvas.ready()
    expect(canvas.cards).to_have_count(CARDS)
    assert len(site.workflow(slug)["nodes"]) == 1


def test_what_is_inserted_twice_runs_on_its_own(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path
) -> None:
    canvas.open(site.create("Untitled workflow", []))
    dropped(canvas, FILE)
    expect(canvas.cards).to_have_count(CARDS)
    dropped(canvas, FILE)
    page.get_by_role("button", name="Insert here").click()
    canvas.saved()
    nodes = canvas.document()["nodes"]
    apps = [found["id"] for found in nodes if found["type"] == "falApp"]
    assert apps[:2] == ["first", "second"]
    assert len(set(apps)) == 4


def test_pasted_json_of_a_workflow_is_imported_and_other_json_stays_text(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Takes pasted text", [node("g", "gradient", 0, 0)]))
    paste = """text => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      document.body.dispatchEvent(event)
    }"""
    page.evaluate(paste, json.dumps(FILE))
    dialog = page.get_by_role("dialog", name="Import “Two texts”")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.evaluate(paste, '{"just": "data"}')
    expect(canvas.card("Text")).to_be_visible()


def picture(workflow: Any = None) -> bytes:
    """Return a PNG, with a workflow in its metadata as ComfyUI writes it."""
    facts = PngImagePlugin.PngInfo()
    if workflow is not None:
        facts.add_text("prompt", json.dumps(workflow))
    body = BytesIO()
    Image.new("RGB", (8, 8), "#884422").save(body, "PNG", pnginfo=facts)
    return body.getvalue()


COMFY = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "a"}},
}


def test_a_picture_that_carries_a_workflow_is_either(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Untitled workflow", []))
    drop_file(canvas.pane, "fox.png", picture(COMFY), "image/png")
    dialog = page.get_by_role("dialog", name="Import “fox”")
    expect(dialog).to_contain_text("This image contains a workflow. A ComfyUI workflow")
    dialog.get_by_role("button", name="Use as an image").click()
    canvas.shows_picture("Image input")
    drop_file(canvas.pane, "fox.png", picture(COMFY), "image/png")
    dialog.get_by_role("button", name="Insert here").click()
    expect(canvas.card("ComfyUI workflow")).to_be_visible()


def test_a_plain_picture_is_uploaded_without_a_question(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Takes a picture", []))
    drop_file(canvas.pane, "plain.png", picture(), "image/png")
    canvas.shows_picture("Image input")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_file_beside_the_canvas_does_not_make_the_browser_leave_the_page(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Untitled workflow", []))
    body = json.dumps(FILE).encode()
    drop_file(page.get_by_role("banner"), "a.json", body, "application/json")
    expect(canvas.cards).to_have_count(CARDS)


def test_a_file_that_is_no_workflow_is_refused_with_what_was_expected(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Refuses files", []))
    dropped(canvas, {"a": 1}, "odd.json")
    words = "odd.json holds an object that is no workflow; expected a workflow of Patchbay"
    expect(page.get_by_text(words)).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_dialogs_fit_and_tell_their_notes(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    canvas = Canvas(page)
    canvas.open(site.create(f"Notes {theme} {size['width']}", [node("g", "gradient", 0, 0)]))
    step = {"id": "draw", "type": "run", "app": "elsewhere/model", "input": {}}
    dropped(canvas, {"nodes": {"draw": step}})
    dialog = page.get_by_role("dialog", name="Import “two-texts”")
    expect(dialog).to_contain_text("The app elsewhere/model runs at fal, not here")
    check(page)
    dialog.get_by_role("button", name="Insert here").click()
    page.get_by_role("button", name="Import, export and more").click()
    page.get_by_role("menuitem", name="Export…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Patchbay The workflow")).to_be_visible()
    check(page)


def test_a_dropped_text_becomes_a_text_node_and_a_drawing_is_refused_in_plain_words(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Takes text", [node("g", "gradient", 0, 0)])
    canvas.open(slug)
    drop_file(canvas.pane, "notes.md", "# Grüße".encode(), "")
    drop_file(canvas.pane, "rows.csv", b"a,b\n1,2\n", "text/csv")
    drop_file(canvas.pane, "logo.svg", b"<svg></svg>", "image/svg+xml")
    expect(page.get_by_text("SVG is not supported yet. Drop a PNG, JPEG or WebP.")).to_be_visible()
    drop_file(canvas.pane, "a.bin", b"\x00\x01\x02", "")
    expect(page.get_by_text("a.bin: no node accepts such a file.")).to_be_visible()
    canvas.saved()
    made = [found["data"] for found in site.workflow(slug)["nodes"] if found["type"] == "textBox"]
    assert [(data["label"], data["text"]) for data in made] == [
        ("notes.md", "# Grüße"),
        ("rows.csv", "a,b\n1,2\n"),
    ]
    expect(canvas.cards).to_have_count(3)


def test_a_workflow_with_its_media_is_taken_out_and_brought_in_again(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path
) -> None:
    canvas.open(site.create("With a photo", [node("u", "upload", 0, 0)]))
    picture = BytesIO()
    Image.new("RGB", (48, 32), "#336699").save(picture, "PNG")
    drop_file(canvas.card("Image input"), "cup.png", picture.getvalue(), "image/png")
    expect(canvas.card("Image input").get_by_role("img")).to_be_visible()
    page.get_by_role("button", name="Import, export and more").click()
    page.get_by_role("menuitem", name="Export…").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name="Patchbay, with media").click()
    assert download.value.suggested_filename == "with-a-photo.zip"
    download.value.save_as(tmp_path / "bundle.zip")

    page.goto("/")
    content = (tmp_path / "bundle.zip").read_bytes()
    drop_file(page.locator("main"), "with-a-photo.zip", content, "application/zip")
    page.wait_for_url(re.compile("/app/editor/with-a-photo-"))
    canvas.ready()
    shown = canvas.card("Image input").get_by_role("img")
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0
