"""The settings page: what a user changes about themselves, their keys, webhooks and secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import forget_aborted
from tests.browser.gate import Gate
from tests.browser.server import Server
from tests.browser.site import Site, node
from tests.browser.test_look import DESKTOP, PHONE, check
from tests.waiting import wait_until


def make_key(page: Page, name: str, preset: str) -> str:
    """Create an API key on the page and return its text."""
    page.goto("/settings#keys")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog", name="New key")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_role("radio", name=preset).check()
    dialog.get_by_role("button", name="Create API key").click()
    return secret_of(page)


def secret_of(page: Page) -> str:
    """Read the secret that is shown once, and leave it."""
    done = page.get_by_role("button", name="Done")
    expect(done).to_be_visible()
    text = page.get_by_role("dialog").filter(has=done).locator("code").inner_text()
    done.click()
    done.click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    return text


def row(page: Page, list_name: str, name: str) -> Locator:
    """A row of a list."""
    return page.get_by_role("list", name=list_name).get_by_role("listitem").filter(has_text=name)


def test_the_tabs_are_links_that_remember_where_one_is(page: Page) -> None:
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Settings")
    tabs.get_by_role("link", name="Credentials").click()
    expect(page.get_by_role("button", name="Add credential")).to_be_visible()
    page.reload()
    expect(tabs.get_by_role("link", name="Credentials")).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()


def test_on_a_phone_the_tab_that_a_link_opens_is_in_view(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/settings#usage")
    chosen = page.get_by_role("navigation", name="Settings").get_by_role("link", name="Usage")
    expect(chosen).to_have_attribute("aria-current", "page")
    # Its line is over that of the strip, which hides a px of it.
    expect(chosen).to_be_in_viewport(ratio=0.9)


def test_names_are_saved_and_a_bad_email_is_told_at_its_field(page: Page, site: Site) -> None:
    page.goto("/settings")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("E-mail", exact=True).fill("not an e-mail")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This is not an e-mail address.")
    expect(page.get_by_label("E-mail", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("E-mail", exact=True).fill("ada@example.com")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    account = site.get("/api/account")
    assert (account["firstName"], account["email"]) == ("Ada", "ada@example.com")
    # Other tests of the same server know the administrator by the old name.
    page.get_by_label("First name").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    wait_until(lambda: site.get("/api/account")["firstName"] == "")


def test_two_different_new_passwords_are_not_sent(page: Page, site: Site) -> None:
    page.goto("/settings")
    page.get_by_label("New password", exact=True).fill("correct horse battery")
    page.get_by_label("New password again").fill("something else")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_label("New password", exact=True)).to_have_value("correct horse battery")
    assert site.get("/api/account")["hasPassword"] is False


def test_a_key_is_shown_once_works_and_is_revoked(page: Page, server: Server) -> None:
    key = make_key(page, "A program", "Read-only")
    ask = httpx.get(f"{server.url}/api/workflows", headers={"x-api-key": key})
    assert ask.status_code == 200
    page.reload()
    mine = row(page, "Keys", "A program")
    expect(mine).to_contain_text(key[:11])
    expect(mine).to_contain_text("Read workflows")
    expect(mine).to_contain_text("used just now")
    assert key not in page.content()
    mine.get_by_role("button", name="Revoke A program").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(mine).to_be_hidden()
    ask = httpx.get(f"{server.url}/api/workflows", headers={"x-api-key": key})
    assert ask.status_code == 401


def test_the_dialog_with_a_new_key_is_not_closed_by_accident(page: Page) -> None:
    page.goto("/settings#keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name", exact=True).fill("Not lost")
    page.get_by_role("button", name="Create API key").click()
    dialog = page.get_by_role("dialog", name="The key “Not lost”")
    expect(dialog).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Escape")
    page.mouse.click(4, 4)
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_contain_text("It is not copied yet.")
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()


def test_a_custom_key_runs_one_workflow_alone_and_expires(page: Page, site: Site) -> None:
    slug = site.create("Only this one", [])
    page.goto("/settings#keys")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog", name="New key")
    dialog.get_by_role("button", name="Create API key").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Enter a name")
    dialog.get_by_label("Name", exact=True).fill("Narrow")
    dialog.get_by_role("radio", name="Custom").check()
    dialog.get_by_role("button", name="Create API key").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose its permissions.")
    dialog.get_by_label("Run a single workflow").select_option("Only this one")
    dialog.get_by_label("Read runs and their results").check()
    dialog.get_by_label("Expires").select_option("In 7 days")
    dialog.get_by_role("button", name="Create API key").click()
    secret_of(page)
    expect(row(page, "Keys", "Narrow")).to_contain_text("works until")
    key = next(key for key in site.get("/api/api-keys") if key["name"] == "Narrow")
    assert sorted(key["capabilities"]) == ["execution:read", f"workflow:{slug}:run"]


def test_a_webhook_is_set_tested_and_removed(page: Page, site: Site, gate: Gate) -> None:
    make_key(page, "Reports", "Webhook receiver")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Webhooks").click()
    card = page.get_by_role("region", name="Webhook of Reports")
    card.get_by_label("URL").fill("nonsense")
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_role("alert")).to_be_visible()
    card.get_by_label("URL").fill(f"{gate.origin}/reports")
    card.get_by_role("button", name="Save", exact=True).click()
    assert secret_of(page).startswith("whsec_")
    card.get_by_role("button", name="Send a test").click()
    expect(card.get_by_text("Test delivered.")).to_be_visible()
    headers, body = gate.reports.get(timeout=10)
    assert json.loads(body)["event"] == "webhook.test"
    assert any("v1=" in value for value in headers.values())
    expect(card.get_by_role("row").filter(has_text="webhook.test")).to_contain_text("Delivered")
    card.get_by_role("button", name="Redeliver").click()
    again, same = gate.reports.get(timeout=10)
    ids = {
        value
        for name, value in (*headers.items(), *again.items())
        if name.lower() == "x-patchbay-delivery"
    }
    assert (len(ids), same) == (1, body)
    expect(card.get_by_role("row").filter(has_text="webhook.test")).to_contain_text("Delivered")
    card.get_by_role("button", name="Remove the webhook of Reports").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card.get_by_role("button", name="Send a test")).to_be_hidden()
    assert all(key["webhook"] is None for key in site.get("/api/api-keys"))


def test_a_test_that_is_not_taken_says_what_the_receiver_answered(
    page: Page, server: Server
) -> None:
    make_key(page, "Unheard", "Webhook receiver")
    page.goto("/settings#webhooks")
    card = page.get_by_role("region", name="Webhook of Unheard")
    card.get_by_label("URL").fill("https://192.168.0.1/inside")
    card.get_by_role("button", name="Save", exact=True).click()
    secret_of(page)
    card.get_by_role("button", name="Send a test").click()
    expect(card.get_by_role("status")).to_contain_text("Test failed.")
    expect(card.get_by_role("row").filter(has_text="webhook.test")).to_contain_text("Failed")


def test_a_credential_is_kept_and_never_shown_again(page: Page, site: Site) -> None:
    page.goto("/settings#credentials")
    page.get_by_role("button", name="Add credential").click()
    dialog = page.get_by_role("dialog", name="New credential")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_count(3)
    dialog.get_by_label("Name").fill("My fal")
    dialog.get_by_label("Provider").fill("fal")
    dialog.get_by_label("Allowed domains").fill("https://fal.run/path")
    dialog.get_by_label("Secret").fill("very-secret-6789")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("An origin has")
    dialog.get_by_label("Allowed domains").fill("https://fal.run\nhttps://queue.fal.run")
    dialog.get_by_role("button", name="Save").click()
    mine = row(page, "Credentials", "My fal")
    expect(mine).to_contain_text("6789")
    expect(mine).to_contain_text("https://queue.fal.run")
    assert "very-secret" not in page.content()
    mine.get_by_role("button", name="Delete My fal").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(mine).to_be_hidden()
    assert site.get("/api/credentials") == []


def test_usage_says_that_nothing_has_cost_anything(page: Page) -> None:
    page.goto("/settings#usage")
    expect(page.get_by_text("Unlimited")).to_be_visible()
    expect(page.get_by_text("Nothing has cost credits in the last 30 days.")).to_be_visible()
    page.get_by_role("radio", name="30 days").press("ArrowRight")
    expect(page.get_by_text("Nothing has cost credits in the last 90 days.")).to_be_visible()


def test_what_was_spent_is_drawn_by_day(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path, prices="gradient=2.5")
    server.start()
    context = browser.new_context(base_url=server.url)
    try:
        page = context.new_page()
        page.goto(server.login_link)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{server.url}/")
        with Site(server.url, context.storage_state()) as site:
            slug = site.create("Not free", [node("paint", "gradient", 0, 0)])
            run = site.post(f"/api/workflows/{slug}/run", {"inputs": {}})["executionId"]
        page.goto("/settings#usage")
        expect(page.get_by_role("heading", name="2.5 credits in 1 run")).to_be_visible()
        days = page.get_by_role("list", name="Credits by day").get_by_role("listitem")
        expect(days).to_have_count(30)
        expect(days.last).to_contain_text("2.5 credits, 1 run")
        entry = page.get_by_role("row").filter(has_text="paint")
        expect(entry).to_contain_text("2.5")
        expect(entry.get_by_role("link", name=slug)).to_have_attribute("href", f"/runs/{run}")
        page.goto(f"/play/{slug}")
        expect(page.get_by_text("about 2.5 credits")).to_be_visible()
    finally:
        context.close()
        server.stop()


def test_staff_invite_by_a_link(page: Page) -> None:
    page.goto("/settings")
    page.get_by_label("Their e-mail").fill("new@example.com")
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_text("/invitation/")).to_be_visible()


def test_what_cannot_be_loaded_is_said_and_tried_again(page: Page, complaints: list[str]) -> None:
    page.route("**/api/credentials", lambda route: route.abort())
    page.goto("/settings#credentials")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server cannot be reached.")
    page.unroute("**/api/credentials")
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No credentials yet.")).to_be_visible()
    forget_aborted(complaints)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_settings_fit_and_every_control_has_a_name(
    new_page: Callable[..., Page], size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/settings")
    for name, sign in [
        ("Profile", "Limits"),
        ("Keys", "Programs use a key"),
        ("Webhooks", "signed with"),
        ("Credentials", "stored encrypted"),
        ("Usage", "Credits"),
    ]:
        tabs = page.get_by_role("navigation", name="Settings")
        tabs.get_by_role("link", name=name).click()
        expect(page.get_by_text(sign).first).to_be_visible()
        check(page)
