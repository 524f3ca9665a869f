"""Presence on the socket: who is here and where they point, in bounds, and gone when they go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from canvas import presence
from tests.api.test_live import make
from tests.api.test_socket import connected
from workflows import broadcast
from workflows.models import Change, User
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)


async def opened(user: User) -> Any:
    socket = await connected(user)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))
    return socket


async def members(socket: Any) -> JsonObject:
    frame = json.loads(await socket.receive_from(timeout=60))
    assert (frame["type"], frame["workflow"]) == ("presence", "poster")
    found: JsonObject = frame["members"]
    return found


async def test_each_sees_the_others_and_that_they_leave(alice: User) -> None:
    await sync_to_async(make)(alice)
    first = await opened(alice)
    second = await opened(alice)
    [(id, seen)] = (await members(first)).items()
    assert (seen["name"], seen["role"]) == ("alice", "owner")
    assert len(await members(second)) == 1
    state = {"at": [1, 2.5], "view": [0, 0, 1], "selected": ["a"], "drag": {"a": [3, 4]}}
    await second.send_to(json.dumps({"here": state}))
    assert (await members(first))[id] == {**seen, **state}
    await second.disconnect()
    assert await members(first) == {id: None}
    assert not await Change.objects.aexists()
    await first.disconnect()
    assert presence._rooms == {}


async def test_one_who_says_nothing_is_gone_and_comes_back(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "SILENT_SECONDS", 0.0)
    await sync_to_async(make)(alice)
    first, second = await opened(alice), await opened(alice)
    [id] = await members(first)
    assert await members(first) == {id: None}
    monkeypatch.setattr(presence, "SILENT_SECONDS", 60.0)
    await second.send_to(json.dumps({"here": {}}))
    assert (await members(first))[id]["name"] == "alice"
    for socket in (first, second):
        await socket.disconnect()


async def test_one_who_is_idle_says_so_and_may_be_silent_for_longer(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(make)(alice)
    first, second = await opened(alice), await opened(alice)
    [id] = await members(first)
    await second.send_to(json.dumps({"here": {"idle": True}}))
    assert (await members(first))[id]["idle"] is True
    monkeypatch.setattr(presence, "SILENT_SECONDS", 0.0)
    [uid] = presence._rooms
    presence._sweep(uid)
    other = presence._rooms[uid].members[id]
    assert other.here
    monkeypatch.setattr(presence, "IDLE_SILENT_SECONDS", 0.0)
    assert await members(first) == {id: None}
    for socket in (first, second):
        await socket.disconnect()


@pytest.mark.parametrize(
    ("here", "field"),
    [
        (3, "here"),
        ({"secret": 1}, "here"),
        ({"at": [1]}, "at"),
        ({"at": ["x", 1]}, "at"),
        ({"at": [1e300, 1]}, "at"),
        ({"view": [1, 2]}, "view"),
        ({"selected": ["a"] * 51}, "selected"),
        ({"selected": [""]}, "selected"),
        ({"idle": 1}, "idle"),
        ({"drag": {"a": [1, True]}}, "drag"),
        ({"selected": ["x" * 5_000]}, "message"),
    ],
)
async def test_what_a_hostile_page_says_is_refused(alice: User, here: Any, field: str) -> None:
    await sync_to_async(make)(alice)
    first = await opened(alice)
    second = await opened(alice)
    await members(first)
    await members(second)
    await second.send_to(json.dumps({"here": here}))
    answer = json.loads(await second.receive_from(timeout=60))
    assert (answer["code"], answer["field"]) == ("INVALID_BODY", field)
    assert await first.receive_nothing()
    for socket in (first, second):
        await socket.disconnect()


def test_more_than_a_page_would_send_is_dropped() -> None:
    from uuid import uuid4

    uid = uuid4()
    loud, other = presence.join(uid, {}), presence.join(uid, {})
    assert loud is not None
    assert other is not None
    heard = 0
    for at in range(1_000):
        other.news.clear()
        presence.say(uid, loud, {"at": [at, 0]})
        heard += len(other.news)
    assert presence.BURST - 1 <= heard < 2 * presence.BURST + 30
    for member in (loud, other):
        presence.leave(uid, member)


def test_what_is_too_long_for_another_process_is_shown_there_without_its_selection() -> None:
    from uuid import uuid4

    uid = uuid4()
    member = presence.join(uid, {"name": "alice"})
    assert member is not None
    presence.say(uid, member, {"at": [1, 2], "selected": ["\u4e16" * 200] * 6})
    assert presence._read(presence._text(uid, True, member, False)) == (
        uid,
        True,
        member.id,
        member.shown(),
    )
    presence.say(uid, member, {"at": [1, 2], "selected": ["\u4e16" * 200] * 20})
    text = presence._text(uid, False, member, False)
    assert len(text) <= broadcast.MAX_TEXT
    shown = {"name": "alice", "at": [1, 2], "selected": [], "drag": {}}
    assert presence._read(text) == (uid, False, member.id, shown)
    presence.leave(uid, member)


def test_a_full_workflow_takes_no_more_members() -> None:
    from uuid import uuid4

    uid = uuid4()
    members = [presence.join(uid, {}) for _ in range(presence.MAX_MEMBERS + 1)]
    assert members[-1] is None
    for member in members[:-1]:
        assert member is not None
        presence.leave(uid, member)
    assert uid not in presence._rooms
