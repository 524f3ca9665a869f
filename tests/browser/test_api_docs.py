"""The page /api/docs: drawn without the internet, under our content policy, and it really calls."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect


def test_the_description_is_drawn_and_tried_by_whoever_is_logged_in(page: Page) -> None:
    page.goto("/api/docs")
    expect(page.get_by_role("heading", name="Patchbay")).to_be_visible()
    expect(page.locator(".opblock")).not_to_have_count(0)
    assert page.locator(".opblock").count() > 30
    who = page.locator("#operations-Server-whoAmI")
    who.get_by_role("button").first.click()
    who.get_by_role("button", name="Try it out").click()
    who.get_by_role("button", name="Execute").click()
    expect(who.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(who.locator(".live-responses-table")).to_contain_text('"auth": "session"')


def test_a_change_is_tried_with_the_sessions_token(page: Page) -> None:
    page.goto("/api/docs")
    create = page.locator("#operations-Folders-createFolder")
    create.get_by_role("button").first.click()
    create.get_by_role("button", name="Try it out").click()
    create.locator("textarea").fill('{"name": "Made on the page"}')
    create.get_by_role("button", name="Execute").click()
    status = create.locator(".live-responses-table .response-col_status")
    expect(status.last).to_contain_text("201")


def test_strangers_read_it_too(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/api/docs")
    expect(page.locator("#operations-Workflows-listWorkflows")).to_be_visible()


@pytest.mark.parametrize(
    ("theme", "ground"), [("dark", "rgb(14, 17, 22)"), ("light", "rgb(243, 244, 247)")]
)
def test_it_wears_the_theme_and_the_font_of_the_site_and_shows_a_move_once(
    page: Page, theme: str, ground: str
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/api/docs")
    expect(page.locator("body")).to_have_css("background-color", ground)
    title = page.get_by_role("heading", name="Patchbay")
    expect(title).to_be_visible()
    assert "Inter Variable" in title.evaluate("title => getComputedStyle(title).fontFamily")
    assert page.evaluate("document.fonts.load('16px \\'Inter Variable\\'').then(all => all.length)")
    expect(page.locator("#operations-Workflows-moveWorkflow")).to_be_visible()
    expect(page.locator("#operations-Workflows-moveWorkflowByPost")).to_have_count(0)
    page.evaluate(f"localStorage.setItem('theme', '{'light' if theme == 'dark' else 'dark'}')")
    page.reload()
    expect(page.locator("body")).not_to_have_css("background-color", ground)
