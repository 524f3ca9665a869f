"""The library page: what a user does with whole workflows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, drop_file
from tests.browser.conftest import forget_aborted
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.waiting import wait_until


def card(page: Page, name: str):  # type: ignore[no-untyped-def]
    """The card of a workflow in the list of one's own."""
    mine = page.get_by_role("region", name="Your workflows")
    return mine.get_by_role("listitem").filter(has=page.get_by_role("link", name=name, exact=True))


def choose(page: Page, name: str, action: str) -> None:
    """Choose an action from the menu of a workflow's card."""
    card(page, name).get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=action).click()


def test_new_opens_an_empty_canvas(page: Page, canvas: Canvas) -> None:
    page.goto("/")
    page.get_by_role("button", name="New", exact=True).click()
    page.wait_for_url(re.compile("/app/editor/untitled-workflow"))
    canvas.ready()
    expect(canvas.cards).to_have_count(0)


def test_a_card_says_how_the_last_run_went(page: Page, site: Site) -> None:
    ran = site.create("Said done", [node("g", "gradient", 0, 0, width=64, height=64)])
    site.post(f"/api/workflows/{ran}/run", {"inputs": {}})
    site.create("Said nothing", [])
    page.goto("/")
    expect(card(page, "Said done")).to_contain_text(
        re.compile(r"Done in \d+(\.\d)? m?s · 1 node · just now")
    )
    expect(card(page, "Said nothing")).to_contain_text("Not run yet · 0 nodes · edited just now")


def test_a_card_shows_the_last_good_result_or_the_graph(page: Page, site: Site) -> None:
    ran = site.create("Once good", [node("g", "gradient", 0, 0, width=64, height=64)])
    output = node("o", "responseOutput", 400, 0)
    added = edge("g", "image", "o", "result")
    site.change(ran, {"op": "node.add", "node": output}, {"op": "edge.add", "edge": added})
    site.post(f"/api/workflows/{ran}/run", {"inputs": {}})
    lost = node("l", "loadImage", 0, 400, url="http://10.1.2.3/x.png")
    site.change(
        ran,
        {"op": "node.add", "node": lost},
        {"op": "edge.set", "id": added["id"], "key": "source", "value": "l"},
    )
    again = site.post(f"/api/workflows/{ran}/run?async=true", {"inputs": {}})
    wait_until(lambda: site.get(f"/api/executions/{again['executionId']}")["status"] == "failed")
    nodes = [node(f"n{at}", "preview", at * 400, at % 2 * 200) for at in range(5)]
    site.create("Never ran", nodes, [edge("n0", "value", "n1", "value")])
    page.goto("/")
    expect(card(page, "Once good")).to_contain_text("Failed")
    expect(card(page, "Once good").locator("img[data-fills]")).to_be_visible()
    drawn = card(page, "Never ran").locator("svg[viewBox]")
    expect(drawn.locator("rect")).to_have_count(5)
    look(page, "covers")


def test_a_workflow_is_renamed_in_its_card(page: Page, site: Site) -> None:
    slug = site.create("Before the rename", [])
    page.goto("/")
    choose(page, "Before the rename", "Rename")
    field = page.get_by_role("textbox", name="New name of Before the rename")
    expect(field).to_be_focused()
    field.fill("After the rename")
    with page.expect_response(lambda answer: answer.request.method == "PUT") as answered:
        field.press("Enter")
    assert answered.value.ok
    expect(card(page, "After the rename")).to_be_visible()
    wait_until(lambda: site.workflow(slug)["name"] == "After the rename")


def test_escape_leaves_the_name_as_it_was(page: Page, site: Site) -> None:
    slug = site.create("Keeps its name", [])
    page.goto("/")
    page.get_by_role("link", name="Keeps its name", exact=True).focus()
    page.keyboard.press("F2")
    page.keyboard.type("Something else")
    page.keyboard.press("Escape")
    expect(card(page, "Keeps its name")).to_be_visible()
    expect(page.get_by_role("link", name="Keeps its name", exact=True)).to_be_focused()
    assert site.workflow(slug)["version"] == 1


