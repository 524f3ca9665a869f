"""Videos and sounds in the browser: dropped, made, played, and seen in lists."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests import clips
from tests.browser.canvas import Canvas, drop_file, natural_width
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.browser.test_look import DESKTOP, PHONE, check
from tests.waiting import wait_until


def film(seconds: float = 2) -> bytes:
    return clips.video(seconds, (160, 120))


def prepared(site: Site, name: str) -> str:
    """Make a workflow that turns a video round and takes its sound."""
    field = {"name": "film", "label": "Film", "type": "video", "required": True}
    return site.create(
        name,
        [
            node("q", "requestInput", 0, 0, fields=[field], values={}),
            node("t", "reverseVideo", 420, 0),
            node("s", "extractAudio", 420, 420),
            node("r", "responseOutput", 840, 0),
            node("p", "preview", 840, 420),
        ],
        [
            edge("q", "film", "t", "video"),
            edge("q", "film", "s", "video"),
            edge("t", "video", "r", "result"),
            edge("s", "audio", "p", "value"),
        ],
    )


def plays(video: Locator) -> None:
    """Play a video or a sound until something of it has been decoded."""
    video.evaluate("element => { element.muted = true; return element.play() }")
    expect(video).to_have_js_property("error", None)
    assert video.evaluate("element => element.readyState") >= 2
    video.evaluate("element => element.pause()")


def waits(video: Locator) -> None:
    """Hold a video to how it stands there: a poster, buttons, nothing by itself."""
    expect(video).to_have_attribute("poster", re.compile(r"/media/[0-9a-f-]+\?w=\d+"))
    expect(video).to_have_js_property("controls", True)
    for name in ("autoplay", "loop"):
        expect(video).to_have_js_property(name, False)
    status, kind = video.evaluate(
        "async element => { const answer = await fetch(element.poster);"
        " return [answer.status, answer.headers.get('content-type')] }"
    )
    assert (status, kind) == (200, "image/webp")


def test_a_dropped_video_gets_a_card_and_what_is_made_of_it_plays(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Dropped film", [node("v", "videoToGif", 900, 0), node("x", "trimVideo", 900, 500)]
    )
    canvas.open(slug)
    for name, body, type in (
        ("film.mp4", film(), "video/mp4"),
        ("song.mp3", clips.sound(1, form="mp3"), "audio/mpeg"),
    ):
        with page.expect_response("**/api/uploads"):
            drop_file(canvas.pane, name, body, type)
    card = canvas.card("Video input")
    waits(card.locator("video"))
    expect(card).to_contain_text(re.compile(r"160 . 120 · 0:02 · \d+ kB"))
    plays(canvas.card("Audio input").locator("audio"))
    page.get_by_role("button", name="Zoom to fit").click()
    canvas.connect(("Video input", "video-out"), ("Trim video", "video-in"))
    canvas.connect(("Video input", "video-out"), ("Video to GIF", "video-in"))
    canvas.run()
    canvas.done("Trim video", "Video to GIF")
    made = canvas.card("Trim video").locator("video")
    waits(made)
    plays(made)
    expect(made).to_have_js_property("videoWidth", 160)
    canvas.shows_picture("Video to GIF")
    moving = canvas.card("Video to GIF").locator("img").first.evaluate("img => img.currentSrc")
    assert "?w=" not in moving, "a GIF is shown itself, for its preview stands still"


def test_a_video_is_seen_in_lists_and_played_on_the_pages_of_its_run(
    page: Page, site: Site, canvas: Canvas
) -> None:
    slug = prepared(site, "Backwards")
    canvas.open(slug)
    with page.expect_response("**/api/uploads"):
        drop_file(canvas.card("Inputs"), "film.mp4", film(), "video/mp4")
    waits(canvas.card("Inputs").locator("video"))
    canvas.run()
    canvas.done("Reverse video", "Extract audio", "Output")
    plays(canvas.card("Output").locator("video"))
    plays(canvas.card("Preview").locator("audio"))
    canvas.saved()
    run = site.last_run(slug)["executionId"]

    page.goto("/")
    link = page.get_by_role("link", name="Backwards", exact=True)
    cover = page.get_by_role("listitem").filter(has=link).locator("img").first
    expect(cover).to_be_visible()
    assert natural_width(cover) > 0

    page.goto("/runs")
    expect(page.get_by_role("list", name="Runs").locator("img").first).to_be_visible()

    page.goto(f"/runs/{run}")
    shown = page.locator("figure video")
    expect(shown).to_have_count(1)
    waits(shown.first)
    expect(page.locator("a video")).to_have_count(0)
    plays(shown.first)


def test_a_step_between_two_video_nodes_has_a_poster_and_plays(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Chain",
        [node("t", "trimVideo", 500, 0, start=0.5), node("z", "resizeVideo", 1000, 0, width=80)],
        [edge("t", "video", "z", "video")],
    )
    canvas.open(slug)
    with page.expect_response("**/api/uploads"):
        drop_file(canvas.pane, "film.mp4", film(), "video/mp4")
    page.get_by_role("button", name="Zoom to fit").click()
    canvas.connect(("Video input", "video-out"), ("Trim video", "video-in"))
    canvas.run()
    canvas.done("Trim video", "Resize video")
    card = canvas.card("Trim video")
    expect(card.locator("img").first).to_be_visible()
    assert natural_width(card.locator("img").first) > 0
    # It has no size before it is a file.
    expect(card).to_contain_text(re.compile(r"160 . 120 · 0:0[12](?! · )"))

    def slowly(route: Route) -> None:
        """Let a file that is written at once take its time."""
        if "prefer" not in route.request.headers or told[0] == "ready":
            route.continue_()
        else:
            route.fulfill(status=202, json={"share": 0.42})

    told = ["slow"]
    page.route("**/media/*", slowly)
    card.get_by_role("button", name=re.compile("^Play .*trimmed")).click()
    expect(card.get_by_role("progressbar", name="Preparing, 42 %")).to_be_visible()
    look(page, "video-chain")
    told[0] = "ready"
    between = card.locator("video")
    expect(between).to_be_visible()
    wait_until(lambda: between.evaluate("video => video.currentTime") > 0)
    plays(canvas.card("Resize video").locator("video"))
    run = site.last_run(slug)["executionId"]
    page.goto(f"/runs/{run}")
    rows = page.get_by_role("row").filter(has_text="Trim video")
    expect(rows.locator("img").first).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_with_players_fit_their_window(
    new_page: Callable[..., Page], site: Site, theme: str, size: dict[str, int]
) -> None:
    slug = prepared(site, f"Players {theme} {size['width']}")
    given = f"data:video/mp4;base64,{base64.b64encode(film()).decode()}"
    answer = site.post(f"/api/workflows/{slug}/run", {"inputs": {"film": given}})
    page = new_page(viewport=size, color_scheme=theme)
    page.goto(f"/runs/{answer['executionId']}")
    expect(page.locator("figure video").first).to_be_visible()
    check(page)
    page.goto(f"/play/{slug}")
    file: FilePayload = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": film()}
    page.locator("input[type=file]").set_input_files([file])
    expect(page.get_by_role("form", name="Inputs").locator("video")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("region", name="Result").locator("video")).to_be_visible()
    check(page)
