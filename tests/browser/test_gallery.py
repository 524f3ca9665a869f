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


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_template_has_its_picture_and_its_steps(
    new_page: Callable[..., Page], size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/templates")
    sticker = template(page, "Sticker")
    expect(sticker).to_contain_text("Remove background")
    expect(sticker).to_contain_text("Outline")
    picture = sticker.locator("img")
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
    page.get_by_role("link", name="Look inside Sticker", exact=True).click()
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
    expect(template(page, "Shown to all")).to_contain_text("Gradient")
    page.get_by_role("button", name="Unpublish Shown to all").click()
    expect(template(page, "Shown to all")).to_be_hidden()
    expect(page.get_by_text("Shown to all is no longer a template")).to_be_visible()
    assert site.workflow(slug)["isTemplate"] is False


def test_a_tag_and_a_search_narrow_the_gallery(page: Page) -> None:
    page.goto("/templates")
    tags = page.get_by_role("group", name="Tags")
    tags.get_by_role("button", name="poster").click()
    expect(template(page, "Poster")).to_be_visible()
    expect(template(page, "Sticker")).to_be_hidden()
    page.go_back()
    expect(template(page, "Sticker")).to_be_visible()
    page.get_by_role("searchbox").fill("no such thing")
    page.get_by_role("button", name=re.compile("^Show all")).click()
    expect(template(page, "Sticker")).to_be_visible()


def test_without_templates_the_gallery_says_how_to_make_one(page: Page) -> None:
    page.route("**/api/workflows", lambda route: route.fulfill(json=[]))
    page.goto("/templates")
    expect(page.get_by_text("There are no templates yet.")).to_be_visible()
