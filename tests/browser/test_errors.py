"""Things that go wrong are said where they happen, with what was expected, and nothing is lost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.canvas import Canvas, drop_file
from tests.browser.conftest import forget_aborted
from tests.browser.site import Site, edge, node


def test_a_text_file_named_png_is_refused_at_the_node(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("Not a picture", [node("u", "upload", 0, 0)])
    canvas.open(slug)
    card = canvas.card("Image input")
    target = card.get_by_role("button", name=re.compile("image", re.IGNORECASE)).first
    drop_file(target, "holiday.png", b"this is only text\n", "image/png")
    expect(card.get_by_role("alert")).to_have_text(
        "holiday.png is not an image: it holds text/plain."
    )
    assert "asset" not in site.workflow(slug)["nodes"][0]["data"]


def test_a_failing_node_says_field_value_and_what_was_expected(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Fails",
        [node("l", "loadImage", 0, 0, url="http://10.1.2.3/x.png"), node("p", "preview", 420, 0)],
        [edge("l", "image", "p", "value")],
    )
    canvas.open(slug)
    canvas.run()
    canvas.in_state("Load image", "failed")
    alert = canvas.card("Load image").get_by_role("alert")
    expect(alert).to_contain_text("URL")
    expect(alert).to_contain_text("10.1.2.3")
    expect(alert).to_contain_text("cannot be reached")
    bar = page.get_by_role("region", name="Run")
    expect(bar).to_contain_text("Failed")
    expect(bar).to_contain_text("Load image")
    page.goto("/")
    card = page.get_by_role("listitem").filter(
        has=page.get_by_role("link", name="Fails", exact=True)
    )
    expect(card).to_contain_text("Failed at Load image")


def test_a_value_that_cannot_be_is_named_before_anything_runs(canvas: Canvas, site: Site) -> None:
    slug = site.create(
        "No such colour",
        [node("g", "gradient", 0, 0, start="bluish"), node("p", "preview", 420, 0)],
        [edge("g", "image", "p", "value")],
    )
    canvas.open(slug)
    canvas.run()
    alert = canvas.card("Gradient").get_by_role("alert")
    expect(alert).to_contain_text("From")
    expect(alert).to_contain_text("bluish")
    expect(alert).to_contain_text("#")


def test_a_missing_input_is_named_before_anything_runs(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Misses an input",
        [node("b", "blurImage", 0, 0), node("p", "preview", 420, 0)],
        [edge("b", "image", "p", "value")],
    )
    canvas.open(slug)
    canvas.run()
    expect(canvas.card("Blur").get_by_role("alert")).to_contain_text("Image")
    expect(page.get_by_role("region", name="Run")).to_contain_text("Cannot run")


def test_an_unknown_node_type_is_shown_and_survives_a_save(
    page: Page, canvas: Canvas, site: Site
) -> None:
    stranger = node("x", "quantumUpscale", 0, 0, secret={"a": [1, 2]}, label="From the future")
    slug = site.create(
        "Unknown type",
        [stranger, node("p", "preview", 420, 0), node("t", "textBox", 0, 300, text="a")],
        [edge("x", "image", "p", "value")],
    )
    canvas.open(slug)
    expect(canvas.card("From the future")).to_contain_text("quantumUpscale")
    canvas.fill("Text", "Text", "b")
    canvas.saved()
    kept = site.workflow(slug)["nodes"][0]
    assert kept["type"] == "quantumUpscale"
    assert kept["data"] == stranger["data"]
    canvas.run()
    expect(canvas.card("From the future").get_by_role("alert")).to_be_visible()


def test_a_connection_that_closes_a_cycle_is_refused(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Cycle",
        [node("a", "blurImage", 0, 0, label="First"), node("b", "blurImage", 420, 0, label="Next")],
        [edge("a", "image", "b", "image")],
    )
    canvas.open(slug)
    canvas.connect(("Next", "image-out"), ("First", "image-in"))
    expect(page.get_by_text("would create a cycle")).to_be_visible()
    expect(canvas.edges).to_have_count(1)


def test_a_workflow_that_does_not_exist_is_a_page_that_says_so(page: Page, site: Site) -> None:
    answer = page.goto("/app/editor/no-such-workflow")
    assert answer is not None and answer.status == 404
    expect(page.get_by_text("There is nothing here")).to_be_visible()


def test_a_page_that_stands_without_the_frontend_wears_its_font(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login")
    expect(page.get_by_role("heading")).to_be_visible()
    assert page.evaluate("document.fonts.load('16px \\'Inter Variable\\'').then(all => all.length)")


def test_a_template_is_read_only_until_it_is_copied(page: Page, canvas: Canvas) -> None:
    canvas.open("sticker")
    expect(page.get_by_role("button", name=re.compile("copy", re.IGNORECASE))).to_be_visible()
    expect(page.get_by_role("banner").get_by_role("button", name=re.compile("^Run"))).to_be_hidden()


def test_a_part_that_cannot_be_loaded_is_reported_and_the_page_goes_on(
    page: Page, canvas: Canvas, site: Site, complaints: list[str]
) -> None:
    slug = site.create("Parts", [node("g", "gradient", 0, 0)])
    canvas.open(slug)
    page.route("**/assets/Shortcuts-*.js", lambda route: route.abort())
    page.keyboard.press("?")
    expect(page.get_by_role("status").filter(has_text="cannot be loaded")).to_be_visible()
    expect(canvas.card("Gradient")).to_be_visible()
    forget_aborted(complaints)


def test_what_is_typed_while_the_node_search_loads_is_searched_for(
    page: Page, canvas: Canvas, site: Site
) -> None:
    held: list[Route] = []
    page.route("**/assets/Palette-*.js", lambda route: held.append(route))
    canvas.open(site.create("Typed ahead", [node("g", "gradient", 0, 0)]))
    with page.expect_request("**/assets/Palette-*.js"):
        canvas.pane.dblclick(position={"x": 250, "y": 650})
    page.keyboard.type("blux")
    page.keyboard.press("Backspace")
    held[0].continue_()
    search = page.get_by_role("combobox", name="Search nodes")
    expect(search).to_have_value("blu")
    expect(search).to_be_focused()
    page.keyboard.type("r")
    page.keyboard.press("Enter")
    expect(canvas.card("Blur")).to_be_visible()


def test_a_page_whose_code_cannot_be_loaded_says_so(
    page: Page, canvas: Canvas, site: Site, complaints: list[str]
) -> None:
    slug = site.create("No code", [node("g", "gradient", 0, 0)])
    page.route("**/assets/EditorPage-*.js", lambda route: route.abort())
    page.goto(f"/app/editor/{slug}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This page cannot be shown")
    page.unroute("**/assets/EditorPage-*.js")
    alert.get_by_role("button", name="Reload the page").click()
    expect(canvas.card("Gradient")).to_be_visible()
    forget_aborted(complaints)
