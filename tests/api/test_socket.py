"""The canvas's WebSocket, over the real consumer and the real engine."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client, override_settings

from canvas import consumers
from canvas.asgi import application
from tests.api.client import ECHO, a_node, an_edge
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.models import User
from workflows.services.execution import requests, runs, starting, waiting
from workflows.services.library import workflows
from workflows.services.limits import watchers
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "testserver"
ORIGIN = f"http://{HOST}"


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


async def open_socket(user: User | None, origin: str | None = ORIGIN, host: str = HOST) -> Any:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if user is not None:
        cookie = await sync_to_async(session_of)(user)
        headers.append((b"cookie", f"sessionid={cookie}".encode()))
    return WebsocketCommunicator(application, "/ws/canvas", headers=headers)


async def connected(user: User) -> Any:
    socket = await open_socket(user)
    accepted, _ = await socket.connect()
    assert accepted
    return socket


def start_run(user: User, document: JsonObject = ECHO) -> str:
    workflow = workflows.workflow_create(user=user, body={"name": "W", **document})
    request = requests.RunRequest({})
    return str(starting.run_create(user=user, workflow=workflow, request=request).pk)


async def frames(socket: Any, run: str) -> list[JsonObject]:
    """Receive a run's frames up to the last one, acknowledging as the canvas does."""
    received: list[JsonObject] = []
    while not (received and received[-1]["done"]):
        frame = json.loads(await socket.receive_from(timeout=10))
        assert (frame["type"], frame["run"]) == ("events", run)
        received.append(frame)
        await socket.send_to(json.dumps({"ack": frame["last"], "run": run}))
    return received


async def test_a_watched_run_arrives_whole_in_order_and_ends(engine: None, alice: User) -> None:
    run = await sync_to_async(start_run)(alice)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"watch": run, "after": 0}))
    received = await frames(socket, run)
    events = [event for frame in received for event in frame["events"]]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("queued", "output")
    assert received[-1]["last"] == events[-1]["seq"]
    await socket.disconnect()


async def test_a_watch_resumes_behind_the_last_event_seen(engine: None, alice: User) -> None:
    run = await sync_to_async(start_run)(alice)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"watch": run, "after": 0}))
    whole = [event for frame in await frames(socket, run) for event in frame["events"]]
    await socket.disconnect()
    again = await connected(alice)
    await again.send_to(json.dumps({"watch": run, "after": 2}))
    rest = [event for frame in await frames(again, run) for event in frame["events"]]
    assert rest == whole[2:]
    await again.disconnect()


async def test_a_queue_says_when_it_has_changed_and_to_whom(alice: User, bob: User) -> None:
    boss = await sync_to_async(User.objects.create)(username="boss", is_staff=True)
    hers, theirs = await connected(alice), await connected(boss)
    await hers.send_to(json.dumps({"queue": "own"}))
    await theirs.send_to(json.dumps({"queue": "all"}))
    for socket in (hers, theirs):
        assert json.loads(await socket.receive_from(timeout=10)) == {"type": "queue"}
    await sync_to_async(start_run)(bob)
    assert json.loads(await theirs.receive_from(timeout=10)) == {"type": "queue"}
    run = await sync_to_async(start_run)(alice)
    # The first she hears is of her own.
    for socket in (hers, theirs):
        assert json.loads(await socket.receive_from(timeout=10)) == {"type": "queue"}
    await sync_to_async(waiting.run_pause)(user=alice, run_id=run)
    assert json.loads(await hers.receive_from(timeout=10)) == {"type": "queue"}
    assert await hers.receive_nothing(timeout=0.1)
    for whose in ("all", 7, None):
        await hers.send_to(json.dumps({"queue": whose}))
        refused = json.loads(await hers.receive_from(timeout=10))
        assert (refused["code"], refused["field"]) == ("INVALID_BODY", "queue")
    await hers.disconnect()
    await theirs.disconnect()


async def test_another_persons_run_cannot_be_watched(alice: User, bob: User) -> None:
    run = await sync_to_async(start_run)(alice)
    socket = await connected(bob)
    answers = []
    for id in (run, str(uuid4())):
        await socket.send_to(json.dumps({"watch": id}))
        answer = json.loads(await socket.receive_from())
        assert answer.pop("run") == id
        answers.append(answer)
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "EXECUTION_NOT_FOUND"
    await socket.disconnect()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        None,
        "",
        "http://testserver:8001",
        "https://testserver",
        "http://testserver.evil.example",
        "http://sub.testserver",
        "http://testserver@evil.example",
        "ftp://testserver",
        "http://eviltestserver",
    ],
)
async def test_a_page_of_another_origin_is_refused(alice: User, origin: str | None) -> None:
    socket = await open_socket(alice, origin)
    accepted, _ = await socket.connect()
    assert not accepted


async def test_a_rebound_host_is_refused_although_its_origin_fits(alice: User) -> None:
    socket = await open_socket(alice, "http://evil.example", host="evil.example")
    assert not (await socket.connect())[0]


@override_settings(CSRF_TRUSTED_ORIGINS=["https://canvas.example"])
async def test_a_trusted_origin_is_let_in(alice: User) -> None:
    socket = await open_socket(alice, "https://canvas.example")
    assert (await socket.connect())[0]
    await socket.disconnect()


async def test_a_stranger_and_a_deactivated_person_are_refused(alice: User) -> None:
    assert not (await (await open_socket(None)).connect())[0]
    socket = await open_socket(alice)
    await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
    assert not (await socket.connect())[0]


