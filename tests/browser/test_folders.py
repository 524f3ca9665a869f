"""Folders in the library: making them, filling them by hand and by keyboard, finding, deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.browser.test_library import card, choose
from tests.waiting import wait_until


def tree(page: Page) -> Locator:
    """The folders at the side of the page."""
    return page.get_by_role("navigation", name="Folders")


def in_tree(page: Page, name: str) -> Locator:
    """The line of a folder in the tree."""
    link = page.get_by_role("link", name=re.compile(f"^{re.escape(name)} ?,"))
    return tree(page).get_by_role("listitem").filter(has=link)


def open_folder(page: Page, name: str) -> None:
    """Open a folder by its line in the tree."""
    in_tree(page, name).get_by_role("link").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def make(site: Site, name: str, parent: str | None = None) -> str:
    """Make a folder and return its id."""
    return str(site.post("/api/folders", {"name": name, "parentId": parent})["id"])


def put(site: Site, name: str, folder: str | None = None, **more: object) -> str:
    """Make an empty workflow in a folder and return its slug."""
    body = {"name": name, "nodes": [], "edges": [], "folderId": folder, **more}
    return str(site.post("/api/workflows", body)["slug"])


def folder_of(site: Site, slug: str) -> str | None:
    """Where a workflow is on the server."""
    found: str | None = site.workflow(slug)["folderId"]
    return found


def moved(page: Page, act: Callable[[], None]) -> None:
    """Do something and return when the server has moved a workflow for it."""
    with page.expect_response(lambda answer: answer.url.endswith("/move")) as answered:
        act()
    assert answered.value.ok


def test_a_folder_is_made_in_another_and_renamed(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_role("button", name="New folder", exact=True).click()
    dialog = page.get_by_role("dialog", name="New folder")
    expect(dialog.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Outer one")
    page.keyboard.press("Enter")
    open_folder(page, "Outer one")
    expect(page.get_by_text("Nothing in Outer one yet.")).to_be_visible()

    page.get_by_role("button", name="New folder here").click()
    page.get_by_label("Name of the folder in Outer one").fill("Inner one")
    page.get_by_role("button", name="Create").click()
    expect(in_tree(page, "Inner one")).to_be_visible()

    in_tree(page, "Inner one").hover()
    in_tree(page, "Inner one").get_by_role("button", name=re.compile("^Actions")).click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Innermost")
    page.keyboard.press("Enter")
    expect(in_tree(page, "Innermost")).to_be_visible()
    made = {folder["name"]: folder for folder in site.get("/api/folders")}
    assert made["Innermost"]["parentId"] == made["Outer one"]["id"]


def test_a_name_that_is_taken_is_said_in_the_dialog(page: Page, site: Site) -> None:
    make(site, "Taken name")
    page.goto("/")
    page.get_by_role("button", name="New folder", exact=True).click()
    page.keyboard.type("Taken name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()


def test_a_card_is_dragged_into_the_tree_and_back_out(page: Page, site: Site) -> None:
    folder = make(site, "Drag target")
    slug = put(site, "Dragged about")
    page.goto("/")
    moved(page, lambda: card(page, "Dragged about").drag_to(in_tree(page, "Drag target")))
    expect(card(page, "Dragged about")).to_be_hidden()
    assert folder_of(site, slug) == folder

    open_folder(page, "Drag target")
    expect(card(page, "Dragged about")).to_be_visible()
    root = page.get_by_role("navigation", name="Where you are").get_by_role("link")
    moved(page, lambda: card(page, "Dragged about").drag_to(root))
    expect(page.get_by_text("Nothing in Drag target yet.")).to_be_visible()
    assert folder_of(site, slug) is None


def test_selected_cards_are_dragged_together_and_the_move_undone(page: Page, site: Site) -> None:
    folder = make(site, "Holds two")
    slugs = [put(site, f"Together {number}") for number in (1, 2)]
    page.goto("/")
    for number in (1, 2):
        card(page, f"Together {number}").hover()
        page.get_by_role("checkbox", name=f"Select Together {number}").check()
    expect(page.get_by_role("region", name="Selected workflows")).to_contain_text("2 selected")
    place = page.get_by_role("list", name="Folders here").get_by_role("listitem")
    target = place.filter(has=page.get_by_role("link", name="Holds two"))
    card(page, "Together 1").drag_to(target)
    expect(page.get_by_text("Moved 2 workflows to Holds two")).to_be_visible()
    assert [folder_of(site, slug) for slug in slugs] == [folder, folder]
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "Together 2")).to_be_visible()
    wait_until(lambda: [folder_of(site, slug) for slug in slugs] == [None, None])


def test_a_folder_is_dragged_into_another_but_not_into_itself(page: Page, site: Site) -> None:
    outer, inner = make(site, "Takes a folder"), make(site, "Goes into it")
    page.goto("/")
    with page.expect_response(lambda answer: answer.request.method == "PUT") as answered:
        in_tree(page, "Goes into it").drag_to(in_tree(page, "Takes a folder"))
    assert answered.value.ok
    expect(page.get_by_role("button", name="Fold Takes a folder")).to_be_visible()
    in_tree(page, "Takes a folder").drag_to(in_tree(page, "Goes into it"))
    parents = {folder["id"]: folder["parentId"] for folder in site.get("/api/folders")}
    assert parents[inner] == outer
    assert parents[outer] is None


def test_cards_are_selected_by_keyboard_and_moved_together(page: Page, site: Site) -> None:
    folder = make(site, "00 First of all")
    slugs = [put(site, f"0 Keys {number}") for number in (1, 2)]
    page.goto("/?sort=name")
    for number in (1, 2):
        page.get_by_role("link", name=f"0 Keys {number}", exact=True).focus()
        page.keyboard.press("x")
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved 2 workflows to 00 First of all")).to_be_visible()
    assert [folder_of(site, slug) for slug in slugs] == [folder, folder]


def test_a_workflow_is_moved_by_keyboard_alone(page: Page, site: Site) -> None:
    folder = make(site, "0 By keyboard")
    slug = put(site, "Moved by keys")
    page.goto("/")
    page.get_by_role("link", name="Moved by keys", exact=True).focus()
    page.keyboard.press("m")
    expect(page.get_by_role("radio", name="Workflows, in no folder")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="0 By keyboard")).to_be_checked()
    moved(page, lambda: page.keyboard.press("Enter"))
    expect(card(page, "Moved by keys")).to_be_hidden()
    assert folder_of(site, slug) == folder


def test_search_finds_in_all_folders_and_says_where(page: Page, site: Site) -> None:
    outer = make(site, "Outer search")
    inner = make(site, "Inner search", outer)
    put(site, "Needle", inner)
    page.goto("/")
    expect(card(page, "Needle")).to_be_hidden()
    page.get_by_role("searchbox").fill("needle")
    expect(card(page, "Needle")).to_contain_text("in Outer search / Inner search")
    assert parse_qs(urlsplit(page.url).query) == {"q": ["needle"]}
    page.reload()
    expect(card(page, "Needle")).to_be_visible()


def test_going_back_leads_through_the_folders(page: Page, site: Site) -> None:
    outer = make(site, "Way in")
    make(site, "Way further in", outer)
    page.goto("/")
    open_folder(page, "Way in")
    open_folder(page, "Way further in")
    page.go_back()
    expect(page.get_by_role("heading", name="Way in", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Workflows", level=1)).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Way in", level=1)).to_be_visible()


def test_a_folded_folder_stays_folded(page: Page, site: Site) -> None:
    make(site, "Folded child", make(site, "Folded"))
    page.goto("/")
    expect(in_tree(page, "Folded child")).to_be_visible()
    page.get_by_role("button", name="Fold Folded").click()
    expect(in_tree(page, "Folded child")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Open up Folded")).to_be_visible()
    expect(in_tree(page, "Folded child")).to_be_hidden()


def delete(page: Page, name: str) -> Locator:
    """Ask to delete a folder; return the dialog."""
    in_tree(page, name).hover()
    in_tree(page, name).get_by_role("button", name=re.compile("^Actions")).click()
    page.get_by_role("menuitem", name="Delete").click()
    return page.get_by_role("dialog", name=f"Delete {name}?")


def test_a_deleted_folder_lets_go_of_what_it_holds(page: Page, site: Site) -> None:
    slug = put(site, "Let go", make(site, "Goes alone"))
    page.goto("/")
    dialog = delete(page, "Goes alone")
    expect(dialog).to_contain_text("It holds 1 workflow.")
    dialog.get_by_role("button", name="Delete the folder").click()
    expect(card(page, "Let go")).to_be_visible()
    expect(in_tree(page, "Goes alone")).to_be_hidden()
    assert folder_of(site, slug) is None


def test_a_folder_is_deleted_with_everything_in_it(page: Page, site: Site) -> None:
    outer = make(site, "Goes with all")
    slug = put(site, "Goes along", make(site, "Goes inside", outer))
    page.goto(f"/?folder={outer}")
    dialog = delete(page, "Goes with all")
    dialog.get_by_text("Delete everything in it").click()
    dialog.get_by_role("button", name="Delete 1 workflow, 1 folder").click()
    expect(page.get_by_role("heading", name="Workflows", level=1)).to_be_visible()
    expect(in_tree(page, "Goes inside")).to_be_hidden()
    site.until_gone(slug)


def test_tags_are_edited_and_lead_to_what_has_them(page: Page, site: Site) -> None:
    slug = put(site, "To be tagged")
    put(site, "Without a tag")
    page.goto("/")
    choose(page, "To be tagged", "Tags")
    page.get_by_label("Add a tag").fill("print, a very special tag")
    page.get_by_role("button", name="Save", exact=True).click()
    card(page, "To be tagged").get_by_role("button", name="a very special tag").click()
    expect(card(page, "Without a tag")).to_be_hidden()
    expect(card(page, "To be tagged")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"tag": ["a very special tag"]}
    wait_until(lambda: site.workflow(slug)["tags"] == ["print", "a very special tag"])


def test_a_hidden_workflow_shows_when_asked_for(page: Page, site: Site) -> None:
    slug = put(site, "Out of sight")
    page.goto("/")
    choose(page, "Out of sight", "Hide")
    expect(card(page, "Out of sight")).to_be_hidden()
    page.get_by_label("Show hidden").check()
    expect(card(page, "Out of sight")).to_contain_text("Hidden")
    choose(page, "Out of sight", "Unhide")
    expect(card(page, "Out of sight")).not_to_contain_text("Hidden")
    wait_until(lambda: site.workflow(slug)["hidden"] is False)


def test_a_reached_limit_is_said_with_its_numbers(page: Page) -> None:
    refusal = {
        "error": "Full",
        "code": "WORKFLOW_LIMIT_REACHED",
        "limit": 20,
        "current": 20,
        "tier": "creator",
    }

    def refuse(route):  # type: ignore[no-untyped-def]
        if route.request.method == "POST":
            route.fulfill(status=403, json=refusal)
        else:
            route.continue_()

    page.route("**/api/workflows", refuse)
    page.goto("/")
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.get_by_text("You have 20 workflows, and your plan holds 20.")).to_be_visible()
