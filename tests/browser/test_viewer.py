"""The viewer: results at full size from every page, compared, copied, used, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import clips
from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults


@pytest.fixture
def slug(site: Site) -> str:
    """A gradient, its blur, and the workflow's output."""
    return site.create(
        "Sunset",
        [
            node("g", "gradient", 0, 0, width=1280, height=800, angle=30),
            node("b", "blurImage", 400, 0, radius=8),
            node("o", "responseOutput", 800, 0),
        ],
        [edge("g", "image", "b", "image"), edge("b", "image", "o", "result")],
    )


def viewer(page: Page) -> Locator:
    """The viewer, which shows a loaded image."""
    box = page.get_by_role("dialog", name="Viewer")
    expect(box).to_be_visible()
    return box


def loaded(box: Locator, title: str) -> None:
    """Wait until the whole image is there."""
    image = box.get_by_role("img", name=title, exact=True).last
    expect(image).to_be_visible()
    expect(box.locator('[data-is="here"]').first).to_be_visible()


def test_the_viewer_opens_from_card_run_page_playground_and_library(
    page: Page, canvas: Canvas, site: Site, slug: str
) -> None:
    canvas.open(slug)
    canvas.run()
    canvas.done("Blur", "Output")
    canvas.card("Blur").hover()
    canvas.card("Blur").get_by_role("button", name="Open result").click()
    box = viewer(page)
    loaded(box, "Blur")
    facts = box.get_by_role("complementary")
    expect(facts).to_contain_text(re.compile("1280 . 800"))
    expect(facts.get_by_role("region", name="How it was made")).to_contain_text("Radius 8")
    look(page, "viewer-card")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)

    page.goto(f"/runs/{site.last_run(slug)['executionId']}")
    page.get_by_role("region", name="Result").get_by_role("link").first.click()
    expect(viewer(page).get_by_role("region", name="How it was made")).to_contain_text("Gradient")
    page.keyboard.press("Escape")

    page.goto(f"/play/{slug}")
    page.get_by_role("button", name=re.compile("^Run")).click()
    result = page.get_by_role("region", name="Result", exact=True)
    result.get_by_role("link", name=re.compile("^Open")).first.click()
    expect(viewer(page).get_by_role("link", name="Download")).to_be_visible()
    page.keyboard.press("Escape")

    page.goto("/")
    page.get_by_role("button", name="Open the result of Sunset").first.click()
    expect(viewer(page)).to_contain_text("Sunset")


def test_an_image_is_zoomed_panned_and_compared_by_keyboard_alone(
    page: Page, canvas: Canvas, slug: str
) -> None:
    canvas.open(slug)
    canvas.run()
    canvas.done("Blur", "Output")
    canvas.select("Blur")
    page.locator('.react-flow__node[data-id="b"]').focus()
    page.keyboard.press("v")
    box = viewer(page)
    loaded(box, "Blur")
    zoom = box.get_by_role("group", name="Zoom")
    page.keyboard.press("1")
    expect(zoom).to_contain_text("100 %")
    page.keyboard.press("+")
    expect(zoom).to_contain_text("125 %")
    page.keyboard.press("0")
    expect(zoom).not_to_contain_text("125 %")
    box.get_by_role("combobox", name="Compare with").select_option(label="Before: Gradient")
    divider = box.get_by_role("slider", name="Divider of the two images")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    divider.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "55")
    page.keyboard.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    look(page, "viewer-slider")
    box.get_by_role("button", name="Difference").click()
    expect(box.get_by_role("img", name="Difference of Blur and Gradient")).to_be_visible()
    box.get_by_role("button", name="Side by side").click()
    look(page, "viewer-sides")
    # The focus stays within, and comes back to the card.
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('dialog') !== null"
        )
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.locator(".react-flow__node:focus")).to_have_count(1)


def test_a_result_is_used_as_the_input_of_a_new_node(
    page: Page, canvas: Canvas, site: Site, slug: str
) -> None:
    canvas.open(slug)
    canvas.run()
    canvas.done("Blur", "Output")
    canvas.card("Blur").hover()
    canvas.card("Blur").get_by_role("button", name="Open result").click()
    viewer(page).get_by_role("button", name="Use as input").click()
    expect(canvas.card("Image input")).to_be_visible()
    canvas.saved()
    made = site.workflow(slug)["nodes"][-1]
    run = site.last_run(slug)
    outputs = next(row["outputs"] for row in run["nodes"] if row["id"] == "b")
    assert made["data"]["asset"]["asset"] == outputs["image"]["asset"]


