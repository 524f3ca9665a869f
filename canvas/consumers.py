"""The canvas's socket: runs watched and a workflow edited live, over one connection per tab.

A client says `{"watch": run, "after": seq}`, `{"unwatch": run}` and `{"ack": seq, "run": run}`;
`{"edit": slug, "after": version}` follows the changes of a workflow, the one a tab has open, and
`{"here": …}` shows the others there where one points (`presence.py`). Such a tab also gets the
`seq` of the workflow's comments whenever it has changed, or its user has read more of them
elsewhere, and reads what it shows of them.
`{"queue": "own"}`, for staff also `"all"`, has the queue follow: a frame says that it has changed.
Events come in pages, at most one frame per 50 ms and socket, the first at once; a run pauses while
the client has more than 200 events it has not acknowledged. Who may watch is checked each time;
a session that is over closes the socket within a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from canvas import presence
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
from workflows.services.execution import waiting
from workflows.services.library import discussions, live
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
SHARE_ENDED = 4403
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
        self.editing: asyncio.Task[None] | None = None
        self.queue: asyncio.Task[None] | None = None
        self.member: tuple[UUID, presence.Member] | None = None
        self.held = ExitStack()
        self.closing: asyncio.Task[None] | None = None
        self.principal: revocation.Principal | None = None
        principal = None
        if allowed_origin(self.scope["headers"], secure=self.scope.get("scheme") == "wss"):
            try:
                principal = self.principal = await self.user.principal()
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
        tasks += [task for task in (self.ending, self.editing, self.queue) if task is not None]
        self.watches.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Handle one message; a malformed one gets an error, an oversized one ends the socket."""
        if text_data is None or len(text_data) > MAX_MESSAGE:
            await self.close(code=BAD_MESSAGE)
            return
        run_id: UUID | None = None
        try:
            message = parse(text_data)
            if "here" in message:
                self._here(message, len(text_data))
                return
            if "edit" in message:
                await self._edit(*read_edit(message))
                return
            if message.keys() == {"queue"}:
                await self._queue(message["queue"])
                return
            kind, run_id, number = read_message(message)
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
        """Send a run's pages until its end, or until the client stops watching."""
        try:
            async for page in follow(run_id, after):
                await self._send_page(run_id, page)
        except Exception as error:  # one run's trouble must not end the socket
            await self._send_error(self._known(error, run_id), run_id)
        finally:
            watch = self.watches.get(run_id)
            if watch is not None and watch.task is asyncio.current_task():
                del self.watches[run_id]

    async def _queue(self, whose: Json) -> None:
        owner_id = await self.user.queue(whose)
        if self.queue is not None:
            self.queue.cancel()
            await asyncio.gather(self.queue, return_exceptions=True)
        self.queue = asyncio.create_task(self._follow_queue(owner_id))

    async def _follow_queue(self, owner_id: int | None) -> None:
        """Say that the queue has changed; the page reads it, as far as its user may."""
        try:
            async for _ in waiting.follow_queue(owner_id):
                await self.send('{"type":"queue"}')
        except Exception as error:  # runs are still watched
            await self._send_error(self._known(error, None), None)

    def _here(self, message: JsonObject, characters: int) -> None:
        if message.keys() != {"here"} or characters > presence.MAX_CHARACTERS:
            expected = f"here alone, in at most {presence.MAX_CHARACTERS} characters"
            raise _wrong("message", expected)
        if self.member is not None:
            presence.say(*self.member, message["here"])

    async def _edit(self, slug: str, after: int) -> None:
        workflow, share, facts = await self.user.opened(slug)
        if self.editing is not None:
            self.editing.cancel()
            await asyncio.gather(self.editing, return_exceptions=True)
        self.editing = asyncio.create_task(self._follow(slug, workflow.uid, after, share, facts))

    async def _follow(
        self,
        slug: str,
        uid: UUID,
        after: int,
        share: revocation.Share | None,
        facts: JsonObject,
    ) -> None:
        """Send the changes of a workflow; a page of them at most every 50 ms."""
        name = json.dumps(slug)
        held = ExitStack()
        beside = [asyncio.create_task(self._show_comments(name, uid))]
        try:
            member = presence.join(uid, facts)
            if member is not None:
                self.member = (uid, member)
                held.callback(self._leave, uid, member)
                beside.append(asyncio.create_task(self._show_others(name, uid, member)))
            if share is not None and self.principal is not None:
                over = held.enter_context(revocation.watched(replace(self.principal, share=share)))
                over.add_done_callback(self._end_share)
            async for last, changes in live.follow(uid, after):
                await self.send(
                    f'{{"type":"changes","workflow":{name},"version":{last},"changes":{changes}}}'
                )
                await asyncio.sleep(FRAME_SECONDS)
            await self.send(f'{{"type":"deleted","workflow":{name}}}')
        except live.Missed:
            await self.send(f'{{"type":"missed","workflow":{name}}}')
        except Exception as error:  # runs are still watched
            await self._send_error(self._known(error, None), None)
        finally:
            held.close()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    def _leave(self, uid: UUID, member: presence.Member) -> None:
        self.member = None
        presence.leave(uid, member)

    async def _show_others(self, name: str, uid: UUID, member: presence.Member) -> None:
        """Send what the others do, at most every 50 ms."""
        while True:
            members = json.dumps(await presence.news(uid, member))
            await self.send(f'{{"type":"presence","workflow":{name},"members":{members}}}')
            await asyncio.sleep(FRAME_SECONDS)

    async def _show_comments(self, name: str, uid: UUID) -> None:
        """Send how far the comments are and how much is read, now and later, each 50 ms at most."""
        if self.principal is None:
            return
        try:
            async for seq, read in discussions.follow(uid, self.principal.user_id):
                frame = f'"workflow":{name},"seq":{seq},"read":{read}'
                await self.send(f'{{"type":"comments",{frame}}}')
                await asyncio.sleep(FRAME_SECONDS)
        except Exception as error:  # changes are still followed
            await self._send_error(self._known(error, None), None)

    def _end_share(self, over: asyncio.Future[None]) -> None:
        """Close the socket when a share has ended or changed; who may come back does."""
        if not over.cancelled():
            self.closing = asyncio.create_task(self.close(code=SHARE_ENDED))

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


#: The messages of pages that are under way: made once for all who watch the run.
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


def parse(text: str) -> JsonObject:
    """Read a message as an object. Raises InvalidBody."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong("message", "a JSON object") from None
    if not isinstance(message, dict):
        raise _wrong("message", "a JSON object")
    return message


def read_edit(message: JsonObject) -> tuple[str, int]:
    """Read the message of an editor as (slug, version)."""
    slug = message["edit"]
    if not message.keys() <= {"edit", "after"} or not isinstance(slug, str):
        raise _wrong("message", "edit with after")
    return slug, _seq("after", message.get("after"))


def read_message(message: JsonObject) -> tuple[str, UUID, int]:
    """Read a message as (kind, run, number). Raises InvalidBody for anything unknown."""
    keys = frozenset(message)
    if keys <= {"watch", "after"} and "watch" in keys:
        return "watch", _run(message["watch"]), _seq("after", message.get("after", 0))
    if keys == {"unwatch"}:
        return "unwatch", _run(message["unwatch"]), 0
    if keys == {"ack", "run"}:
        return "ack", _run(message["run"]), _seq("ack", message["ack"])
    raise _wrong("message", "watch with after, unwatch, ack with run, edit with after, or queue")


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
