"""Comments: two users talk at a node, resolve, mention each other, and lose nothing with a node."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, node
from tests.browser.test_axe import faults
from tests.browser.test_together import mia

__all__ = ["mia"]

NewPage = Callable[..., Any]


def _poster(site: Site) -> str:
    nodes = [
        node("words", "textBox", 0, 0, text="Rocket"),
        node("made", "gradient", 360, 0, width=64, height=48),
    ]
    return site.create("Poster", nodes)


def _pin(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=re.compile(name))


def _comment(canvas: Canvas, title: str, text: str) -> None:
    """Comment on a node by keyboard."""
    canvas.select(title)
    canvas.page.keyboard.press("Shift+C")
    field = canvas.page.get_by_role("textbox", name="Comment")
    expect(field).to_be_focused()
    field.fill(text)
    field.press("Enter")


def test_two_users_talk_at_a_node_and_see_each_other_live(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    slug = _poster(site)
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "run"})
    first, second = Canvas(new_page()), Canvas(new_page(storage_state=logged_in))
    for canvas in (first, second):
        canvas.open(slug)
    _comment(first, "Text", "The cup is too large, see https://example.com/cup.")
    thread = first.page.get_by_role("region", name="Comment by You on Text")
    expect(thread.get_by_role("link")).to_have_attribute("href", "https://example.com/cup")
    look(first.page, "comments-thread")
    # The other sees it at once, and how many are unread.
    pin = _pin(second.page, "Comment by admin on Text, 1 unread")
    expect(pin).to_be_visible()
    expect(second.page.get_by_role("button", name="Comments, 1 unread comment")).to_be_visible()
    look(second.page, "comments-unread")
    pin.click()
    theirs = second.page.get_by_role("region", name="Comment by admin on Text")
    reply = theirs.get_by_role("textbox", name="Reply")
    expect(reply).to_be_focused()
    expect(second.page.get_by_role("button", name="Comments", exact=True)).to_be_visible()
    # A name is completed by keyboard.
    reply.press_sequentially("@ad")
    expect(theirs.get_by_role("option", name="admin")).to_be_visible()
    look(second.page, "comments-mention")
    reply.press("Enter")
    expect(reply).to_have_value("@admin ")
    reply.press_sequentially("fine for print?")
    reply.press("Enter")
    expect(reply).to_have_value("")
    expect(thread.get_by_role("article", name=name)).to_contain_text("@admin fine for print?")
    thread.get_by_role("button", name="Resolve").click()
    expect(thread).to_be_hidden()
    expect(theirs).to_contain_text("Resolved by admin")
    theirs.get_by_role("button", name="Close").click()
    expect(_pin(second.page, "Comment by admin")).to_be_hidden()
    first.page.get_by_role("button", name="Comments", exact=True).click()
    panel = first.page.get_by_role("region", name="Comments", exact=True)
    panel.get_by_role("button", name="Resolved 1").click()
    look(first.page, "comments-panel")
    panel.get_by_role("button", name="The cup is too large").click()
    thread.get_by_role("button", name="Reopen").click()
    expect(_pin(second.page, "Comment by admin on Text, 1 reply")).to_be_visible()


def test_who_is_mentioned_sees_it_in_the_library(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    slug = _poster(site)
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "view"})
    body = {"text": f"Look, @{name}", "anchor": {"x": 500, "y": 300}}
    site.post(f"/api/workflows/{slug}/comments", body)
    page = new_page(storage_state=logged_in)
    page.goto("/")
    badge = page.get_by_role("link", name="1 unread comment, 1 mention you")
    expect(badge).to_be_visible()
    look(page, "comments-library")
    badge.click()
    panel = page.get_by_role("region", name="Comments", exact=True)
    panel.get_by_label("Which comments").select_option("mentions")
    panel.get_by_role("button", name=f"Look, @{name}").click()
    thread = page.get_by_role("region", name="Comment by admin on the canvas")
    expect(thread).to_contain_text("You can read comments here")
    expect(thread.get_by_role("textbox")).to_have_count(0)
    page.goto("/")
    expect(page.get_by_text("Shared by admin")).to_be_visible()
    expect(badge).to_have_count(0)


def test_a_thread_outlives_its_node_and_is_back_with_it(new_page: NewPage, site: Site) -> None:
    canvas = Canvas(new_page())
    canvas.open(_poster(site))
    page = canvas.page
    _comment(canvas, "Text", "Keep this")
    page.get_by_role("region", name="Comment by You on Text").get_by_role(
        "button", name="Close"
    ).click()
    pin = _pin(page, "Comment by You on Text")
    canvas.select("Text")
    page.keyboard.press("Delete")
    expect(pin).to_be_hidden()
    page.get_by_role("button", name="Comments", exact=True).click()
    panel = page.get_by_role("region", name="Comments", exact=True)
    expect(panel).to_contain_text("Node deleted")
    panel.get_by_role("button", name="Keep this").click()
    thread = page.get_by_role("region", name="Comment by You on a deleted node")
    expect(thread).to_contain_text("The pin is back when the node is.")
    look(page, "comments-deleted")
    assert faults(page) == []
    thread.get_by_role("button", name="Close").click()
    panel.get_by_role("button", name="Close").click()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(pin).to_be_visible()


def test_a_place_is_chosen_by_pointer_or_key_and_what_is_not_sent_is_kept(
    new_page: NewPage, site: Site
) -> None:
    canvas = Canvas(new_page())
    canvas.open(_poster(site))
    page = canvas.page
    page.keyboard.press("c")
    place = page.get_by_role("button", name="Place the comment in the middle of the view")
    expect(place).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(place).to_be_hidden()
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Comment")
    field.fill("Half a thought")
    field.press("Escape")
    expect(field).to_be_hidden()
    page.keyboard.press("c")
    at = canvas.point(0.5, 0.9)
    page.mouse.click(*at)
    expect(field).to_have_value("Half a thought")
    field.fill("é" * 2_049)
    expect(page.get_by_role("status").filter(has_text="4,098 bytes")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    field.fill("Whole")
    field.press("Enter")
    thread = page.get_by_role("region", name="Comment by You on the canvas")
    thread.get_by_role("button", name="Edit the comment by You").click()
    text = thread.get_by_role("textbox", name="Text of the comment")
    text.fill("Whole and better")
    text.press("Enter")
    expect(thread.get_by_role("article")).to_contain_text("edited")
    thread.get_by_role("button", name="Delete the comment by You").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(thread).to_be_hidden()
    expect(_pin(page, "Comment by You")).to_have_count(0)


def test_a_result_is_commented_on_from_the_viewer(new_page: NewPage, site: Site) -> None:
    slug = site.create("Result", [node("made", "gradient", 0, 0, width=64, height=48)])
    canvas = Canvas(new_page())
    canvas.open(slug)
    page = canvas.page
    canvas.run()
    canvas.done("Gradient")
    canvas.select("Gradient")
    page.keyboard.press("v")
    page.get_by_role("button", name="Comment…").click()
    field = page.get_by_role("textbox", name="Comment")
    field.fill("Too dark")
    field.press("Enter")
    thread = page.get_by_role("region", name="Comment by You on Result of Gradient")
    expect(thread.get_by_role("img", name="Result of Gradient")).to_be_visible()
    look(page, "comments-result")
    assert faults(page) == []


def test_on_a_phone_a_thread_is_a_sheet(new_page: NewPage, site: Site) -> None:
    slug = _poster(site)
    site.post(
        f"/api/workflows/{slug}/comments",
        {"text": "On the go", "anchor": {"x": 100, "y": 40, "node": "words"}},
    )
    canvas = Canvas(new_page(viewport={"width": 390, "height": 844}))
    canvas.open(slug)
    page = canvas.page
    page.get_by_role("button", name="Comments", exact=True).click()
    panel = page.get_by_role("region", name="Comments", exact=True)
    look(page, "comments-phone-panel")
    panel.get_by_role("button", name="On the go").click()
    sheet = page.get_by_role("region", name="Comment by You on Text")
    box = sheet.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["width"])) == (0, 390)
    assert round(box["y"] + box["height"]) == 844
    sheet.get_by_role("textbox", name="Reply").fill("Seen")
    look(page, "comments-phone")
    sheet.get_by_role("button", name="Reply").click()
    expect(sheet.get_by_role("article")).to_have_count(2)
    # Inspector and comment are both sheets: what is opened last takes the place of the other.
    inspector = page.get_by_role("complementary", name="Inspector")
    canvas.select("Text")
    expect(inspector).to_be_visible()
    expect(sheet).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Comment by You")).click()
    expect(sheet).to_be_visible()
    expect(inspector).to_be_hidden()
    sheet.get_by_role("button", name="Close").click()
    expect(inspector).to_be_visible()


def test_a_pin_is_moved_by_dragging_and_by_keys_and_is_there_for_others(
    new_page: NewPage, site: Site
) -> None:
    slug = _poster(site)
    site.post(f"/api/workflows/{slug}/comments", {"text": "Here", "anchor": {"x": 150, "y": 300}})
    first, second = Canvas(new_page()), Canvas(new_page())
    for canvas in (first, second):
        canvas.open(slug)
        canvas.page.get_by_role("button", name="Comments", exact=True).click()
        panel = canvas.page.get_by_role("region", name="Comments", exact=True)
        panel.get_by_role("button", name="Close").click()
    page = first.page
    pin = _pin(page, "Comment by You on the canvas")
    box = pin.bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    to = first.card("Text").bounding_box()
    assert to
    page.mouse.move(to["x"] + 40, to["y"] + 60, steps=4)
    look(page, "comments-moving")
    page.mouse.up()
    expect(_pin(page, "Comment by You on Text")).to_be_visible()
    expect(_pin(second.page, "Comment by You on Text")).to_be_visible()
    # It was moved, not opened.
    expect(page.get_by_role("region", name="Comment by You")).to_have_count(0)
    path = f"/api/workflows/{slug}/comments"
    before = site.get(path)["threads"][0]["anchor"]
    _pin(page, "Comment by You on Text").focus()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Alt+ArrowRight")
    assert site.get(path)["threads"][0]["anchor"] == {**before, "x": before["x"] + 8}


def test_what_was_read_in_one_page_is_read_in_the_other(
    new_page: NewPage, site: Site, mia: tuple[str, Any]
) -> None:
    name, logged_in = mia
    slug = _poster(site)
    site.post(f"/api/workflows/{slug}/collaborators", {"user": name, "role": "view"})
    pages = [Canvas(new_page(storage_state=logged_in)) for _ in range(2)]
    for canvas in pages:
        canvas.open(slug)
    site.post(f"/api/workflows/{slug}/comments", {"text": "Here", "anchor": {"x": 0, "y": 300}})
    for canvas in pages:
        unread = canvas.page.get_by_role("button", name="Comments, 1 unread comment")
        expect(unread).to_be_visible()
    page = pages[0].page
    page.get_by_role("button", name="Comments, 1 unread comment").click()
    panel = page.get_by_role("region", name="Comments", exact=True)
    panel.get_by_role("button", name="Here").click()
    for canvas in pages:
        read = canvas.page.get_by_role("button", name="Comments", exact=True)
        expect(read).to_be_visible()
