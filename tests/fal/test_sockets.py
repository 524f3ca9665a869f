"""Sockets of apps: realtime by msgpack, HTTP by WebSocket, who may open one, and what ends it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import deque
from typing import Any

import msgpack
import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from canvas.asgi import application
from tests.api.test_socket import session_of
from tests.fal.contents import FAILING, TEXTS
from workflows.api.auth import Caller
from workflows.compat.fal import realtime, sockets
from workflows.compat.fal.sockets import AppSocket
from workflows.compat.fal.tokens import token_for
from workflows.graph.fal_format import to_document
from workflows.models import Run, Token, User
from workflows.services.identity.tokens import token_create
from workflows.services.library.named import workflow_create_named

pytestmark = pytest.mark.usefixtures("engine")

APP = "workflows/alice/texts"
OUTPUT = {"text": "a & more|ünï"}


@pytest.fixture
def key(transactional_db: None, alice: User) -> str:
    """A key of Alice's, who has two workflows."""
    for name, contents in (("texts", TEXTS), ("failing", FAILING)):
        workflow_create_named(
            user=alice, name=name, title=name, public=False, document=to_document(contents)
        )
    return token_create(owner=alice, name="k", capabilities=["workflow:*"])[1]


def socket(path: str, key: str = "", host: str = "testserver") -> Any:
    headers = [(b"host", host.encode())]
    if key:
        headers.append((b"authorization", f"Key {key}".encode()))
    return WebsocketCommunicator(application, path, headers=headers)


async def opened(path: str, key: str = "", host: str = "testserver") -> Any:
    made = socket(path, key, host)
    accepted, _ = await made.connect()
    assert accepted
    return made


async def reply(made: Any) -> Any:
    """Receive a reply: a msgpack map, or JSON about an error."""
    got = await made.receive_from(timeout=20)
    return msgpack.unpackb(got) if isinstance(got, bytes) else json.loads(got)


@pytest.mark.parametrize("path", [f"/fal/run/{APP}/realtime", f"/fal/run/{APP}"])
async def test_each_message_is_a_run_and_its_output_the_reply(key: str, path: str) -> None:
    made = await opened(path, key)
    for prompt in ("a", "b"):
        await made.send_to(bytes_data=msgpack.packb({"prompt": prompt}))
    assert [await reply(made) for _ in range(2)] == [OUTPUT, {"text": "b & more|ünï"}]
    assert await Run.objects.acount() == 2
    await made.disconnect()


async def test_a_socket_opens_while_another_waits_for_the_database(key: str) -> None:
    made = await opened(f"/fal/run/{APP}/realtime", key)
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        await made.send_to(bytes_data=msgpack.packb({"prompt": "a"}))
        # The run of the first socket can only be written once the other writer has ended.
        assert await made.receive_nothing(timeout=0.5)
        other = await opened(f"/fal/run/{APP}/realtime", key)
        await other.disconnect()
        assert await made.receive_nothing()
    finally:
        writer.rollback()
        writer.close()
    assert await reply(made) == OUTPUT
    await made.disconnect()


async def test_fals_own_name_leads_there_too(key: str) -> None:
    made = await opened(f"/{APP}/realtime", key, "fal.run")
    await made.send_to(bytes_data=msgpack.packb({"prompt": "a"}))
    assert await reply(made) == OUTPUT
    await made.disconnect()


async def test_a_utility_answers_in_real_time_too(key: str) -> None:
    made = await opened("/fal/run/fal-ai/text-concat/realtime", key)
    await made.send_to(bytes_data=msgpack.packb({"text1": "a", "text2": "b"}))
    assert await reply(made) == {"results": "ab"}
    await made.disconnect()


async def test_an_input_that_cannot_be_run_is_an_error_and_the_socket_goes_on(key: str) -> None:
    made = await opened(f"/fal/run/{APP}/realtime", key)
    for wrong in (
        b"\xc1",
        msgpack.packb([1]),
        msgpack.packb({"prompt": b"x"}),
        msgpack.packb({"prompt": float("nan")}),
        msgpack.packb({1: 2}),
        msgpack.packb({"unknown": 1}),
    ):
        await made.send_to(bytes_data=wrong)
        error = await reply(made)
        assert (error["type"], error["error"]) == ("x-fal-error", "bad_request")
        assert error["reason"]
    await made.send_to(bytes_data=msgpack.packb({"prompt": "a"}))
    assert await reply(made) == OUTPUT
    await made.disconnect()


async def test_a_run_that_fails_is_an_error_with_its_request(key: str) -> None:
    made = await opened("/fal/run/workflows/alice/failing/realtime", key)
    await made.send_to(bytes_data=msgpack.packb({"prompt": "data:,x"}))
    error = await reply(made)
    assert (error["type"], error["error"]) == ("x-fal-error", "bad_request")
    assert (await Run.objects.aget(pk=error["request_id"])).status == "failed"
    await made.disconnect()


async def test_a_token_opens_it_for_its_app_alone(key: str, alice: User) -> None:
    token = await Token.objects.select_related("owner").aget()
    text = token_for(Caller(alice, frozenset(), token), ["texts"], 60)
    made = await opened(f"/fal/run/{APP}/realtime?fal_jwt_token={text}&max_buffering=2")
    await made.send_to(bytes_data=msgpack.packb({"prompt": "a"}))
    assert await reply(made) == OUTPUT
    await made.disconnect()
    other = await opened(f"/fal/run/workflows/alice/failing/realtime?fal_jwt_token={text}")
    refused = await reply(other)
    assert (refused["type"], refused["status"], refused["error"]) == (
        "x-fal-error",
        "error",
        "Unauthorized",
    )
    assert (await other.receive_output(timeout=5))["type"] == "websocket.close"
    await other.disconnect()


