"""DELETE /api/api-keys/<id>: worthless at once, on open streams and sockets within a second."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient

from tests.api.client import ECHO, Caller
from tests.api.test_socket import connected, session_of, start_run
from workflows.models import User
from workflows.services.identity import tokens
from workflows.services.limits import revocation

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 20


@pytest.fixture(autouse=True)
def nobody_is_left_watching() -> Iterator[None]:
    """The vigil's thread ends with its last watcher, and its connection with it."""
    yield
    deadline = time.monotonic() + 5
    never = threading.Event()
    while revocation._thread is not None and time.monotonic() < deadline:
        never.wait(0.01)
    assert revocation._thread is None


def test_no_request_is_let_in_after_the_revocation(alice: User, her_browser: Caller) -> None:
    her_browser.create("Poster")
    token, text = tokens.token_create(owner=alice, name="k", capabilities=["workflow:read"])
    revoked, started = threading.Event(), threading.Barrier(CLIENTS + 1)
    late: list[int] = []

    def hammer() -> int:
        caller, accepted = Caller({"x-api-key": text}), 0
        started.wait(30)
        try:
            while True:
                # Read before the request: whoever starts after the response must be turned away.
                after = revoked.is_set()
                status = caller.get("/api/workflows").status_code
                accepted += status == 200
                if after:
                    late.append(status)
                    return accepted
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        results = [pool.submit(hammer) for _ in range(CLIENTS)]
        started.wait(30)
        assert her_browser.delete(f"/api/api-keys/{token.pk}").status_code == 200
        revoked.set()
        assert all(result.result(60) >= 0 for result in results)
    assert late == [401] * CLIENTS


async def _stream(text: str | None, session: str, run: str) -> asyncio.Task[float]:
    """Open a run's events and return a task that tells when they ended."""
    client = AsyncClient()
    headers = {"x-api-key": text} if text else {}
    if not text:
        client.cookies["sessionid"] = session
    response: Any = await client.get(f"/api/executions/{run}/events", headers=headers)
    assert response.status_code == 200
    pieces = aiter(response)
    first = b""
    while b"event: queued" not in first:
        first += await anext(pieces)

    async def rest() -> float:
        async for _ in pieces:
            pass
        return time.monotonic()

    return asyncio.create_task(rest())


async def test_twenty_open_streams_end_within_a_second(alice: User) -> None:
    run = await sync_to_async(start_run)(alice, ECHO)
    create = sync_to_async(tokens.token_create)
    token, text = await create(owner=alice, name="k", capabilities=["execution:read"])
    _, other = await create(owner=alice, name="other", capabilities=["execution:read"])
    streams = [await _stream(text, "", run) for _ in range(CLIENTS)]
    spared = await _stream(other, "", run)
    await sync_to_async(tokens.token_revoke)(user=alice, token_id=str(token.pk))
    began = time.monotonic()
    ends = await asyncio.wait_for(asyncio.gather(*streams), 10)
    assert max(ends) - began < 1.0
    assert not spared.done()
    spared.cancel()
    await asyncio.wait({spared})


async def test_a_logout_ends_the_sessions_streams_and_sockets(alice: User) -> None:
    from django.contrib.sessions.models import Session

    run = await sync_to_async(start_run)(alice, ECHO)
    session = await sync_to_async(session_of)(alice)
    stream, socket = await _stream(None, session, run), await connected(alice)
    began = time.monotonic()
    await Session.objects.all().adelete()
    closed = await socket.receive_output(timeout=5)
    assert closed["type"] == "websocket.close"
    ended = await asyncio.wait_for(stream, 5)
    assert max(ended, time.monotonic()) - began < 1.5
    await socket.wait()


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"tier": "free"}, {"password": "another"}]
)
async def test_whatever_changes_the_account_has_it_asked_again(
    alice: User, change: dict[str, object]
) -> None:
    run = await sync_to_async(start_run)(alice, ECHO)
    session = await sync_to_async(session_of)(alice)
    stream = await _stream(None, session, run)
    await User.objects.filter(pk=alice.pk).aupdate(**change)
    await asyncio.wait_for(stream, 5)


async def test_a_watcher_whose_loop_has_closed_holds_up_nobody(alice: User) -> None:
    principal = revocation.principal(alice)

    def watch_and_go() -> ExitStack:
        async def enter() -> ExitStack:
            left = ExitStack()
            left.enter_context(revocation.watched(principal))
            return left

        return asyncio.run(enter())

    with await asyncio.to_thread(watch_and_go), revocation.watched(principal) as over:
        await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
        await asyncio.wait_for(over, 5)
    with revocation.watched(principal) as over:
        await asyncio.wait_for(over, 5)
