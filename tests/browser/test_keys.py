"""Keys on cards: choosing one, saving a new one there, choosing one for steps of others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import Gate
from tests.browser.look import look
from tests.browser.server import Server
from tests.browser.site import Site, edge, node

SECRET = "sk-billing-000000001234"


def calls(gate: Gate, **data: Any) -> tuple[list[Any], list[Any]]:
    """Return a graph that sends something to the gate."""
    url = f"{gate.origin}/invoices"
    nodes = [
        node(
            "call",
            "httpRequest",
            0,
            60,
            url=url,
            method="POST",
            bodyMode="json",
            body={"a": 1},
            **data,
        ),
        node("end", "preview", 420, 60),
    ]
    return nodes, [edge("call", "status", "end", "value")]


@pytest.fixture(autouse=True)
def without_keys(site: Site) -> Iterator[None]:
    """Leave no key behind."""
    yield
    for row in site.get("/api/credentials"):
        site.delete(f"/api/credentials/{row['id']}")


@pytest.fixture
def bob(server: Server, browser: Browser, site: Site) -> Iterator[Site]:
    """Another user with an account here."""
    made = site.post("/api/invitations", {"email": "", "tier": "enterprise"})
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto(urlsplit(made["url"]).path)
    page.locator("#username").fill(f"bob-{os.urandom(3).hex()}")
    page.locator("#password").fill("bob likes patch cables")
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{server.url}/")
    with Site(server.url, context.storage_state()) as found:
        yield found
    context.close()


def test_a_key_is_saved_and_chosen_where_it_is_wanted(
    page: Page, canvas: Canvas, site: Site, gate: Gate
) -> None:
    slug = site.create("Invoices", *calls(gate))
    canvas.open(slug)
    field = canvas.card("HTTP request").get_by_label("Credential")
    expect(field).to_have_value("")
    field.select_option("New…")
    dialog = page.get_by_role("dialog", name="New credential")
    expect(dialog.get_by_label("Allowed domains")).to_have_value(gate.origin)
    look(page, "new")
    dialog.get_by_label("Name").fill("Billing")
    dialog.get_by_label("Secret").fill(SECRET)
    dialog.get_by_role("button", name="Save").click()
    expect(field.locator("option:checked")).to_have_text("Billing (…1234)")
    canvas.saved()
    [row] = site.get("/api/credentials")
    assert site.workflow(slug)["nodes"][0]["data"]["credential"] == row["id"]
    look(page, "chosen")
    canvas.run()
    canvas.done("HTTP request")
    assert gate.reports.get(timeout=20)[0]["authorization"] == f"Bearer {SECRET}"
    page.goto("/settings#credentials")
    mine = page.get_by_role("list", name="Credentials").get_by_role("listitem")
    expect(mine).to_contain_text("Used in Invoices")
    expect(mine).to_contain_text("last used")
    look(page, "settings")
    mine.get_by_role("button", name="Delete Billing").click()
    expect(page.get_by_role("dialog")).to_contain_text("“Invoices” will fail")
    look(page, "delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(mine).to_be_hidden()
    canvas.open(slug)
    field = canvas.card("HTTP request").get_by_label("Credential")
    expect(field.locator("option:checked")).to_have_text("Deleted key: choose another")
    canvas.run()
    canvas.in_state("HTTP request", "failed")
    look(page, "deleted")
    canvas.card("HTTP request").get_by_role("button", name="Choose a key").click()
    expect(page.get_by_role("complementary").get_by_label("Credential")).to_be_focused()


def test_a_template_gets_the_key_that_its_user_chooses(
    new_page: Callable[..., Page], site: Site, bob: Site, gate: Gate
) -> None:
    his = bob.post(
        "/api/credentials",
        {"name": "His", "provider": "gate", "secret": "x" * 20, "allowedOrigins": [gate.origin]},
    )
    nodes, edges = calls(gate, credential=his["id"])
    slug = bob.create("Send invoices", nodes, edges)
    bob._client.put(f"/api/workflows/{slug}", json={"isTemplate": True}).raise_for_status()
    site.post(
        "/api/credentials",
        {"name": "Billing", "provider": "gate", "secret": SECRET, "allowedOrigins": [gate.origin]},
    )
    page = new_page()
    canvas = Canvas(page)
    canvas.open(slug)
    assert his["id"] not in json.dumps(site.workflow(slug))
    field = canvas.card("HTTP request").get_by_label("Credential")
    expect(field.locator("option:checked")).to_have_text("Choose a key…")
    look(page, "template")
    page.goto(f"/play/{slug}")
    page.get_by_role("button", name=re.compile("^Run")).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("wants a key of yours")
    look(page, "play")
    alert.get_by_role("button", name="Choose a key").click()
    dialog = page.get_by_role("dialog", name="Keys for this workflow")
    look(page, "keys")
    dialog.get_by_label("Key for HTTP request").select_option("Billing (…1234)")
    expect(dialog).to_contain_text("Uses your Billing key")
    look(page, "bound")
    dialog.get_by_role("button", name="Done").click()
    page.get_by_role("button", name=re.compile("^Run")).click()
    assert gate.reports.get(timeout=20)[0]["authorization"] == f"Bearer {SECRET}"
    canvas.open(slug)
    expect(page.get_by_role("button", name="Your keys")).to_be_visible()
    page.get_by_role("button", name="Make a copy").click()
    page.wait_for_url("**/app/editor/send-invoices-*")
    canvas.ready()
    field = canvas.card("HTTP request").get_by_label("Credential")
    expect(field.locator("option:checked")).to_have_text("Billing (…1234)")
    look(page, "copy")
