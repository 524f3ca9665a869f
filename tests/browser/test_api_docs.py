"""The page /api/docs: drawn without the internet, under our content policy, and it really calls."""

from __future__ import annotations

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
