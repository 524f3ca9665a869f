"""Closing the laptop, losing the network, a server that dies: the page shows the whole story."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import Gate
from tests.browser.server import Server
from tests.browser.site import Site, edge, node


def slow(site: Site, gate: Gate, name: str) -> str:
    """Make a workflow that waits in its second node until the gate is opened."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=64, height=64, start="#0a9396"),
            node("l", "loadImage", 0, 460, url=gate.url(name)),
            node("b", "blendImages", 420, 0),
            node("p", "preview", 840, 0),
        ],
        [
            edge("g", "image", "b", "base"),
            edge("l", "image", "b", "top"),
            edge("b", "image", "p", "value"),
        ],
    )


def begin(canvas: Canvas, gate: Gate, name: str) -> None:
    """Run, and return when the gate is what the run waits for."""
    canvas.run()
    gate.wait_until_asked(name)
    canvas.done("Gradient")
    canvas.in_state("Load image", "running")
    canvas.in_state("Blend", "queued")


def test_a_reload_in_mid_run_shows_the_whole_story(
    page: Page, canvas: Canvas, site: Site, gate: Gate
) -> None:
    canvas.open(slow(site, gate, "reload"))
    begin(canvas, gate, "reload")
    page.reload()
    canvas.ready()
    canvas.done("Gradient")
    canvas.shows_picture("Gradient")
    canvas.in_state("Load image", "running")
    canvas.in_state("Preview", "queued")
    gate.open("reload")
    canvas.done("Gradient", "Load image", "Blend", "Preview")
    canvas.shows_picture("Preview")


def test_a_server_killed_in_mid_run_goes_on_after_its_restart(
    canvas: Canvas, site: Site, gate: Gate, server: Server, complaints: list[str]
) -> None:
    slug = slow(site, gate, "killed")
    canvas.open(slug)
    begin(canvas, gate, "killed")
    server.kill()
    expect(canvas.page.get_by_text("Reconnecting…")).to_be_visible()
    gate.open("killed")
    server.start()
    canvas.done("Gradient", "Load image", "Blend", "Preview")
    canvas.shows_picture("Preview")
    run = site.last_run(slug)
    assert run["status"] == "completed"
    events = site.events(run["executionId"])
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    completed = [event["node_id"] for event in events if event["type"] == "completion"]
    assert sorted(completed) == ["b", "g", "l", "p"]
    assert [event["type"] for event in events].count("started") == 2
    assert [event["type"] for event in events if event["type"] in TERMINAL] == ["output"]
    forgive_lost_connections(complaints)


def edited_offline(canvas: Canvas, site: Site, name: str, text: str) -> str:
    """Make a workflow and change its text without a network."""
    slug = site.create(name, [node("t", "textBox", 0, 0, text="before")])
    canvas.open(slug)
    canvas.page.context.set_offline(True)
    canvas.fill("Text", "Text", text)
    expect(canvas.page.get_by_text("Offline, 1 change stored")).to_be_visible()
    return slug


def edited_offline_and_closed(canvas: Canvas, site: Site, name: str) -> str:
    """The same, and close the editor before the network is back."""
    slug = edited_offline(canvas, site, name, "still here")
    canvas.page.goto("about:blank")
    canvas.page.context.set_offline(False)
    return slug


def test_edits_made_offline_are_kept_and_sent_when_the_network_is_back(
    page: Page, canvas: Canvas, site: Site, complaints: list[str]
) -> None:
    slug = edited_offline(canvas, site, "Offline", "written on a train")
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "before"
    page.context.set_offline(False)
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "written on a train"
    forgive_lost_connections(complaints)


def test_edits_made_offline_survive_closing_the_page(
    page: Page, canvas: Canvas, site: Site, complaints: list[str]
) -> None:
    slug = edited_offline_and_closed(canvas, site, "Closed offline")
    canvas.open(slug)
    expect(canvas.card("Text").get_by_label("Text", exact=True)).to_have_value("still here")
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "still here"
    forgive_lost_connections(complaints)


def test_edits_that_a_closed_editor_left_are_saved_by_whatever_page_is_opened_next(
    page: Page, canvas: Canvas, site: Site, complaints: list[str]
) -> None:
    slug = edited_offline_and_closed(canvas, site, "Left behind")
    page.goto("/runs")
    expect(page.get_by_text("Saved 1 edit of “Left behind” from an earlier visit.")).to_be_visible()
    assert site.workflow(slug)["nodes"][0]["data"]["text"] == "still here"
    forgive_lost_connections(complaints)


def test_a_link_is_followed_once_what_was_edited_is_saved(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [
        node("t", "textBox", 0, 0, label="First"),
        node("u", "textBox", 420, 0, label="Second"),
    ]
    slug = site.create("Left in haste", nodes)
    canvas.open(slug)
    held: list[Route] = []
    page.route("**/changes", lambda route: held.append(route), times=1)
    with page.expect_request("**/changes"):
        canvas.fill("First", "Text", "the first")
    # While the first edit is under way, the second one waits behind it.
    canvas.fill("Second", "Text", "the second")
    page.get_by_role("link", name="All workflows").click()
    held[0].continue_()
    page.wait_for_url("**/")
    texts = [found["data"]["text"] for found in site.workflow(slug)["nodes"]]
    assert texts == ["the first", "the second"]


TERMINAL = ("output", "failed", "cancelled")


def forgive_lost_connections(complaints: list[str]) -> None:
    """Take out what the browser itself says of a network that is gone on purpose."""
    lost = ("ERR_CONNECTION", "ERR_INTERNET_DISCONNECTED", "ERR_EMPTY_RESPONSE")
    complaints[:] = [said for said in complaints if not any(word in said for word in lost)]
