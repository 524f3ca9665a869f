"""A workflow as a form: filled in, run, watched, refused, shared, by its owner and by visitors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import clips
from tests.browser.gate import Gate, picture
from tests.browser.look import look
from tests.browser.server import Server
from tests.browser.site import Site, edge, node
from tests.browser.test_look import DESKTOP, PHONE, check

FIELDS: list[dict[str, Any]] = [
    {"name": "words", "label": "Words", "type": "text", "required": True, "help": "To draw."},
    {"name": "size", "type": "slider", "min": 8, "max": 64, "default": 24},
    {"name": "copies", "type": "number", "min": 1, "max": 9, "default": 2},
    {
        "name": "edge",
        "label": "Edge width",
        "type": "pills",
        "options": ["Thin", "Bold"],
        "default": "Thin",
    },
    {"name": "paper", "type": "color", "default": "#ffcc88"},
    {"name": "gloss", "label": "Glossy", "type": "toggle", "default": True},
    {"name": "story", "type": "textarea", "default": "Once"},
    {"name": "photo", "label": "Photo", "type": "image"},
]


def poster(site: Site, name: str, fields: list[dict[str, Any]] = FIELDS, **meta: Any) -> str:
    """Make a workflow that writes words on a gradient."""
    nodes = [
        node("in", "requestInput", 0, 0, fields=fields, values={}),
        node("g", "gradient", 400, 0, width=480, height=320),
        node("t", "drawText", 800, 0, text="x", label="Caption"),
        node("o", "responseOutput", 1200, 0),
    ]
    edges = [
        edge("g", "image", "t", "image"),
        edge("in", "words", "t", "text"),
        edge("t", "image", "o", "result"),
    ]
    slug = site.create(name, nodes, edges)
    if meta:
        operations = [{"op": "meta.set", "key": key, "value": meta[key]} for key in meta]
        site.change(slug, *operations)
    return slug


def fetcher(site: Site, name: str, **meta: Any) -> str:
    """Make a workflow that lasts until its image comes."""
    fields = [{"name": "photo", "label": "Photo URL", "type": "text", "required": True}]
    nodes = [
        node("in", "requestInput", 0, 0, fields=fields, values={}),
        node("f", "loadImage", 400, 0, label="Fetch it"),
        node("o", "responseOutput", 800, 0),
    ]
    edges = [edge("in", "photo", "f", "url"), edge("f", "image", "o", "result")]
    slug = site.create(name, nodes, edges)
    if meta:
        operations = [{"op": "meta.set", "key": key, "value": meta[key]} for key in meta]
        site.change(slug, *operations)
    return slug


@pytest.fixture
def stranger(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of somebody who is not logged in."""
    context = browser.new_context(base_url=server.url, viewport=DESKTOP)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def run(page: Page) -> None:
    """Press Run."""
    page.get_by_role("button", name="Run", exact=True).click()


def result(page: Page) -> Locator:
    """Where results are shown."""
    return page.get_by_role("region", name="Result")


def test_the_form_shows_each_field_as_its_author_declared_it(page: Page, site: Site) -> None:
    page.goto(f"/play/{poster(site, 'Every field')}")
    form = page.get_by_role("form", name="Inputs")
    expect(form.get_by_label("Words", exact=True)).to_have_value("")
    expect(form.get_by_text("To draw.")).to_be_visible()
    slider = form.get_by_role("slider", name="Size")
    expect(slider).to_have_value("24")
    assert slider.get_attribute("min") == "8"
    assert slider.get_attribute("max") == "64"
    expect(form.get_by_label("Copies", exact=True)).to_have_value("2")
    expect(form.get_by_role("radio", name="Thin")).to_be_checked()
    expect(form.get_by_label("Paper: hex code")).to_have_value("#ffcc88")
    expect(form.get_by_role("switch", name="Glossy")).to_be_checked()
    expect(form.get_by_role("textbox", name="Story")).to_have_value("Once")
    expect(form.get_by_role("button", name="Photo: drop an image")).to_be_visible()