async def test_a_socket_closes_soon_after_its_person_is_deactivated(alice: User) -> None:
    socket = await connected(alice)
    await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
    closed = await socket.receive_output(timeout=5)
    assert (closed["type"], closed["code"]) == ("websocket.close", consumers.LOGGED_OUT)
    await socket.wait()


async def test_a_new_watch_is_asked_about_again(alice: User) -> None:
    run = await sync_to_async(start_run)(alice)
    socket = await connected(alice)
    await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
    await socket.send_to(json.dumps({"watch": run}))
    assert json.loads(await socket.receive_from())["code"] == "EXECUTION_NOT_FOUND"
    await socket.disconnect()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "null",
        "{}",
        '{"watch":1}',
        '{"watch":"x"}',
        '{"watch":null,"after":0}',
        '{"watch":"ID","after":-1}',
        '{"watch":"ID","after":true}',
        '{"watch":"ID","extra":1}',
        '{"ack":1}',
        '{"ack":"1","run":"ID"}',
        '{"unwatch":7}',
        "[" * 20_000,
    ],
)
async def test_a_malformed_message_is_answered_and_the_socket_lives(alice: User, text: str) -> None:
    socket = await connected(alice)
    await socket.send_to(text.replace("ID", "00000000-0000-4000-8000-000000000000"))
    assert json.loads(await socket.receive_from())["code"] == "INVALID_BODY"
    await socket.send_to(json.dumps({"unwatch": str(uuid4())}))
    assert await socket.receive_nothing(timeout=0.05)
    await socket.disconnect()


async def test_an_oversized_or_binary_message_ends_the_socket(alice: User) -> None:
    for message in ({"text_data": "x" * 65_537}, {"bytes_data": b"x"}):
        socket = await connected(alice)
        await socket.send_to(**message)
        assert (await socket.receive_output())["type"] == "websocket.close"
        await socket.disconnect()


async def test_frames_come_at_most_every_50_ms_and_the_first_at_once(
    engine: None, alice: User
) -> None:
    chain = ["a", *[f"n{n}" for n in range(60)]]
    nodes = [a_node("a", "textBox", text="x")]
    nodes += [a_node(id, "template", text="{words}") for id in chain[1:]]
    edges = [an_edge(a, b, "text", "words") for a, b in pairwise(chain)]
    run = await sync_to_async(start_run)(alice, {"nodes": nodes, "edges": edges})
    socket = await connected(alice)
    began = time.monotonic()
    await socket.send_to(json.dumps({"watch": run, "after": 0}))
    times, done = [], False
    while not done:
        frame = json.loads(await socket.receive_from(timeout=10))
        times.append(time.monotonic())
        done = frame["done"]
    assert times[0] - began < 1.0
    pauses = [after - before for before, after in pairwise(times)]
    assert all(pause > 0.03 for pause in pauses), pauses
    await socket.disconnect()


async def test_a_client_that_does_not_acknowledge_is_not_flooded(engine: None, alice: User) -> None:
    chain = ["a", *[f"n{n}" for n in range(1_200)]]
    nodes = [a_node("a", "textBox", text="x")]
    nodes += [a_node(id, "template", text="{words}") for id in chain[1:]]
    edges = [an_edge("a", id, "text", "words") for id in chain[1:]]
    run = await sync_to_async(start_run)(alice, {"nodes": nodes, "edges": edges})
    await runs.run_wait(run_id=UUID(run))
    socket = await connected(alice)
    await socket.send_to(json.dumps({"watch": run, "after": 0}))
    last = json.loads(await socket.receive_from(timeout=10))["last"]
    while not await socket.receive_nothing(timeout=0.3):
        last = json.loads(await socket.receive_from())["last"]
    assert consumers.WINDOW <= last < 1_000
    await socket.send_to(json.dumps({"ack": last, "run": run}))
    resumed = json.loads(await socket.receive_from(timeout=10))
    assert resumed["events"][0]["seq"] == last + 1
    await socket.disconnect()


async def test_unwatching_stops_the_frames(engine: None, alice: User) -> None:
    await sync_to_async(embedded.stop)()
    run = await sync_to_async(start_run)(alice)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"watch": run, "after": 0}))
    assert json.loads(await socket.receive_from())["events"][0]["type"] == "queued"
    await socket.send_to(json.dumps({"unwatch": run}))
    await sync_to_async(runs.run_cancel)(user=alice, run_id=run)
    assert await socket.receive_nothing(timeout=0.2)
    await socket.disconnect()


async def test_leaving_ends_every_task_of_the_socket(alice: User) -> None:
    before = len(asyncio.all_tasks())
    socket = await connected(alice)
    for _ in range(3):
        run = await sync_to_async(start_run)(alice)
        await socket.send_to(json.dumps({"watch": run}))
        await socket.receive_from()
    await socket.disconnect()
    assert len(asyncio.all_tasks()) <= before


async def test_beyond_the_limit_no_further_watcher_is_let_in(alice: User) -> None:
    from django.conf import settings

    # Sockets of the tests before take their time to end.
    await sync_to_async(wait_until)(lambda: watchers.total() == 0)
    with override_settings(LIMITS={**settings.LIMITS, "watchers": 1}):
        first = await connected(alice)
        refused = await open_socket(alice)
        assert not (await refused.connect())[0]
        await first.disconnect()
        again = await connected(alice)
        await again.disconnect()
