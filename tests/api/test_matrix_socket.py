"""The permission matrix of the socket: every caller, on runs of their own and of others."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from canvas.asgi import application
from tests.api.test_socket import ORIGIN, session_of, start_run
from workflows.models import User
from workflows.services.identity.tokens import token_create

pytestmark = pytest.mark.django_db(transaction=True)

HOST = (b"host", b"testserver")
HERE = (b"origin", ORIGIN.encode())


def _cookie(user: User) -> tuple[bytes, bytes]:
    return b"cookie", f"sessionid={session_of(user)}".encode()


def _prepare(alice: User, bob: User) -> dict[str, object]:
    staff = User.objects.create_user("erin", is_staff=True, is_superuser=True, tier="enterprise")
    gone = User.objects.create_user("carol", tier="enterprise")
    gone_cookie = _cookie(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    _, key = token_create(owner=alice, name="k", capabilities=["*"])
    return {
        "runs": {"alice": start_run(alice), "bob": start_run(bob), "missing": str(uuid4())},
        # Name -> the headers of the handshake, and whose runs may be watched; None: not let in.
        "callers": {
            "alice": ([HERE, _cookie(alice)], "alice"),
            "bob": ([HERE, _cookie(bob)], "bob"),
            "staff": ([HERE, _cookie(staff)], "erin"),
            "anonymous": ([HERE], None),
            "deactivated": ([HERE, gone_cookie], None),
            "a key instead of a session": ([HERE, (b"x-api-key", key.encode())], None),
            "a bearer": ([HERE, (b"authorization", f"Bearer {key}".encode())], None),
            "a made-up session": ([HERE, (b"cookie", b"sessionid=" + b"x" * 32)], None),
            "alice from elsewhere": ([(b"origin", b"https://evil.example"), _cookie(alice)], None),
            "alice from nowhere": ([_cookie(alice)], None),
        },
    }


async def test_every_caller_of_the_socket_watches_own_runs_alone(alice: User, bob: User) -> None:
    world: dict[str, Any] = await sync_to_async(_prepare)(alice, bob)
    for name, (headers, person) in world["callers"].items():
        socket = WebsocketCommunicator(application, "/ws/canvas", headers=[HOST, *headers])
        accepted, _ = await socket.connect()
        if person is None:
            # A page of ours is let in to be told that its session is over; nobody else is.
            if accepted:
                closed = await socket.receive_output(timeout=5)
                assert (closed["type"], closed["code"]) == ("websocket.close", 4401), name
            continue
        assert accepted, name
        for owner, run in world["runs"].items():
            await socket.send_to(json.dumps({"watch": run, "after": 0}))
            answer = json.loads(await socket.receive_from(timeout=5))
            assert answer["run"] == run
            if owner == person:
                assert answer["type"] == "events", (name, owner)
            else:
                assert answer == {
                    "type": "error",
                    "run": run,
                    "error": "Execution not found",
                    "code": "EXECUTION_NOT_FOUND",
                }, (name, owner)
        await socket.disconnect()
