"""Several pages at one workflow: edits of one appear in the others, and none is lost silently."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.server import Server
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults

NewPage = Callable[..., Any]


@pytest.fixture
def mia(server: Server, browser: Browser, site: Site) -> Iterator[tuple[str, Any]]:
    """Another user with an account here: the name, and what a browser keeps of the session."""
    made = site.post("/api/invitations", {"email": "", "tier": "enterprise"})
    name = f"mia-{os.urandom(3).hex()}"
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto(urlsplit(made["url"]).path)
    page.locator("#username").fill(name)
    page.locator("#password").fill("mia likes patch cables")
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{server.url}/")
    state = context.storage_state()
    context.close()
    yield name, state


def _nodes() -> list[Any]:
    return [
        node("words", "textBox", 0, 0, text="Rocket"),
        node("made", "gradient", 360, 0, width=64, height=48),
    ]


def _two(new_page: NewPage, slug: str) -> tuple[Canvas, Canvas]:
    """Open a workflow in two browsers."""
    pair = Canvas(new_page()), Canvas(new_page())
    for canvas in pair:
        canvas.open(slug)
    return pair


def test_two_pages_build_one_poster(new_page: NewPage, site: Site) -> None:
    slug = site.create("Poster", _nodes())
    first, second = _two(new_page, slug)
    first.fill("Text", "Text", "Rocket at dusk")
    expect(second.card("Text").get_by_label("Text", exact=True)).to_have_value("Rocket at dusk")
    second.add("Blur", second.point(0.6, 0.6))
    expect(first.card("Blur")).to_be_visible()
    site.change(slug, {"op": "meta.set", "key": "name", "value": "Launch"})
    for canvas in (first, second):
        expect(canvas.page.get_by_label("Name of the workflow")).to_have_value("Launch")
        canvas.saved()
    found = site.workflow(slug)
    for canvas in (first, second):
        shown = canvas.document()
        assert (shown["nodes"], shown["edges"]) == (found["nodes"], found["edges"])


def test_one_goes_offline_and_comes_back(
    new_page: NewPage, site: Site, complaints: list[str]
) -> None:
    slug = site.create("Offline", _nodes())
    first, second = _two(new_page, slug)
    second.page.context.set_offline(True)
    second.fill("Text", "Text", "written offline")
    expect(second.page.get_by_text("Offline")).to_be_visible()
    first.add("Blur", first.point(0.6, 0.6))
    first.saved()
    second.page.context.set_offline(False)
    second.saved()
    expect(second.card("Blur")).to_be_visible()
    expect(first.card("Text").get_by_label("Text", exact=True)).to_have_value("written offline")
    assert first.document()["nodes"] == second.document()["nodes"] == site.workflow(slug)["nodes"]
    # Chromium itself reports each try while the network is away.
    complaints[:] = [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_whose_value_was_replaced_sees_both_and_takes_it_back(
    new_page: NewPage, site: Site
) -> None:
    slug = site.create("Met", _nodes())
    first, second = _two(new_page, slug)
    first.fill("Text", "Text", "five hundred")
    first.saved()
    second.fill("Text", "Text", "six hundred")
    notes = first.page.get_by_role("region", name="Changes that met")
    expect(notes).to_contain_text("to six hundred while you set five hundred")
    look(first.page, "together-met")
    assert faults(first.page) == []
    notes.get_by_role("button", name="Use five hundred").click()
    expect(notes).to_be_hidden()
    expect(second.card("Text").get_by_label("Text", exact=True)).to_have_value("five hundred")


def test_an_edited_node_that_was_deleted_is_brought_back(new_page: NewPage, site: Site) -> None:
    edges = [edge("made", "image", "blur", "image")]
    slug = site.create("Gone", [*_nodes(), node("blur", "blur", 720, 0)], edges)
    first, second = _two(new_page, slug)
    first.fill("Text", "Text", "still needed")
    first.saved()
    second.select("Text")
    second.page.keyboard.press("Delete")
    notes = first.page.get_by_role("region", name="Changes that met")
    expect(notes).to_contain_text("deleted Text")
    look(first.page, "together-deleted")
    notes.get_by_role("button", name="Bring it back").click()
    expect(second.card("Text").get_by_label("Text", exact=True)).to_have_value("still needed")


def test_a_workflow_is_shared_by_name_and_edited_by_both(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    slug = site.create("Ours", _nodes())
    first = Canvas(new_page())
    first.open(slug)
    banner = first.page.get_by_role("banner")
    banner.get_by_role("button", name="Share", exact=True).click()
    dialog = first.page.get_by_role("dialog")
    dialog.get_by_label("User name").fill("nobody-here")
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog).to_contain_text("There is no user of this name")
    dialog.get_by_label("User name").fill(name)
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog.get_by_label(f"Role of {name}")).to_have_value("edit")
    look(first.page, "share")
    assert faults(first.page) == []
    dialog.get_by_role("button", name="Done").click()
    second = Canvas(new_page(storage_state=logged_in))
    second.page.goto("/")
    expect(second.page.get_by_text("Shared by admin")).to_be_visible()
    second.open(slug)
    second.fill("Text", "Text", "from Mia")
    expect(first.card("Text").get_by_label("Text", exact=True)).to_have_value("from Mia")
    look(second.page, "shared")
    banner.get_by_role("button", name="Share", exact=True).click()
    dialog.get_by_label(f"Role of {name}").select_option("remove")
    first.page.get_by_role("button", name="Stop sharing").click()
    expect(second.page.get_by_text("no longer shared with you")).to_be_visible()


def test_each_sees_where_the_other_points_and_what_is_dragged(
    new_page: NewPage, site: Site
) -> None:
    slug = site.create("Here", _nodes())
    first, second = _two(new_page, slug)
    here = first.page.get_by_role("list", name="Also here")
    expect(here.get_by_role("button", name="Follow admin")).to_be_visible()
    second.select("Gradient")
    second.settled()
    expect(first.page.get_by_text("admin", exact=True).first).to_be_visible()
    version = site.workflow(slug)["version"]
    box = second.card("Gradient").locator("header").bounding_box()
    before = first.card("Gradient").bounding_box()
    assert box
    assert before
    second.page.mouse.move(box["x"] + 90, box["y"] + 12)
    second.page.mouse.down()
    second.page.mouse.move(box["x"] + 190, box["y"] + 112, steps=8)
    first.page.wait_for_function("x => __patchbay.rf.getNode('made').position.x > x + 50", arg=360)
    # While it is dragged nothing is saved.
    assert site.workflow(slug)["version"] == version
    look(first.page, "together-drag")
    assert faults(first.page) == []
    second.page.mouse.up()
    second.saved()
    place = site.workflow(slug)["nodes"][1]["position"]
    first.page.wait_for_function(
        "at => __patchbay.rf.getNode('made').position.x === at", arg=place["x"]
    )
    second.page.close()
    expect(here).to_be_hidden()


def test_who_may_run_runs_and_who_may_view_looks(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    nodes = [*_nodes(), node("shown", "preview", 720, 0)]
    slug = site.create("To be run", nodes, [edge("made", "image", "shown", "value")])
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "run"})
    canvas = Canvas(new_page(storage_state=logged_in))
    canvas.open(slug)
    expect(canvas.page.get_by_text("You can run it, not change it.")).to_be_visible()
    canvas.run()
    canvas.done("Gradient")
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "view"})
    canvas.open(slug)
    expect(canvas.page.get_by_text("shares this workflow with you to look at")).to_be_visible()
    run = canvas.page.get_by_role("banner").get_by_role("button", name=re.compile("^Run"))
    expect(run).to_have_count(0)


def test_who_may_edit_restores_and_undoes_and_who_may_view_looks_at_the_history(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    slug = site.create("With a past", _nodes())
    site.change(slug, {"op": "field.set", "id": "words", "field": "text", "value": "Comet"})
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "edit"})
    canvas = Canvas(new_page(storage_state=logged_in))
    page = canvas.page
    canvas.open(slug)
    canvas.fill("Text", "Text", "Rocket, by Mia")
    canvas.saved()
    page.reload()
    canvas.ready()
    undo = page.get_by_role("button", name="Undo (")
    expect(undo).to_be_enabled()
    undo.click()
    expect(canvas.card("Text").get_by_label("Text", exact=True)).to_have_value("Comet")
    # What the owner has done is not hers to undo.
    expect(undo).to_be_disabled()
    canvas.saved()
    page.keyboard.press("Control+Shift+H")
    page.wait_for_url(f"**/workflows/{slug}/history")
    expect(page.get_by_role("button", name=re.compile("^admin"))).to_be_visible()
    page.goto(f"/workflows/{slug}/history?from=1")
    page.get_by_role("button", name="Restore Text").click()
    expect(page.get_by_text("Restored, as a new change.")).to_be_visible()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "Rocket"
    page.get_by_role("button", name="Publish as v1").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("v1 is live: API keys")).to_be_visible()
    look(page, "history-shared")
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "view"})
    page.goto(f"/workflows/{slug}/history?from=2")
    expect(page.get_by_text("Shared with you to look at")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Duplicate"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Restore|Publish|Name"))).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "history-view-phone")


def test_an_owner_pays_for_what_is_published_and_the_other_is_told_before_the_run(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    nodes = [*_nodes(), node("shown", "preview", 720, 0)]
    slug = site.create("Paid by admin", nodes, [edge("made", "image", "shown", "value")])
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "run"})
    owner = Canvas(new_page())
    owner.open(slug)
    share = owner.page.get_by_role("banner").get_by_role("button", name="Share", exact=True)
    share.click()
    dialog = owner.page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="You", exact=False).first).to_be_disabled()
    look(owner.page, "payment-unpublished")
    site.post(f"/api/workflows/{slug}/versions", {"publish": True})
    owner.page.reload()
    owner.ready()
    share.click()
    dialog.get_by_role("radio").first.click()
    limit = dialog.get_by_label("Limit per user and day")
    limit.fill("2.5")
    limit.press("Enter")
    expect(dialog.get_by_text("only you publish then")).to_be_visible()
    look(owner.page, "payment")
    owner.page.set_viewport_size({"width": 390, "height": 844})
    look(owner.page, "payment-phone")
    other = Canvas(new_page(storage_state=logged_in))
    other.open(slug)
    words = "v1 runs with admin's keys, charged to admin."
    expect(other.page.get_by_role("status").filter(has_text=words)).to_be_visible()
    expect(other.page.get_by_role("banner").get_by_text("Charged to admin")).to_be_visible()
    other.page.get_by_role("button", name="More ways to run").click()
    plan = other.page.get_by_role("region", name="Plan")
    expect(plan).to_contain_text("$0.00 of $2.50 spent today")
    look(other.page, "payment-plan")
    other.page.keyboard.press("Escape")
    other.page.get_by_role("banner").get_by_role("button", name="Run v1").click()
    other.done("Gradient")
    found = other.page.evaluate("fetch('/api/executions').then(answer => answer.json())")
    assert found[0]["paidBy"] == "admin"


def test_a_link_is_copied_opened_and_revoked(
    new_page: NewPage, site: Site, mia: tuple[str, Any], complaints: list[str]
) -> None:
    _, logged_in = mia
    slug = site.create("By link", _nodes())
    owner = Canvas(new_page())
    owner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.open(slug)
    owner.page.get_by_role("banner").get_by_role("button", name="Share", exact=True).click()
    part = owner.page.get_by_role("region", name="Anyone with the link")
    part.get_by_label("Role of the link").select_option("edit")
    part.get_by_role("button", name="Copy link").click()
    expect(owner.page.get_by_text("The link is copied.")).to_be_visible()
    url = str(owner.page.evaluate("navigator.clipboard.readText()"))
    assert part.get_by_label("Link", exact=True).input_value() == url
    look(owner.page, "link")
    owner.page.set_viewport_size({"width": 390, "height": 844})
    look(owner.page, "link-phone")
    other = Canvas(new_page(storage_state=logged_in))
    other.page.goto(url)
    expect(other.page.get_by_role("heading", name="admin shares")).to_be_visible()
    look(other.page, "link-page")
    other.page.get_by_role("button", name="Open the workflow").click()
    other.ready()
    other.fill("Text", "Text", "came by the link")
    other.saved()
    part.get_by_label("Role of the link").select_option("")
    expect(part.get_by_text("Only users you share it with by name")).to_be_visible()
    stranger = new_page(storage_state=logged_in)
    stranger.goto(url)
    expect(stranger.get_by_role("heading", name="no longer valid")).to_be_visible()
    # Chromium itself reports a page that is not there.
    complaints[:] = [one for one in complaints if "404" not in one]


def test_who_is_idle_is_faded_and_who_was_killed_is_gone(
    new_page: NewPage, site: Site, complaints: list[str]
) -> None:
    slug = site.create("Idle", _nodes())
    first = Canvas(new_page())
    first.open(slug)
    other = new_page()
    other.clock.install()
    second = Canvas(other)
    second.open(slug)
    member = first.page.get_by_role("list", name="Also here").get_by_role("button")
    expect(member).to_have_count(1)
    expect(member).not_to_have_attribute("data-idle", "true")
    other.clock.fast_forward("04:00")
    expect(member).to_have_attribute("data-idle", "true")
    expect(member).to_have_attribute("title", re.compile("idle$"))
    look(first.page, "together-idle")
    other.mouse.move(400, 400)
    expect(member).not_to_have_attribute("data-idle", "true")
    # Its process ends as if the system had killed it: nothing is said to the server.
    with contextlib.suppress(Error):
        other.goto("chrome://crash")
    expect(member).to_have_count(0)
    other.close()
    complaints[:] = [one for one in complaints if "crashed" not in one]


def test_a_collaborator_opens_an_earlier_run_and_goes_on_from_it_as_far_as_the_role_allows(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    nodes = [*_nodes(), node("out", "responseOutput", 720, 0)]
    slug = site.create("Earlier run", nodes, [edge("made", "image", "out", "result")])
    path = f"/api/workflows/{slug}/collaborators"
    site.post(path, {"user": name, "role": "edit"})
    theirs = Canvas(new_page(storage_state=logged_in))
    page = theirs.page
    theirs.open(slug)
    theirs.run()
    expect(page.get_by_role("region", name="Run")).to_contain_text("Done")
    theirs.fill("Text", "Text", "After the run")
    theirs.saved()
    with Site(site_url(page), logged_in) as hers:
        run = hers.last_run(slug)["executionId"]
    page.goto(f"/app/editor/{slug}?run={run}")
    theirs.ready()
    theirs.shows_picture("Output")
    text = theirs.card("Text").get_by_label("Text", exact=True)
    expect(text).to_have_value("Rocket")
    look(page, "together-run")
    page.get_by_role("button", name="Continue from this run").click()
    page.wait_for_url(lambda url: "run=" not in url)
    theirs.ready()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "Rocket"

    site.post(path, {"user": name, "role": "view"})
    page.goto(f"/app/editor/{slug}?run={run}")
    theirs.ready()
    theirs.shows_picture("Output")
    expect(page.get_by_role("button", name="Continue from this run")).to_have_count(0)
    page.get_by_role("button", name="Make a copy").click()
    page.wait_for_url(lambda url: "run=" not in url)
    theirs.ready()
    expect(text).to_have_value("Rocket")
    assert page.url.rsplit("/", 1)[-1] != slug


def site_url(page: Any) -> str:
    """Return where the server of a page is."""
    found: str = page.evaluate("location.origin")
    return found
