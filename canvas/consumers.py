"""The canvas's socket: runs watched live, over one connection per tab.

A client says `{"watch": run, "after": seq}`, `{"unwatch": run}` and `{"ack": seq, "run": run}`.
Events come in pages, at most one frame per 50 ms and socket, the first at once; a run pauses while
the client has more than 200 events it has not acknowledged. Who may watch is asked at every watch;
a session that is over closes the socket within a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from canvas.origin import allowed_origin
from canvas.socket_user import SocketUser
from workflows.api.errors import translate
from workflows.errors import (
    ExecutionNotFound,
    InvalidBody,
    PatchbayError,
    TooManyRuns,
    TooManyWatchers,
)
from workflows.journal.events import Page, follow
from workflows.services.limits import revocation, watchers
from workflows.types import Json, JsonObject

logger = logging.getLogger(__name__)

FRAME_SECONDS = 0.05
#: Events a client may be behind with its acknowledgements.
WINDOW = 400
MAX_MESSAGE = 64 * 1024  # characters
MAX_WATCHES = 50
#: Close codes of our own (RFC 6455 leaves 4000-4999 to applications).
LOGGED_OUT = 4401
TRY_LATER = 1013
BAD_MESSAGE = 4400


@dataclass(slots=True)
class Watch:
    """One run this socket watches."""

    task: asyncio.Task[None]
    sent: int
    acknowledged: int
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class CanvasConsumer(AsyncWebsocketConsumer):
    """One tab's connection."""

    async def connect(self) -> None:
        """Accept a page of ours with a user behind it."""
        self.watches: dict[UUID, Watch] = {}
        self.turn = asyncio.Lock()
        self.next_frame = 0.0
        self.user = SocketUser(self.scope.get("cookies", {}))
        self.ending: asyncio.Task[None] | None = None
        self.held = ExitStack()
        principal = None
        if allowed_origin(self.scope["headers"], secure=self.scope.get("scheme") == "wss"):
            try:
                principal = await self.user.principal()
            except DatabaseError:
                await self.close(code=TRY_LATER)
                return
        if principal is None:
            await self.close(code=LOGGED_OUT)
            return
        try:
            self.held.enter_context(watchers.watching(principal.user_id))
        except TooManyWatchers:
            await self.close(code=TRY_LATER)
            return
        await self.accept()
        over = self.held.enter_context(revocation.watched(principal))
        self.ending = asyncio.create_task(self._end(over))

    async def disconnect(self, code: int) -> None:
        """End everything this socket has begun."""
        self.held.close()
        tasks = [watch.task for watch in self.watches.values()]
        if self.ending is not None:
            tasks.append(self.ending)
        self.watches.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Handle one message; a malformed one is answered, an oversized one ends the socket."""
        if text_data is None or len(text_data) > MAX_MESSAGE:
            await self.close(code=BAD_MESSAGE)
            return
        run_id: UUID | None = None
        try:
            kind, run_id, number = read_message(text_data)
            if kind == "watch":
                await self._watch(run_id, number)
            elif kind == "unwatch":
                await self._unwatch(run_id)
            else:
                self._acknowledge(run_id, number)
        except Exception as error:  # the next message is another matter
            await self._send_error(self._known(error, run_id), run_id)

    async def _watch(self, run_id: UUID, after: int) -> None:
        if not await self.user.may_watch(run_id):
            raise ExecutionNotFound()
        await self._unwatch(run_id)
        if len(self.watches) >= MAX_WATCHES:
            raise TooManyRuns(f"One tab watches at most {MAX_WATCHES} runs.", limit=MAX_WATCHES)
        task = asyncio.create_task(self._relay(run_id, after))
        self.watches[run_id] = Watch(task, sent=after, acknowledged=after)

    async def _unwatch(self, run_id: UUID) -> None:
        watch = self.watches.pop(run_id, None)
        if watch is not None:
            watch.task.cancel()
            await asyncio.gather(watch.task, return_exceptions=True)

    def _acknowledge(self, run_id: UUID, seq: int) -> None:
        watch = self.watches.get(run_id)
        if watch is not None:
            watch.acknowledged = max(watch.acknowledged, min(seq, watch.sent))
            watch.moved.set()

    async def _relay(self, run_id: UUID, after: int) -> None:
        """Send a run's pages until its end, or until somebody stops watching."""
        try:
            async for page in follow(run_id, after):
                await self._send_page(run_id, page)
        except Exception as error:  # one run's trouble must not end the socket
            await self._send_error(self._known(error, run_id), run_id)
        finally:
            watch = self.watches.get(run_id)
            if watch is not None and watch.task is asyncio.current_task():
                del self.watches[run_id]

    async def _send_page(self, run_id: UUID, page: Page) -> None:
        watch = self.watches[run_id]
        while watch.sent - watch.acknowledged >= WINDOW:
            watch.moved.clear()
            await watch.moved.wait()
        text = message_of(run_id, page)
        async with self.turn:
            delay = self.next_frame - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            self.next_frame = time.monotonic() + FRAME_SECONDS
            await self.send(text)
        watch.sent = page.last

    @staticmethod
    def _known(error: Exception, run_id: UUID | None) -> PatchbayError:
        known = translate(error)
        if known is None:
            logger.error("watching failed", exc_info=error, extra={"run_id": run_id})
        return known or PatchbayError("The run cannot be watched.")

    async def _send_error(self, error: PatchbayError, run_id: UUID | None) -> None:
        body: JsonObject = {"type": "error", "error": error.message, "code": error.code}
        if run_id is not None:
            body["run"] = str(run_id)
        await self.send(json.dumps({**body, **error.context}))

    async def _end(self, over: asyncio.Future[None]) -> None:
        """Close the socket as soon as its user has logged out or lost access."""
        await over
        await self.close(code=LOGGED_OUT)


#: The messages of pages somebody is busy with: made once for all who watch the run.
_messages: WeakKeyDictionary[Page, str] = WeakKeyDictionary()


def message_of(run_id: UUID, page: Page) -> str:
    """Return the message of a page."""
    text = _messages.get(page)
    if text is None:
        done = "true" if page.done else "false"
        text = _messages[page] = (
            f'{{"type":"events","run":"{run_id}","events":{page.frame},'
            f'"last":{page.last},"done":{done}}}'
        )
    return text


def read_message(text: str) -> tuple[str, UUID, int]:
    """Read a message as (kind, run, number). Raises InvalidBody for anything unknown."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong("message", "a JSON object") from None
    if not isinstance(message, dict):
        raise _wrong("message", "a JSON object")
    keys = frozenset(message)
    if keys <= {"watch", "after"} and "watch" in keys:
        return "watch", _run(message["watch"]), _seq("after", message.get("after", 0))
    if keys == {"unwatch"}:
        return "unwatch", _run(message["unwatch"]), 0
    if keys == {"ack", "run"}:
        return "ack", _run(message["run"]), _seq("ack", message["ack"])
    raise _wrong("message", "watch with after, unwatch, or ack with run")


def _run(value: Json) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise _wrong("run", "the id of a run") from None


def _seq(field: str, value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise _wrong(field, "a whole number")
    return value


def _wrong(field: str, expected: str) -> InvalidBody:
    return InvalidBody(f"{field} must be {expected}.", field=field, expected=expected)
