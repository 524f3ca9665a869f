"""What the sockets of apps share: who may open one, and inputs that get responses in their order.

A socket shows a key in its handshake or a temporary token in its URL; cookies count for
nothing, so no page can use a user's session. It ends within a second of its key being revoked.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError

from workflows import database
from workflows.api.auth import Caller
from workflows.api.base import origin_of
from workflows.api.errors import InternalError, translate
from workflows.compat.fal import tokens
from workflows.compat.fal.apps import caller_for
from workflows.errors import PatchbayError, TooManyWatchers, Unauthorized
from workflows.models import Run
from workflows.services.execution import runs
from workflows.services.limits import revocation, watchers
from workflows.types import JsonObject

logger = logging.getLogger(__name__)

#: Inputs that may wait for their turn, which is what fal's clients may choose at most.
MAX_WAITING = 60
#: What these may take together, so that a socket cannot fill the memory.
MAX_WAITING_BYTES = 16 * 1024 * 1024
#: Close codes (RFC 6455 7.4.1).
DONE, POLICY, TRY_LATER = 1000, 1008, 1013


@dataclass(frozen=True, slots=True)
class Waiting:
    """An input that waits for its turn, and the size of its message in bytes."""

    arguments: JsonObject
    size: int


class AppSocket(AsyncWebsocketConsumer):
    """A socket of one app: each message is an input, and each gets a response."""

    async def connect(self) -> None:
        """Let a caller in who may run the app."""
        self.held = ExitStack()
        self.waiting: deque[Waiting] = deque()
        self.rung = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        request = _request(self.scope)
        self.app = self.app_of(self.scope["url_route"]["kwargs"]["app"])
        try:
            request.get_host()
            self.origin = origin_of(request)
            self.room = _room(request)
            self.caller = await database.call(_caller, request, self.app)
            self.held.enter_context(watchers.watching(self.caller.user.pk))
        except DisallowedHost:
            await self.close(code=POLICY)
            return
        except (TooManyWatchers, DatabaseError):
            await self.close(code=TRY_LATER)
            return
        except PatchbayError as error:
            await self._refuse(request, error)
            return
        await self.accept()
        principal = revocation.principal(
            self.caller.user, token=self.caller.token, session_key=self.caller.session
        )
        over = self.held.enter_context(revocation.watched(principal))
        self.tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._end(over))]

    async def disconnect(self, code: int) -> None:
        """Forget what waits; a run under way goes on."""
        self.held.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one input."""
        message = text_data if text_data is not None else bytes_data or b""
        size = len(message)
        try:
            arguments = self.read(message)
            while self.waiting and not self._has_room(size):
                self.make_room()
        except PatchbayError as error:
            await self.respond_error(error)
            return
        self.waiting.append(Waiting(arguments, size))
        self.rung.set()

    def _has_room(self, size: int) -> bool:
        waiting = sum(one.size for one in self.waiting)
        return len(self.waiting) < self.room and waiting + size <= MAX_WAITING_BYTES

    def app_of(self, path: str) -> str:
        """Return the app that a path means."""
        return path.strip("/")

    def read(self, message: str | bytes) -> JsonObject:
        """Return the input in a message. Raises InvalidBody and TooLarge."""
        raise NotImplementedError

    def make_room(self) -> None:
        """Do what is to be done when too many inputs wait."""
        raise NotImplementedError

    async def respond(self, arguments: JsonObject) -> None:
        """Run the app once and say what came of it."""
        raise NotImplementedError

    async def respond_error(self, error: PatchbayError) -> None:
        """Return why an input has not been run."""
        raise NotImplementedError

    async def ended(self, run: Run) -> Run:
        """Wait for a run and return how it ended. Raises ExecutionTimeout."""
        await runs.run_wait(run_id=run.pk)
        return await database.call(runs.run_get, user=self.caller.user, run_id=run.pk)

    async def _work(self) -> None:
        while True:
            while not self.waiting:
                self.rung.clear()
                await self.rung.wait()
            try:
                await self.respond(self.waiting.popleft().arguments)
            except Exception as error:  # the next input is another matter
                known = translate(error)
                if known is None:
                    logger.exception("unexpected error at %s", self.scope["path"])
                    known = InternalError()
                await self.respond_error(known)

    async def _end(self, over: asyncio.Future[None]) -> None:
        """Close the socket as soon as its key or its user has lost access."""
        await over
        await self._say_unauthorized()

    async def _refuse(self, request: ASGIRequest, error: PatchbayError) -> None:
        """Refuse a handshake; a client that shows a token learns why, and requests a new one."""
        if isinstance(error, Unauthorized) and tokens.PARAMETER in request.GET:
            await self.accept()
            await self._say_unauthorized()
            return
        await self.close(code=POLICY)

    async def _say_unauthorized(self) -> None:
        # JavaScript knows it by `status`, Python by `type`.
        body = {
            "type": "x-fal-error",
            "status": "error",
            "error": "Unauthorized",
            "reason": "the token or key is not valid (any more)",
        }
        await self.send(text_data=json.dumps(body))
        await self.close(code=DONE)


def _request(scope: dict[str, Any]) -> ASGIRequest:
    """Return a handshake as the request it is, without a body."""
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    return ASGIRequest({**scope, "type": "http", "method": "GET", "scheme": scheme}, io.BytesIO())


def _caller(request: ASGIRequest, app: str) -> Caller:
    shown = tokens.PARAMETER in request.GET or any(
        name in request.headers for name in ("authorization", "x-api-key")
    )
    if not shown:
        raise Unauthorized()
    return caller_for(request, app)


def _room(request: ASGIRequest) -> int:
    text = request.GET.get("max_buffering", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else MAX_WAITING
    return max(1, min(number, MAX_WAITING))