def test_what_was_filled_in_is_what_the_run_gets(page: Page, site: Site) -> None:
    slug = poster(site, "Filled in")
    page.goto(f"/play/{slug}")
    page.get_by_label("Words", exact=True).fill("Hello there")
    page.get_by_role("radio", name="Bold").click()
    page.get_by_role("switch", name="Glossy").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    run(page)
    expect(result(page).get_by_role("link", name="Download")).to_be_visible()
    inputs = site.last_run(slug)["inputs"]
    assert {name: inputs[name] for name in ("words", "edge", "gloss", "size", "copies")} == {
        "words": "Hello there",
        "edge": "Bold",
        "gloss": False,
        "size": 24,
        "copies": 2,
    }
    assert inputs["photo"]["width"] == 320


def test_the_result_is_a_picture_that_can_be_downloaded(page: Page, site: Site) -> None:
    page.goto(f"/play/{poster(site, 'To download')}")
    page.get_by_label("Words", exact=True).fill("Take me")
    page.get_by_label("Words", exact=True).press("Enter")
    shown = result(page).get_by_role("img").first
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("picture => picture.naturalWidth") == 480
    expect(result(page)).to_contain_text(re.compile("480 . 320"))
    with page.expect_download() as download:
        result(page).get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".png")


def test_a_required_field_left_empty_is_told_at_the_field(page: Page, site: Site) -> None:
    slug = poster(site, "Left empty")
    page.goto(f"/play/{slug}")
    run(page)
    expect(page.get_by_role("alert")).to_have_text("This needs a value.")
    expect(page.get_by_label("Words", exact=True)).to_be_focused()
    assert site.get(f"/api/executions?workflow={slug}") == []
    page.get_by_label("Words", exact=True).fill("Now")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_what_the_server_refuses_is_told_at_the_field(page: Page, site: Site) -> None:
    fields = [{"name": "shade", "label": "Shade", "type": "color"}, *FIELDS]
    slug = poster(site, "Refused", fields)
    page.goto(f"/play/{slug}")
    page.get_by_label("Words", exact=True).fill("Hi")
    change = {
        "op": "field.set",
        "id": "in",
        "field": "fields",
        "value": [
            {"name": "words", "type": "number"},
            {"name": "shade", "type": "color"},
        ],
    }
    site.change(slug, change)
    run(page)
    alert = page.get_by_role("alert").filter(has_text="number")
    expect(alert).to_be_visible()


