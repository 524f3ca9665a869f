"""The gallery of templates: what it shows, copying, looking inside, publishing one's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, node
from tests.browser.test_library import choose
from tests.browser.test_look import DESKTOP, PHONE, check


def template(page: Page, name: str) -> Locator:
    """The card of a template."""
    cards = page.get_by_role("list", name="Templates").get_by_role("listitem")
    return cards.filter(has=page.get_by_role("heading", name=re.compile(f"^{name}( Yours)?$")))


def looked_at(page: Page, name: str) -> Locator:
    """The dialog of a template, opened by its card."""
    template(page, name).get_by_role("button", name=name, exact=True).click()
    return page.get_by_role("dialog", name=name)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_template_has_its_picture_its_promise_and_its_price(
    new_page: Callable[..., Page], size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/templates")
    sticker = template(page, "Sticker")
    expect(sticker).to_contain_text("gives it a sticker's border")
    expect(sticker).to_contain_text("free")
    expect(sticker).to_contain_text("needs nothing")
    # Pictures are loaded when they come into sight.
    sticker.scroll_into_view_if_needed()
    picture = sticker.locator("img").last
    expect(picture).to_have_attribute("data-fills", re.compile("true|false"))
    assert picture.evaluate("image => image.naturalWidth") > 100
    check(page)


def test_one_click_makes_a_copy_of_ones_own(page: Page, canvas: Canvas, site: Site) -> None:
    page.goto("/templates")
    page.get_by_role("button", name="Use the template Sticker", exact=True).click()
    page.wait_for_url(re.compile("/app/editor/sticker-"))
    canvas.ready()
    copy = site.workflow(page.url.rsplit("/", 1)[-1])
    assert copy["canEdit"] is True
    assert copy["isTemplate"] is False


def test_looking_inside_changes_nothing(page: Page, canvas: Canvas, site: Site) -> None:
    page.goto("/templates")
    looked_at(page, "Sticker").get_by_role("link", name="Look inside Sticker", exact=True).click()
    page.wait_for_url(re.compile("/app/editor/sticker$"))
    canvas.ready()
    assert site.workflow("sticker")["canEdit"] is False
    expect(page.get_by_role("button", name=re.compile("copy", re.IGNORECASE))).to_be_visible()


def test_ones_own_workflow_is_published_and_withdrawn(page: Page, site: Site) -> None:
    slug = site.create("Shown to all", [node("g", "gradient", 0, 0)])
    page.goto("/")
    choose(page, "Shown to all", "Publish as a template")
    expect(page.get_by_text("Shown to all is now a template")).to_be_visible()
    page.get_by_role("link", name="Templates").first.click()
    expect(template(page, "Shown to all")).to_contain_text("Yours")
    dialog = looked_at(page, "Shown to all")
    expect(dialog).to_contain_text("Gradient")
    expect(dialog).to_contain_text("not measured yet")
    dialog.get_by_role("button", name="Unpublish Shown to all").click()
    expect(template(page, "Shown to all")).to_be_hidden()
    expect(page.get_by_text("Shown to all is no longer a template")).to_be_visible()
    assert site.workflow(slug)["isTemplate"] is False


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_look_at_a_template_shows_what_it_needs_and_does(
    new_page: Callable[..., Page], size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/templates")
    dialog = looked_at(page, "Storyboard from a script")
    expect(dialog).to_contain_text("A key for OpenAI")
    expect(dialog.get_by_role("link", name="Add a key")).to_have_attribute("href", "/models")
    expect(dialog).to_contain_text(re.compile(r"about \d+ credits"))
    expect(dialog).to_contain_text("Generate image")
    expect(dialog).to_contain_text("The template stays as it is.")
    check(page)


@pytest.mark.parametrize(
    ("name", "need", "way"),
    [
        ("Talking slideshow", "The model Piper Joe on this server", "Fetch weights"),
        ("Postcard from ComfyUI", "A ComfyUI server as a runner", "Add a runner"),
    ],
)
def test_what_is_missing_has_a_way_on(page: Page, name: str, need: str, way: str) -> None:
    page.goto("/templates")
    dialog = looked_at(page, name)
    expect(dialog).to_contain_text(need)
    expect(dialog.get_by_role("link", name=way)).to_be_visible()


def test_a_key_that_is_there_is_not_asked_for(page: Page, site: Site) -> None:
    body = {"name": "Mine", "provider": "anthropic", "secret": "sk-ant-test"}
    key = site.post("/api/credentials", body)["id"]
    page.goto("/templates")
    card = template(page, "One news, three channels")
    expect(card).to_contain_text("ready: Anthropic")
    expect(template(page, "Alt texts")).to_contain_text("needs a key: OpenAI")
    expect(looked_at(page, "One news, three channels")).to_contain_text("is there")
    site.delete(f"/api/credentials/{key}")


def test_filters_combine_and_the_url_holds_them(page: Page) -> None:
    page.goto("/templates")
    page.get_by_role("group", name="Gives").get_by_role("button", name="Video").click()
    needs = page.get_by_role("group", name="Needs")
    needs.get_by_role("button", name=re.compile("^Nothing")).click()
    expect(template(page, "Countdown")).to_be_visible()
    expect(template(page, "Sticker")).to_be_hidden()
    expect(template(page, "Subtitled video")).to_be_hidden()
    category = page.get_by_role("group", name="Category")
    category.get_by_role("button", name="Audio").click()
    expect(template(page, "Countdown")).to_be_hidden()
    expect(template(page, "Podcast clip")).to_be_visible()
    page.reload()
    expect(template(page, "Podcast clip")).to_be_visible()
    expect(page.get_by_role("list", name="Templates").get_by_role("listitem")).to_have_count(1)
    page.go_back()
    expect(template(page, "Countdown")).to_be_visible()


def test_each_filter_says_how_many_it_leaves(page: Page) -> None:
    page.goto("/templates?needs=runner")
    expect(template(page, "Postcard from ComfyUI")).to_be_visible()
    kinds = page.get_by_role("group", name="Gives")
    expect(kinds.get_by_role("button", name="Image 1", exact=True)).to_be_visible()
    kinds.get_by_role("button", name="Audio 0", exact=True).click()
    expect(page.get_by_text("No template matches.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Show all")).click()
    expect(template(page, "Sticker")).to_be_visible()
    expect(page).to_have_url(re.compile("/templates$"))


def test_a_search_narrows_the_gallery_and_offers_a_way_back(page: Page) -> None:
    page.goto("/templates")
    expect(template(page, "Sticker")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("carousel")
    expect(template(page, "Quote cards")).to_be_visible()
    expect(template(page, "Sticker")).to_be_hidden()
    page.get_by_role("searchbox").fill("no such thing")
    page.get_by_role("button", name=re.compile("^Show all")).click()
    expect(template(page, "Sticker")).to_be_visible()


def test_a_template_is_found_looked_at_and_copied_by_keyboard_alone(
    page: Page, canvas: Canvas, site: Site
) -> None:
    page.goto("/templates")
    card = template(page, "Meme").get_by_role("button", name="Meme", exact=True)
    expect(card).to_be_visible()
    card.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Meme")
    expect(dialog).to_be_visible()
    expect(page).to_have_url(re.compile("template=meme"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # The page knows it a moment after the browser.
    expect(page).not_to_have_url(re.compile("template="))
    expect(card).to_be_focused()
    page.keyboard.press("Enter")
    use = dialog.get_by_role("button", name="Use a copy")
    expect(use).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/app/editor/meme-"))
    canvas.ready()
    assert site.workflow(page.url.rsplit("/", 1)[-1])["canEdit"] is True


def test_on_a_phone_needs_and_categories_are_behind_a_button(
    new_page: Callable[..., Page],
) -> None:
    page = new_page(viewport=PHONE)
    page.goto("/templates")
    needs = page.get_by_role("group", name="Needs")
    expect(template(page, "Meme")).to_be_visible()
    expect(needs).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    needs.get_by_role("button", name=re.compile("^A key")).click()
    expect(template(page, "Meme")).to_be_hidden()
    expect(template(page, "Alt texts")).to_be_visible()
    page.get_by_role("button", name="Filters · 1").click()
    expect(needs).to_be_hidden()


def test_without_templates_the_gallery_says_how_to_make_one(page: Page) -> None:
    page.route("**/api/workflows", lambda route: route.fulfill(json=[]))
    page.goto("/templates")
    expect(page.get_by_text("There are no templates yet.")).to_be_visible()