def test_an_archived_workflow_shows_under_archived_only(page: Page, site: Site) -> None:
    slug = site.create("For the attic", [])
    page.goto("/")
    choose(page, "For the attic", "Archive")
    expect(card(page, "For the attic")).to_be_hidden()
    page.get_by_role("button", name="Archived").click()
    expect(card(page, "For the attic")).to_be_visible()
    choose(page, "For the attic", "Unarchive")
    page.get_by_role("button", name="All", exact=True).click()
    expect(card(page, "For the attic")).to_be_visible()
    wait_until(lambda: site.workflow(slug)["archived"] is False)


def test_undo_keeps_a_deleted_workflow(page: Page, site: Site) -> None:
    slug = site.create("Nearly gone", [])
    page.goto("/")
    choose(page, "Nearly gone", "Delete")
    expect(card(page, "Nearly gone")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "Nearly gone")).to_be_visible()
    page.goto("about:blank")
    wait_until(lambda: site.workflow(slug)["name"] == "Nearly gone")


def test_leaving_the_page_completes_a_delete(page: Page, site: Site) -> None:
    site.create("Gone for good", [])
    page.goto("/")
    choose(page, "Gone for good", "Delete")
    expect(card(page, "Gone for good")).to_be_hidden()
    page.goto("about:blank")
    site.until_gone("gone-for-good")


def test_an_exported_workflow_can_be_dropped_in_again(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path
) -> None:
    gradient = node("g", "gradient", 40, 40, start="#112233", somebodysKey={"a": [1]})
    original = site.workflow(site.create("Travels by file", [gradient]))
    page.goto("/")
    choose(page, "Travels by file", "Export …")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name="Patchbay The workflow").click()
    assert download.value.suggested_filename == "travels-by-file.json"
    file = tmp_path / "travels.json"
    download.value.save_as(file)

    drop_file(page.locator("main"), "travels.json", file.read_bytes(), "application/json")
    page.wait_for_url(re.compile("/app/editor/travels-by-file-2"))
    canvas.ready()
    copy = site.workflow("travels-by-file-2")
    for key in ("name", "nodes", "edges", "viewport", "description", "tags"):
        assert copy[key] == original[key], key


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "poem.json holds no workflow: it is no JSON; expected a workflow of Patchbay"),
        (b"[1, 2]", "poem.json holds a list of 2 that is no workflow; expected a workflow of"),
        (json.dumps({"name": "x"}).encode(), "poem.json holds an object that is no workflow"),
    ],
)
def test_a_dropped_file_that_is_no_workflow_is_refused_with_a_sentence(
    page: Page, content: bytes, sentence: str
) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Workflows", exact=True)).to_be_visible()
    drop_file(page.locator("main"), "poem.json", content, "application/json")
    expect(page.get_by_text(sentence)).to_be_visible()


def test_search_and_order_by_keyboard(page: Page, site: Site) -> None:
    for name in ("Findable 2", "Findable 10", "Findable 1"):
        site.create(name, [])
    page.goto("/")
    expect(card(page, "Findable 1")).to_be_visible()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("findable")
    names = page.get_by_role("region", name="Your workflows").get_by_role("link")
    expect(names).to_have_text(["Findable 1", "Findable 10", "Findable 2"])
    page.get_by_label("Order by").select_option("Name")
    expect(names).to_have_text(["Findable 1", "Findable 2", "Findable 10"])
    names.first.focus()
    page.keyboard.press("ArrowRight")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(names.nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/app/editor/findable-10"))


def test_a_list_that_cannot_be_loaded_is_said_and_tried_again(
    page: Page, complaints: list[str]
) -> None:
    page.route("**/api/workflows", lambda route: route.abort())
    page.goto("/")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server cannot be reached.")
    page.unroute("**/api/workflows")
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Start from a template")).to_be_visible()
    forget_aborted(complaints)