def test_a_run_is_followed_step_by_step_and_can_be_cancelled(
    page: Page, site: Site, gate: Gate
) -> None:
    page.goto(f"/play/{fetcher(site, 'Watched')}")
    page.get_by_label("Photo URL", exact=True).fill(gate.url("watched"))
    run(page)
    gate.wait_until_asked("watched")
    steps = result(page).get_by_role("listitem")
    expect(steps.filter(has_text="Fetch it")).to_have_attribute("data-state", "running")
    expect(steps.filter(has_text="Output")).to_contain_text("waiting")
    expect(result(page).get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(result(page)).to_contain_text("This run was cancelled.")
    gate.open("watched")


def test_a_run_goes_on_over_a_reload(page: Page, site: Site, gate: Gate) -> None:
    page.goto(f"/play/{fetcher(site, 'Reloaded')}")
    page.get_by_label("Photo URL", exact=True).fill(gate.url("reloaded"))
    run(page)
    gate.wait_until_asked("reloaded")
    page.reload()
    expect(result(page).get_by_text("Fetch it").first).to_be_visible()
    gate.open("reloaded")
    expect(result(page).get_by_role("link", name="Download")).to_be_visible()


def test_a_failure_names_the_step_and_says_why(page: Page, site: Site) -> None:
    page.goto(f"/play/{fetcher(site, 'Failing')}")
    page.get_by_label("Photo URL", exact=True).fill("http://127.0.0.1:9/none.png")
    run(page)
    alert = result(page).get_by_role("alert")
    expect(alert.get_by_role("heading")).to_have_text("Fetch it failed")
    expect(alert.get_by_role("paragraph")).not_to_be_empty()
    expect(alert.get_by_role("link", name="Open in the editor")).to_be_visible()


def test_earlier_runs_can_be_looked_at_again(page: Page, site: Site) -> None:
    page.goto(f"/play/{poster(site, 'Remembered')}")
    words = page.get_by_label("Words", exact=True)
    for text in ("First", "Second"):
        words.fill(text)
        run(page)
        expect(result(page).get_by_role("link", name="Download")).to_be_visible()
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    page.reload()
    earlier = page.get_by_role("region", name="Earlier runs").get_by_role("listitem")
    expect(earlier).to_have_count(2)
    expect(words).to_have_value("Second")
    earlier.nth(1).get_by_role("button").click()
    expect(words).to_have_value("First")
    page.get_by_role("button", name="Clear history").click()
    expect(earlier).to_have_count(0)


def test_a_workflow_without_inputs_just_runs(page: Page, site: Site) -> None:
    nodes = [node("t", "textBox", 0, 0, text="Nothing asked"), node("o", "responseOutput", 400, 0)]
    slug = site.create("No inputs", nodes, [edge("t", "text", "o", "result")])
    page.goto(f"/play/{slug}")
    expect(page.get_by_text("This workflow has no inputs.")).to_be_visible()
    run(page)
    expect(result(page)).to_contain_text("Nothing asked")
    expect(result(page).get_by_role("button", name="Copy")).to_be_visible()


def test_a_private_workflow_asks_strangers_to_log_in(stranger: Page, site: Site) -> None:
    slug = poster(site, "Private one")
    stranger.goto(f"/play/{slug}")
    expect(stranger).to_have_url(re.compile(rf"/login\?next=/play/{slug}$"))


def test_a_public_workflow_shows_its_form_but_runs_only_if_its_owner_says_so(
    stranger: Page, site: Site
) -> None:
    slug = poster(site, "Look only", publicPlayground=True)
    stranger.goto(f"/play/{slug}")
    expect(stranger.get_by_role("heading", name="Look only")).to_be_visible()
    expect(stranger.get_by_role("button", name="Run", exact=True)).to_be_hidden()
    expect(stranger.get_by_role("link", name="Log in to run it.")).to_be_visible()
    expect(stranger.get_by_role("link", name="Open in editor")).to_be_hidden()


def test_a_stranger_runs_what_is_open_to_all_and_gets_the_picture(
    stranger: Page, site: Site
) -> None:
    slug = poster(site, "Open to all", publicPlayground=True, publicRun=True)
    stranger.goto(f"/play/{slug}")
    stranger.get_by_label("Words", exact=True).fill("From outside")
    run(stranger)
    shown = result(stranger).get_by_role("img").first
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("picture => picture.naturalWidth") == 480
    with stranger.expect_download() as download:
        result(stranger).get_by_role("link", name="Download").click()
    assert download.value.path().stat().st_size > 500


def covered(site: Site, name: str) -> tuple[str, str]:
    """Make a workflow open to all with an image it has made as its cover; and the image's path."""
    slug = poster(site, name)
    made = site.post(f"/api/workflows/{slug}/run", {"inputs": {"words": "An example"}})
    image = urlsplit(made["result"]["images"][0]["url"]).path
    values = {"publicPlayground": True, "publicRun": True, "cover": {"image": image}}
    site.change(slug, *({"op": "meta.set", "key": k, "value": v} for k, v in values.items()))
    return slug, image


def test_an_example_is_shown_until_the_visitor_has_a_result(stranger: Page, site: Site) -> None:
    slug, image = covered(site, "With an example")
    stranger.goto(f"/play/{slug}")
    example = result(stranger).get_by_role("img", name="Example result")
    expect(example).to_have_js_property("naturalWidth", 480)
    expect(result(stranger).get_by_text("Example result")).to_be_visible()
    stranger.get_by_label("Words", exact=True).fill("My own")
    run(stranger)
    expect(result(stranger).get_by_role("link", name="Download")).to_be_visible()
    expect(result(stranger)).not_to_contain_text("Example result")
    stranger.reload()
    expect(result(stranger).get_by_role("link", name="Download")).to_be_visible()
    stranger.evaluate("localStorage.clear()")
    film = site.upload("example.mp4", clips.video())["url"]
    cover = {"image": image, "video": film}
    site.change(slug, {"op": "meta.set", "key": "cover", "value": cover})
    stranger.reload()
    video = result(stranger).get_by_label("Example result", exact=True)
    video.evaluate("video => video.play()")
    expect(video).not_to_have_js_property("currentTime", 0)
    site.change(slug, {"op": "meta.set", "key": "cover", "value": None})
    stranger.reload()
    expect(result(stranger)).to_contain_text("The result of the workflow will be shown here.")


def test_a_visitor_drops_a_photo_runs_and_takes_the_result_home(stranger: Page, site: Site) -> None:
    fields = [{"name": "photo", "label": "Photo", "type": "image", "required": True}]
    nodes = [
        node("in", "requestInput", 0, 0, fields=fields, values={}),
        node("f", "rotateImage", 400, 0),
        node("o", "responseOutput", 800, 0),
    ]
    slug = site.create(
        "Bring a photo",
        nodes,
        [edge("in", "photo", "f", "image"), edge("f", "image", "o", "result")],
    )
    for key in ("publicPlayground", "publicRun"):
        site.change(slug, {"op": "meta.set", "key": key, "value": True})
    stranger.goto(f"/play/{slug}")
    zone = stranger.get_by_role("button", name="Photo: drop an image")
    dropped = stranger.evaluate_handle(
        """bytes => {
            const held = new DataTransfer()
            held.items.add(new File([new Uint8Array(bytes)], 'cat.png', { type: 'image/png' }))
            return held
        }""",
        list(picture()),
    )
    zone.dispatch_event("drop", {"dataTransfer": dropped})
    expect(stranger.get_by_role("img", name="cat.png")).to_have_js_property("naturalWidth", 320)
    for _ in range(2):  # the same photo again
        run(stranger)
        shown = result(stranger).get_by_role("img").first
        expect(shown).to_have_js_property("complete", True)
        expect(stranger.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    with stranger.expect_download() as download:
        result(stranger).get_by_role("link", name="Download").click()
    assert download.value.path().stat().st_size > 100
    stranger.reload()
    expect(result(stranger).get_by_role("link", name="Download")).to_be_visible()
    expect(zone).to_be_visible()


def test_the_link_to_a_public_playground_is_copied(
    new_page: Callable[..., Page], site: Site, server: Server
) -> None:
    slug = poster(site, "Copied link", publicPlayground=True)
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/play/{slug}")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/play/{slug}"
    page.goto(f"/play/{poster(site, 'Not to copy')}")
    expect(page.get_by_role("link", name="Open in editor")).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_playground_fits_and_every_control_has_a_name(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    slug = poster(site, f"Fits {theme} {size['width']}", publicPlayground=True)
    page = new_page(viewport=size, color_scheme=theme)
    page.goto(f"/play/{slug}")
    page.get_by_label("Words", exact=True).fill("Fits")
    check(page)
    run(page)
    expect(result(page).get_by_role("link", name="Download")).to_be_visible()
    check(page)


def test_the_owner_sees_what_is_published_and_whether_it_is_the_draft(
    page: Page, site: Site
) -> None:
    slug = poster(site, "Published form", FIELDS[:1])
    page.goto(f"/play/{slug}")
    expect(page.get_by_role("banner").get_by_text("Draft", exact=True)).to_be_visible()
    site.post(f"/api/workflows/{slug}/versions", {"publish": True})
    fields = [{"name": "words", "label": "Sentence", "type": "text", "required": True}]
    site.change(slug, {"op": "field.set", "id": "in", "field": "fields", "value": fields})
    site.change(slug, {"op": "field.set", "id": "g", "field": "width", "value": 64})
    page.reload()
    expect(page.get_by_role("banner").get_by_text("v1", exact=True)).to_be_visible()
    look(page, "play-published")
    page.get_by_label("Words").fill("Rocket")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("main").get_by_role("img").first).to_be_visible()
    run = site.get(f"/api/executions/{site.last_run(slug)['executionId']}/workflow")
    assert next(row for row in run["nodes"] if row["id"] == "g")["data"]["width"] == 480