@pytest.mark.parametrize("shown", ["", "pb_nonsense"])
async def test_strangers_are_refused_at_the_door(key: str, shown: str) -> None:
    accepted, _ = await socket(f"/fal/run/{APP}/realtime", shown).connect()
    assert not accepted


async def test_a_session_opens_nothing(key: str, alice: User) -> None:
    cookie = await sync_to_async(session_of)(alice)
    headers = [(b"host", b"testserver"), (b"cookie", f"sessionid={cookie}".encode())]
    made = WebsocketCommunicator(application, f"/fal/run/{APP}/realtime", headers=headers)
    assert not (await made.connect())[0]


@pytest.mark.parametrize("path", ["/", "/nothing", "/fal/queue/a/b", "/fal/run/"])
async def test_a_socket_where_there_is_none_is_refused_quietly(path: str) -> None:
    accepted, _ = await socket(path).connect()
    assert not accepted


async def test_a_host_that_is_not_ours_is_refused(key: str) -> None:
    accepted, _ = await socket(f"/fal/run/{APP}/realtime", key, "evil.example").connect()
    assert not accepted


async def test_the_socket_ends_when_its_key_is_revoked(key: str) -> None:
    made = await opened(f"/fal/run/{APP}/realtime", key)
    await Token.objects.aupdate(revoked_at=timezone.now())
    assert (await reply(made))["error"] == "Unauthorized"
    assert (await made.receive_output(timeout=5))["type"] == "websocket.close"
    await made.disconnect()


async def test_sockets_count_as_watchers(key: str) -> None:
    with override_settings(LIMITS={**settings.LIMITS, "watchers": 1}):
        made = await opened(f"/fal/run/{APP}/realtime", key)
        accepted, _ = await socket(f"/fal/run/{APP}/realtime", key).connect()
        assert not accepted
        await made.disconnect()
        again = await opened(f"/fal/run/{APP}/realtime", key)
        await again.disconnect()


def idle(kind: type[AppSocket], room: int) -> Any:
    """Return a socket that answers nothing yet, so that everything waits."""
    made: Any = kind()
    made.room, made.waiting, made.rung, made.streams = room, deque(), asyncio.Event(), False
    made.told = []

    async def respond_error(error: Exception) -> None:
        made.told.append(error)

    made.respond_error = respond_error
    return made


async def test_what_is_too_much_to_wait_drops_the_oldest_input() -> None:
    made = idle(realtime.RealtimeSocket, 2)
    for prompt in "abc":
        await made.receive(bytes_data=msgpack.packb({"prompt": prompt}))
    assert [one.arguments["prompt"] for one in made.waiting] == ["b", "c"]


async def test_inputs_that_wait_keep_to_a_size_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MAX_WAITING_BYTES", 100)
    made = idle(realtime.RealtimeSocket, 60)
    for size in (30, 30, 60, 200):
        await made.receive(bytes_data=msgpack.packb({"prompt": "x" * size}))
    assert [len(one.arguments["prompt"]) for one in made.waiting] == [200]


async def test_a_request_by_websocket_is_refused_and_not_dropped() -> None:
    made = idle(realtime.HttpSocket, 2)
    for prompt in "abc":
        await made.receive(text_data=json.dumps({"prompt": prompt}))
    assert [one.arguments["prompt"] for one in made.waiting] == ["a", "b"]
    assert [error.code for error in made.told] == ["TOO_MANY_RUNS"]


async def http_answer(made: Any) -> tuple[dict[str, Any], bytes, dict[str, Any]]:
    """Receive one answer of HTTP by WebSocket: its start, its body and its end."""
    start = json.loads(await made.receive_from(timeout=20))
    body = b""
    while isinstance(piece := await made.receive_from(timeout=20), bytes):
        body += piece
    return start, body, json.loads(piece)


async def test_http_by_websocket_answers_in_frames(key: str) -> None:
    made = await opened(f"/fal/ws/{APP}", key)
    await made.send_to(text_data='{"prompt":"a"}')
    start, body, end = await http_answer(made)
    assert (start["type"], start["status"], end["type"]) == ("start", 200, "end")
    assert start["request_id"] == end["request_id"]
    assert start["headers"]["content-type"] == "application/json"
    assert json.loads(body) == OUTPUT
    assert end["time_to_first_byte_seconds"] > 0
    await made.send_to(text_data="[]")
    start, body, end = await http_answer(made)
    assert (start["status"], end["status"]) == (422, 422)
    assert json.loads(body)["error_type"] == "bad_request"
    await made.disconnect()


async def test_http_by_websocket_streams_events(key: str) -> None:
    made = await opened(f"/{APP}/stream", key, "ws.fal.run")
    await made.send_to(text_data='{"prompt":"a"}')
    start, body, _ = await http_answer(made)
    assert start["headers"]["content-type"] == "text/event-stream"
    told = [json.loads(line[6:]) for line in body.decode().split("\n\n") if line]
    assert told[-1]["output"] == OUTPUT
    await made.disconnect()
