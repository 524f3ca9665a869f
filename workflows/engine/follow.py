"""Watching a run: its journal in pages, from any line on, shared by everybody who watches.

A page is a fact that never changes, so a hundred watchers cost one query and one JSON text. Reads
happen in the engine's reader threads; `follow` may be called from any asyncio loop.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from workflows.engine import database, wake
from workflows.errors import ExecutionNotFound
from workflows.models import Event, Run
from workflows.models.runs import TERMINAL

if TYPE_CHECKING:
    from workflows.types import JsonObject

PAGE_EVENTS = 500
REREAD_SECONDS = 2.0
#: How long a page that was not full is handed to newcomers before they get a fuller one.
SHORT_PAGE_SECONDS = 2.0
MEMO_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Page:
    """Consecutive events `first`...`last` of one run; empty when `last < first`.

    `frame` is the JSON text of the list of events. `done`: the last one is the terminal event of
    the run's latest attempt, nothing will follow.
    """

    first: int
    last: int
    frame: str
    done: bool
    more: bool = False
    version: int = 0
    read_at: float = 0.0

    @cached_property
    def events(self) -> list[JsonObject]:
        """The events, parsed."""
        events: list[JsonObject] = json.loads(self.frame)
        return events


async def follow(run_id: UUID, after: int = 0) -> AsyncIterator[Page]:
    """Yield the run's events with seq > `after`, page by page, until its terminal event.

    The last page has `done`. Every event is yielded exactly once, in order, whatever happens to
    wake-ups. Raises ExecutionNotFound when there is no such run.
    """
    began = time.monotonic()
    with wake.watching(run_id):
        while True:
            page = await _page(run_id, after, began)
            if page.last > after or page.done:
                after = max(after, page.last)
                yield page
            if page.done:
                return
            if not page.more and page.version == wake.version(run_id):
                await wake.news(run_id, page.version, REREAD_SECONDS)


def forget() -> None:
    """Drop every remembered page."""
    global _bytes
    with _lock:
        _memo.clear()
        _bytes = 0


_lock = threading.Lock()
_memo: OrderedDict[tuple[UUID, int], Page] = OrderedDict()
_reading: dict[tuple[UUID, int], Future[Page]] = {}
_bytes = 0


async def _page(run_id: UUID, after: int, began: float) -> Page:
    key = (run_id, after)
    with _lock:
        page = _memo.get(key)
        if page is not None and _fresh(page, began):
            _memo.move_to_end(key)
            return page
        future = _reading.get(key)
        first = future is None
        if future is None:
            future = _reading[key] = database.start(_read, run_id, after)
    if first:
        # Outside the lock: a read that is done already calls back at once.
        future.add_done_callback(lambda done: _remember(key, done))
    # Shielded, because a watcher that leaves must not take the others' page with it.
    return await asyncio.shield(asyncio.wrap_future(future))


def _fresh(page: Page, began: float) -> bool:
    """A retry makes `done` untrue and time makes a short page shorter than it need be."""
    if page.done and page.read_at < began:
        return False
    return page.more or time.monotonic() - page.read_at < SHORT_PAGE_SECONDS


def _remember(key: tuple[UUID, int], future: Future[Page]) -> None:
    with _lock:
        _reading.pop(key, None)
        if future.cancelled() or future.exception() is not None:
            return
        page = future.result()
        if page.first <= page.last:
            _keep(key, page)


def publish(run_id: UUID, first: int, lines: list[str], done: bool) -> None:
    """Hand just committed events, as JSON texts, to those who watch; spares them the reading."""

    def prepare(version: int) -> None:
        for start in range(0, len(lines), PAGE_EVENTS):
            texts = lines[start : start + PAGE_EVENTS]
            last = first + start + len(texts) - 1
            more = start + len(texts) < len(lines)
            frame, now = f"[{','.join(texts)}]", time.monotonic()
            page = Page(first + start, last, frame, done and not more, more, version, now)
            with _lock:
                _keep((run_id, page.first - 1), page)

    wake.notify(run_id, prepare)


def _keep(key: tuple[UUID, int], page: Page) -> None:
    global _bytes
    old = _memo.pop(key, None)
    _bytes += len(page.frame) - (len(old.frame) if old else 0)
    _memo[key] = page
    while _bytes > MEMO_BYTES and len(_memo) > 1:
        _bytes -= len(_memo.popitem(last=False)[1].frame)


def _read(run_id: UUID, after: int) -> Page:
    read_at = time.monotonic()
    version = wake.version(run_id)
    lines = _lines(run_id, after)
    status, last_seq = _standing(run_id)
    last = after + len(lines)
    return Page(
        first=after + 1,
        last=last,
        frame=f"[{','.join(lines)}]",
        # The rows were read before the status, so equality means that nothing came between.
        done=status in TERMINAL and last >= last_seq,
        more=len(lines) == PAGE_EVENTS,
        version=version,
        read_at=read_at,
    )


def _lines(run_id: UUID, after: int) -> list[str]:
    """Read up to a page of events as JSON texts.

    Raw SQL, because the ORM would parse every `data` only for us to write it again.
    """
    table = connection.ops.quote_name(Event._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, at, type, data FROM {table} WHERE run_id = %s AND seq > %s "
            "ORDER BY seq LIMIT %s",
            [Run._meta.pk.get_db_prep_value(run_id, connection), after, PAGE_EVENTS],
        )
        return [line(*row) for row in cursor.fetchall()]


def _standing(run_id: UUID) -> tuple[str, int]:
    """Read a run's status and last seq. Raises ExecutionNotFound."""
    table = connection.ops.quote_name(Run._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT status, last_seq FROM {table} WHERE id = %s",
            [Run._meta.pk.get_db_prep_value(run_id, connection)],
        )
        row: tuple[str, int] | None = cursor.fetchone()
    if row is None:
        raise ExecutionNotFound
    return row


def line(seq: int, at: datetime | str, type: str, data: str) -> str:
    """Write one event as JSON text; `data` is the stored text of an object, `at` is UTC."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at.astimezone(UTC)
    text = moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
    rest = "}" if data == "{}" else f",{data[1:]}"
    return f'{{"seq":{seq},"at":"{text}Z","type":"{type}"{rest}'
