"""Comments: who reads and writes them, mentions, what is unread, and that edits lose none."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from tests.api.client import ECHO, Caller, a_node
from tests.api.test_live import make
from tests.api.test_socket import connected
from tests.api.world import _browser
from workflows.media import storage
from workflows.models import Comment, Discussion, Role, Run, Snapshot, Thread, User, Workflow
from workflows.services.library import comments, discussions, sharing
from workflows.types import JsonObject

POSTER = "/api/workflows/poster"
PATH = f"{POSTER}/comments"


def share(owner: User, user: str, role: Role | None) -> None:
    request = sharing.Sharing(user=user, role=role)
    sharing.workflow_share(user=owner, slug="poster", request=request)


def begin(caller: Caller, text: str = "Too large", **anchor: Any) -> JsonObject:
    made = caller.post(PATH, {"text": text, "anchor": {"x": 1, "y": 2, **anchor}})
    assert made.status_code == 201, made.content
    (thread,) = made.json()["threads"]
    return thread


def threads(caller: Caller) -> list[JsonObject]:
    found = caller.get(PATH)
    assert found.status_code == 200, found.content
    return found.json()["threads"]


def unread(caller: Caller) -> dict[str, tuple[int, int]]:
    rows = caller.get("/api/comments").json()
    return {row["slug"]: (row["comments"], row["mentions"]) for row in rows}


@pytest.fixture
def pages(db: None, alice: User, bob: User) -> tuple[Caller, Caller]:
    """Alice and bob in their browsers; alice has a poster, which bob may edit."""
    hers, his = _browser(alice), _browser(bob)
    hers.create("Poster", **ECHO)
    share(alice, "bob", Role.EDIT)
    return hers, his


def test_two_users_talk_in_a_thread_and_resolve_it(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    thread = begin(hers, node="say")
    assert thread["anchor"] == {"x": 1, "y": 2, "node": "say", "run": None, "asset": None}
    at = f"{PATH}/{thread['id']}"
    assert his.post(at, {"text": "37 % now. Better?"}).status_code == 201
    (seen,) = threads(hers)
    assert [
        (row["number"], row["author"]["name"], row["author"]["you"], row["text"])
        for row in seen["comments"]
    ] == [
        (1, "alice", True, "Too large"),
        (2, "bob", False, "37 % now. Better?"),
    ]
    resolved = his.send("PATCH", at, json.dumps({"resolved": True})).json()["threads"][0]
    assert (resolved["resolvedBy"]["name"], resolved["resolvedAt"] is not None) == ("bob", True)
    reopened = hers.post(at, {"text": "Not yet"}).json()["threads"][0]
    assert (reopened["resolvedAt"], reopened["resolvedBy"]) == (None, None)


@pytest.mark.parametrize(("role", "writes"), [("view", 403), ("run", 201), ("edit", 201)])
def test_who_views_reads_and_who_runs_or_edits_writes(
    pages: tuple[Caller, Caller], alice: User, role: str, writes: int
) -> None:
    hers, his = pages
    begin(hers)
    share(alice, "bob", Role(role))
    assert len(threads(his)) == 1
    body = {"text": "Mine", "anchor": {"x": 0, "y": 0}}
    assert his.post(PATH, body).status_code == writes
    share(alice, "bob", None)
    assert (his.get(PATH).status_code, his.post(PATH, body).status_code) == (404, 404)


def test_a_key_has_the_comments_of_its_owners_workflows_alone(
    pages: tuple[Caller, Caller], hers: Caller, his: Caller
) -> None:
    page, _ = pages
    begin(page)
    assert len(threads(hers)) == 1
    assert begin(hers, "By a key")["comments"][0]["author"]["name"] == "alice"
    body = {"text": "Mine", "anchor": {"x": 0, "y": 0}}
    assert (his.get(PATH).status_code, his.post(PATH, body).status_code) == (404, 404)
    assert unread(his) == {}


def test_a_thread_of_one_workflow_is_not_found_in_another(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    thread = begin(hers)
    his.create("Mine", **ECHO)
    for id in (thread["id"], str(uuid4()), "nonsense"):
        found = his.post(f"/api/workflows/mine/comments/{id}", {"text": "x"})
        assert (found.status_code, found.json()["code"]) == (404, "COMMENT_NOT_FOUND")
    for number in ("2", "0", "x", "99999999999"):
        gone = hers.delete(f"{PATH}/{thread['id']}/{number}")
        assert (gone.status_code, gone.json()["code"]) == (404, "COMMENT_NOT_FOUND")


def test_ones_own_comments_are_edited_and_deleted_and_the_owner_deletes_any(
    pages: tuple[Caller, Caller],
) -> None:
    hers, his = pages
    at = f"{PATH}/{begin(hers)['id']}"
    his.post(at, {"text": "Rude"})
    edited = hers.send("PATCH", f"{at}/1", json.dumps({"text": "Smaller, please"})).json()
    first = edited["threads"][0]["comments"][0]
    assert (first["text"], first["editedAt"] is not None) == ("Smaller, please", True)
    for method, body in (("PATCH", {"text": "Forged"}), ("DELETE", {})):
        refused = his.send(method, f"{at}/1", json.dumps(body))
        assert (refused.status_code, refused.json()["code"]) == (403, "COMMENT_FORBIDDEN")
    changed = hers.send("PATCH", f"{at}/2", json.dumps({"text": "Kind"}))
    assert changed.status_code == 403
    left = hers.delete(f"{at}/2").json()["threads"][0]
    assert [row["number"] for row in left["comments"]] == [1]
    # A number is not used again: who had read number 2 has not read this one.
    assert his.post(at, {"text": "Sorry"}).json()["threads"][0]["comments"][-1]["number"] == 3
    hers.delete(f"{at}/3")
    assert hers.delete(f"{at}/1").json()["threads"] == []
    assert threads(hers) == []
    assert not Thread.objects.exists()


def test_what_changed_is_read_alone_and_after_a_removal_all_of_it(
    pages: tuple[Caller, Caller],
) -> None:
    hers, his = pages
    first, second = begin(hers, "one"), begin(hers, "two")
    at = hers.get(PATH).json()["seq"]
    his.post(f"{PATH}/{second['id']}", {"text": "reply"})
    more = hers.get(f"{PATH}?since={at}").json()
    assert (more["whole"], [row["id"] for row in more["threads"]]) == (False, [second["id"]])
    assert hers.get(f"{PATH}?since={more['seq']}").json()["threads"] == []
    hers.delete(f"{PATH}/{first['id']}/1")
    after = hers.get(f"{PATH}?since={more['seq']}").json()
    assert (after["whole"], [row["id"] for row in after["threads"]]) == (True, [second["id"]])
    # More than there is: of a database that was restored from a backup.
    assert hers.get(f"{PATH}?since=999").json()["whole"]


def test_unread_comments_are_those_of_others_in_open_threads(
    pages: tuple[Caller, Caller],
) -> None:
    hers, his = pages
    thread = begin(hers)
    assert (unread(hers), unread(his)) == ({}, {"poster": (1, 0)})
    assert [row["unread"] for row in threads(his)] == [1]
    his.post(f"{PATH}/{thread['id']}", {"text": "Seen by replying"})
    assert (unread(hers), unread(his)) == ({"poster": (1, 0)}, {})
    assert hers.post(f"{PATH}/seen", {"threads": [thread["id"]]}).status_code == 200
    assert (unread(hers), [row["unread"] for row in threads(hers)]) == ({}, [0])
    begin(hers, "another")
    his.send("PATCH", f"{PATH}/{threads(his)[1]['id']}", json.dumps({"resolved": True}))
    assert unread(his) == {}


def test_what_was_written_before_a_share_counts_as_read(
    pages: tuple[Caller, Caller], alice: User
) -> None:
    hers, his = pages
    share(alice, "bob", None)
    begin(hers)
    share(alice, "bob", Role.VIEW)
    assert (unread(his), [row["unread"] for row in threads(his)]) == ({}, [0])
    begin(hers, "later")
    assert unread(his) == {"poster": (1, 0)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bob fine for print?", ["bob"]),
        ("Ask @bob.", ["bob"]),
        ("(@bob), @alice: @bob", ["alice", "bob"]),
        ("write to me@bob or @bobby or @Bob", []),
        ("@nobody-here", []),
    ],
)
def test_a_mention_names_a_user_of_the_workflow(
    pages: tuple[Caller, Caller], text: str, names: list[str]
) -> None:
    hers, _ = pages
    assert begin(hers, text)["comments"][0]["mentions"] == names


def test_who_is_mentioned_sees_it_until_the_thread_is_read(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    at = f"{PATH}/{begin(hers, 'Look')['id']}"
    his.post(f"{PATH}/seen", {"threads": [threads(his)[0]["id"]]})
    # Mentioned by an edit of what was read already.
    hers.send("PATCH", f"{at}/1", json.dumps({"text": "Look, @bob @alice"}))
    assert (unread(his), unread(hers)) == ({"poster": (1, 1)}, {})
    hers.send("PATCH", at, json.dumps({"resolved": True}))
    assert unread(his) == {"poster": (1, 1)}
    his.post(f"{PATH}/seen", {"threads": [threads(his)[0]["id"]]})
    assert unread(his) == {}
    hers.send("PATCH", f"{at}/1", json.dumps({"text": "Look again, @bob"}))
    assert unread(his) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", "0 bytes"),
        (" \n ", "0 bytes"),
        ("é" * 2_049, "4098 bytes"),
        ("a bell \a", "control characters"),
        ("half \ud800", None),
    ],
)
def test_a_text_is_of_some_bytes_and_plain(
    pages: tuple[Caller, Caller], text: str, value: str | None
) -> None:
    hers, _ = pages
    refused = hers.post(PATH, {"text": text, "anchor": {"x": 0, "y": 0}})
    assert refused.status_code == 400, refused.content
    if value is not None:
        assert (refused.json()["field"], refused.json()["value"]) == ("text", value)
    assert begin(hers, "é" * 2_048)["comments"][0]["text"] == "é" * 2_048


def test_html_is_kept_as_text(pages: tuple[Caller, Caller]) -> None:
    hers, _ = pages
    text = "<img src=x onerror=alert(1)>\n\thttps://example.com"
    assert begin(hers, text)["comments"][0]["text"] == text


@pytest.mark.parametrize(
    ("anchor", "field"),
    [
        ({"x": 1e9, "y": 0}, "anchor.x"),
        ({"x": 0, "y": "low"}, "anchor.y"),
        ({"x": 0, "y": 0, "node": ""}, "anchor.node"),
        ({"x": 0, "y": 0, "run": str(uuid4())}, "anchor.node"),
        ({"x": 0, "y": 0, "node": "a", "asset": "a file"}, "anchor.asset"),
        (None, "anchor"),
    ],
)
def test_an_anchor_that_is_none_is_refused_with_its_field(
    pages: tuple[Caller, Caller], anchor: JsonObject | None, field: str
) -> None:
    hers, _ = pages
    refused = hers.post(PATH, {"text": "x", "anchor": anchor})
    assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert not Thread.objects.exists()


def test_a_workflow_holds_so_many_comments_and_bytes(
    pages: tuple[Caller, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, _ = pages
    at = f"{PATH}/{begin(hers, 'one')['id']}"
    for limit, value in (("MAX_COMMENTS", 1), ("MAX_TEXTS", 5)):
        monkeypatch.setattr(comments, limit, value)
        refused = hers.post(at, {"text": "two"})
        assert (refused.status_code, refused.json()["code"]) == (403, "COMMENT_LIMIT_REACHED")
        assert refused.json()["limit"] == value
        monkeypatch.undo()
    monkeypatch.setattr(comments, "MAX_TEXTS", 5)
    assert hers.send("PATCH", f"{at}/1", json.dumps({"text": "longer"})).status_code == 403
    assert hers.send("PATCH", f"{at}/1", json.dumps({"text": "1"})).status_code == 200
    # What is refused leaves no trace.
    assert (Comment.objects.count(), Discussion.objects.get().seq) == (1, 2)


def test_comments_are_no_part_of_the_document(pages: tuple[Caller, Caller]) -> None:
    hers, _ = pages
    thread = begin(hers, "A remark of hers", node="say")
    whole = hers.get(POSTER).json()
    assert "A remark of hers" not in json.dumps(whole)
    assert "A remark of hers" not in hers.get(f"{POSTER}/export").content.decode()
    hers.put(POSTER, {**whole, "nodes": [], "edges": []})
    assert [row["id"] for row in threads(hers)] == [thread["id"]]
    copy = hers.post(f"{POSTER}/duplicate").json()["slug"]
    assert hers.get(f"/api/workflows/{copy}/comments").json()["threads"] == []
    hers.delete(POSTER)
    assert not Discussion.objects.exists()


def test_threads_stay_readable_without_a_member_or_the_account(
    pages: tuple[Caller, Caller], alice: User, bob: User
) -> None:
    hers, his = pages
    thread = begin(his, "From bob")
    hers.send("PATCH", f"{PATH}/{thread['id']}", json.dumps({"resolved": True}))
    share(alice, "bob", None)
    found = hers.get(PATH).json()
    assert [row["user"] for row in found["members"]] == ["alice"]
    assert found["threads"][0]["comments"][0]["author"]["name"] == "bob"
    bob.delete()
    (left,) = threads(hers)
    assert (left["comments"][0]["author"], left["comments"][0]["text"]) == (None, "From bob")


def test_a_result_one_comments_on_is_shown_to_all_who_see_the_workflow(
    pages: tuple[Caller, Caller], alice: User, bob: User
) -> None:
    hers, his = pages
    result, secret = (storage.asset_create(alice, text, "a.txt") for text in (b"made", b"secret"))
    begin(hers, node="say", asset=str(result.pk), run=str(uuid4()))
    assert his.get(f"/media/{result.pk}").status_code == 200
    hers.put(POSTER, {"tags": ["saved"]})
    assert his.get(f"/media/{result.pk}").status_code == 200
    theft = {"x": 0, "y": 0, "node": "say", "asset": str(secret.pk)}
    refused = his.post(PATH, {"text": "x", "anchor": theft})
    assert (refused.status_code, refused.json()["code"]) == (404, "FILE_NOT_FOUND")
    assert his.get(f"/media/{secret.pk}").status_code == 404
    share(alice, "bob", None)
    assert his.get(f"/media/{result.pk}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_lose_no_comment(alice: User) -> None:
    make(alice)
    request = comments.NewThread(text="one", anchor=comments.Anchor(x=0, y=0))
    made = comments.thread_create(user=alice, slug="poster", shared=None, request=request)
    thread = str(made.threads[0].pk)

    def write(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    def reply(number: int) -> Callable[[], object]:
        text = comments.CommentText(text=f"reply {number}")
        return lambda: comments.thread_reply(
            user=alice, slug="poster", shared=None, thread=thread, request=text
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [reply(number) for number in range(20)]))
    found = discussions.board(user=alice, slug="poster", shared=None)
    (row,) = found.threads
    numbers = sorted(comment.number for comment in row.comments.all())
    assert (numbers, found.seq) == (list(range(1, 22)), 21)


@pytest.mark.django_db(transaction=True)
async def test_every_open_editor_hears_of_comments_and_no_other_does(
    alice: User, bob: User
) -> None:
    await sync_to_async(make)(alice)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))

    async def seq(socket: Any) -> int:
        while (frame := json.loads(await socket.receive_from(timeout=60)))["type"] != "comments":
            pass
        assert frame["workflow"] == "poster"
        found: int = frame["seq"]
        return found

    request = comments.NewThread(text="one", anchor=comments.Anchor(x=0, y=0))
    await sync_to_async(comments.thread_create)(
        user=alice, slug="poster", shared=None, request=request
    )
    assert await seq(socket) == 1
    late = await connected(alice)
    await late.send_to(json.dumps({"edit": "poster", "after": 1}))
    assert await seq(late) == 1
    await late.disconnect()
    other = await connected(bob)
    await other.send_to(json.dumps({"edit": "poster", "after": 1}))
    assert json.loads(await other.receive_from(timeout=60))["code"] == "WORKFLOW_NOT_FOUND"
    await other.disconnect()
    await socket.disconnect()


def test_the_unread_of_all_workflows_cost_one_query(
    pages: tuple[Caller, Caller], bob: User, django_assert_num_queries: Any
) -> None:
    hers, _ = pages
    for number in range(3):
        begin(hers, f"@bob {number}")
    with django_assert_num_queries(1):
        assert discussions.unread(user=bob, shared=True) == [("poster", 3, 3)]


def test_a_template_shows_its_comments_to_no_other_account(
    pages: tuple[Caller, Caller], alice: User
) -> None:
    hers, his = pages
    share(alice, "bob", None)
    Workflow.objects.filter(slug="poster").update(is_template=True)
    result = storage.asset_create(alice, b"made", "a.txt")
    begin(hers, node="say", asset=str(result.pk))
    hers.put(POSTER, {"nodes": [a_node("say", text="x")], "edges": []})
    assert his.get(POSTER).status_code == 200
    assert his.get(PATH).status_code == 404
    assert his.get(f"/media/{result.pk}").status_code == 404


def test_a_pin_is_moved_and_one_about_a_result_stays_at_its_node(
    pages: tuple[Caller, Caller],
) -> None:
    hers, his = pages
    at = f"{PATH}/{begin(hers)['id']}"
    moved = his.send("PATCH", at, json.dumps({"place": {"x": 30, "y": -4.5, "node": "echo"}}))
    assert moved.status_code == 200, moved.content
    anchor = {"x": 30, "y": -4.5, "node": "echo", "run": None, "asset": None}
    assert moved.json()["threads"][0]["anchor"] == anchor
    assert threads(hers)[0]["resolvedAt"] is None
    about = begin(hers, node="echo", run=str(uuid4()))
    wrong = his.send("PATCH", f"{PATH}/{about['id']}", json.dumps({"place": {"x": 1, "y": 1}}))
    assert (wrong.status_code, wrong.json()["field"]) == (400, "place.node")
    place = {"x": 9, "y": 9, "node": "echo"}
    kept = his.send("PATCH", f"{PATH}/{about['id']}", json.dumps({"place": place}))
    assert kept.json()["threads"][0]["anchor"] == {**about["anchor"], **place}


def test_a_result_that_is_text_is_kept_as_an_excerpt(
    pages: tuple[Caller, Caller], alice: User
) -> None:
    hers, his = pages
    poster = Workflow.objects.get(slug="poster")
    snapshot = Snapshot.objects.create(workflow=poster, sha256="0" * 64)
    run = Run.objects.create(owner=alice, workflow=poster, snapshot=snapshot)
    run.steps.create(node_id="echo", status="completed", output={"text": "w" * 900})
    about = begin(hers, node="echo", run=str(run.pk))
    assert about["excerpt"] == f"{'w' * 599}…"
    # Not of a run that the author cannot read.
    assert begin(his, node="echo", run=str(run.pk))["excerpt"] == ""
    run.delete()
    assert threads(his)[0]["excerpt"] == about["excerpt"]


@pytest.mark.django_db(transaction=True)
async def test_what_is_read_in_one_page_is_known_in_the_others_of_the_user(
    alice: User, bob: User
) -> None:
    await sync_to_async(make)(alice)
    caller = await sync_to_async(_browser)(alice)
    thread = await sync_to_async(begin)(caller)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))

    async def comments_frame() -> JsonObject:
        while (frame := json.loads(await socket.receive_from(timeout=60)))["type"] != "comments":
            pass
        found: JsonObject = frame
        return found

    first = await comments_frame()
    assert (first["seq"], first["read"]) == (1, 1)
    await sync_to_async(share)(alice, "bob", Role.EDIT)
    his = await sync_to_async(_browser)(bob)
    answer = await sync_to_async(his.post)(f"{PATH}/{thread['id']}", {"text": "No"})
    assert answer.status_code == 201
    second = await comments_frame()
    assert (second["seq"], second["read"]) == (2, 1)
    await sync_to_async(caller.post)(f"{PATH}/seen", {"threads": [thread["id"]]})
    assert (await comments_frame())["read"] == 2
    await socket.disconnect()