def test_texts_are_read_and_copied(page: Page, canvas: Canvas, site: Site) -> None:
    text = "\n".join(f"Line {n} of a long text." for n in range(80))
    slug = site.create(
        "Text",
        [node("t", "textBox", 0, 0, text=text), node("p", "preview", 400, 0)],
        [edge("t", "text", "p", "value")],
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    canvas.open(slug)
    canvas.run()
    canvas.done("Preview")
    canvas.card("Preview").hover()
    canvas.card("Preview").get_by_role("button", name="Open result").click()
    box = viewer(page)
    expect(box).to_contain_text("Line 79 of a long text.")
    look(page, "viewer-text")
    box.get_by_role("button", name="Copy text", exact=True).click()
    expect(box.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text


def test_on_a_phone_a_swipe_shows_the_next_result(
    new_page: Callable[..., Page], site: Site, slug: str
) -> None:
    angles = {"node": "g", "axes": [{"field": "angle", "values": [0, 90]}]}
    site.post(f"/api/workflows/{slug}/run", {"inputs": {}, "variations": angles})
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    page = new_page(**phone)
    page.goto(f"/runs/{site.last_run(slug)['executionId']}")
    # Its items come with the events of the run; before, its files stand there.
    tiles = page.get_by_role("region", name="Nodes").get_by_role(
        "region", name=re.compile("Gradient")
    )
    tiles.get_by_role("link").first.click()
    box = viewer(page)
    expect(box.locator('[data-is="here"]').first).to_be_visible()
    look(page, "viewer-phone")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    expect(box.get_by_role("link", name="Download")).to_be_visible()
    place = box.get_by_role("status").filter(has_text=re.compile("^. of 2$"))
    expect(place).to_have_text("1 of 2")
    swipe(page, box, -160)
    expect(place).to_have_text("2 of 2")
    swipe(page, box, 160)
    expect(place).to_have_text("1 of 2")


def swipe(page: Page, box: Locator, by: float) -> None:
    """Move one finger over the image, sideways, in px."""
    area = box.locator('[data-is="here"]').first.bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    fingers = page.context.new_cdp_session(page)
    for kind, share in [("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0)]:
        points = [{"x": x + share * by, "y": y}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_video_is_stepped_by_frames_and_audio_has_its_waveform(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page()
    film = site.upload("film.mp4", clips.video(1, (160, 120)))
    slug = site.create(
        "Film",
        [
            node("v", "uploadVideo", 0, 0, asset=film),
            node("a", "extractAudio", 420, 0),
            node("p", "preview", 840, 0),
            node("q", "preview", 840, 400, label="Video"),
        ],
        [
            edge("v", "video", "a", "video"),
            edge("a", "audio", "p", "value"),
            edge("v", "video", "q", "value"),
        ],
    )
    canvas = Canvas(page)
    canvas.open(slug)
    canvas.run()
    canvas.done("Preview", "Video")

    def show(title: str) -> Locator:
        canvas.select(title)
        page.keyboard.press("v")
        return viewer(page)

    def checked(name: str) -> None:
        """Nothing serious for axe, in either theme."""
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            assert faults(page) == [], theme
        look(page, name)

    box = show("Video")
    video = box.locator("video")
    video.evaluate("video => new Promise(go => video.readyState ? go() : video.onloadeddata = go)")
    position = box.get_by_role("slider", name="Position")
    expect(position).to_have_attribute("max", re.compile(r"^(1|0\.9)"))
    at = "video => video.currentTime"
    box.get_by_role("button", name="Next frame").click()
    first = video.evaluate(at)
    assert 0 < first < 0.1
    page.keyboard.press(".")
    assert video.evaluate(at) == pytest.approx(2 * first, abs=0.005)
    page.keyboard.press(",")
    assert video.evaluate(at) == pytest.approx(first, abs=0.005)
    checked("viewer-video")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    box = show("Preview")
    expect(box.locator("svg rect").first).to_be_attached()
    assert box.locator("svg rect").count() > 50
    box.get_by_role("slider", name="Position").press("End")
    expect(box.locator("svg rect[data-past]").first).to_be_attached()
    checked("viewer-audio")
