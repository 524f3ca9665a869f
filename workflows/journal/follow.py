"""Watching a run: its journal in pages, from any line on, shared by everybody who watches.

A page is a fact that never changes, so a hundred watchers cost one query and one JSON text. It has
a bound in events and in bytes, for an event may carry a text of megabytes: such a one is a page of
its own. Reads happen in the engine's reader threads; `follow` may be called from any asyncio loop.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING
from uuid import UUID
from weakref import WeakValueDictionary

from django.db import connection

from workflows import database
from workflows.errors import ExecutionNotFound
from workflows.journal import wake
from workflows.models import Event, Run
from workflows.models.runs import TERMINAL

if TYPE_CHECKING:
    from workflows.types import JsonObject

PAGE_EVENTS = 500
#: What the events of a page may take as text; one event alone may take more.
PAGE_BYTES = 256 * 1024
REREAD_SECONDS = 2.0
#: How long a page that was not full is served to newcomers before they get a fuller one.
SHORT_PAGE_SECONDS = 2.0
MEMO_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class Page:
    """Consecutive events `first`...`last` of one run; empty when `last < first`.

    `frame` is the JSON text of the list of events, in ASCII; `starts` says where in it each event
    begins, and at last where it ends. `done`: the last one is the terminal event of the run's
    latest attempt, nothing will follow.
    """

    first: int
    last: int
    frame: str
    starts: tuple[int, ...]
    done: bool
    more: bool = False
    version: int = 0
    read_at: float = 0.0

    @property
    def spans(self) -> Iterator[tuple[int, int]]:
        """Where the text of each event begins and ends in the frame."""
        return ((start, following - 1) for start, following in pairwise(self.starts))

    @property
    def events(self) -> Iterator[JsonObject]:
        """The events, parsed one at a time: together they would take many times their text."""
        return (json.loads(self.frame[start:end]) for start, end in self.spans)


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
        _alive.clear()
        _bytes = 0


_lock = threading.Lock()
_memo: OrderedDict[tuple[UUID, int], Page] = OrderedDict()
#: Also the pages that the memo has dropped while some slow watcher is still busy with them.
_alive: WeakValueDictionary[tuple[UUID, int], Page] = WeakValueDictionary()
_reading: dict[tuple[UUID, int], Future[Page]] = {}
_bytes = 0


async def _page(run_id: UUID, after: int, began: float) -> Page:
    key = (run_id, after)
    with _lock:
        page = _alive.get(key)
        if page is not None and _fresh(run_id, page, began):
            _keep(key, page)
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


def _fresh(run_id: UUID, page: Page, began: float) -> bool:
    """A retry makes `done` untrue and time makes a short page shorter than it need be."""
    if page.done and page.read_at < began and page.version != wake.version(run_id):
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
    """Give just committed events, as JSON texts, to those who watch; spares them the reading."""

    def prepare(version: int) -> None:
        after, rest = first - 1, iter(lines)
        left = next(rest, None)
        while left is not None:
            texts, left = _fill(left, rest)
            page = _page_of(after, texts, done, left is not None, version, time.monotonic())
            with _lock:
                _keep((run_id, after), page)
            after = page.last

    wake.notify(run_id, prepare)


def _fill(line: str, rest: Iterator[str]) -> tuple[list[str], str | None]:
    """Take as many lines as fit a page, at least one, and the first that did not fit."""
    texts, size = [line], len(line)
    for line in rest:
        size += len(line) + 1
        if len(texts) == PAGE_EVENTS or size > PAGE_BYTES:
            return texts, line
        texts.append(line)
    return texts, None


def _page_of(
    after: int, texts: list[str], done: bool, more: bool, version: int, read_at: float
) -> Page:
    starts = tuple(accumulate((len(text) + 1 for text in texts), initial=1))
    return Page(
        first=after + 1,
        last=after + len(texts),
        frame=f"[{','.join(texts)}]",
        starts=starts,
        done=done and not more,
        more=more,
        version=version,
        read_at=read_at,
    )


def _keep(key: tuple[UUID, int], page: Page) -> None:
    global _bytes
    old = _memo.pop(key, None)
    _bytes += len(page.frame) - (len(old.frame) if old else 0)
    _memo[key] = _alive[key] = page
    while _bytes > MEMO_BYTES and len(_memo) > 1:
        _bytes -= len(_memo.popitem(last=False)[1].frame)


def _read(run_id: UUID, after: int) -> Page:
    read_at = time.monotonic()
    version = wake.version(run_id)
    texts, more = _lines(run_id, after)
    status, last_seq = _status_of(run_id)
    # The rows were read before the status, so equality means that nothing came between.
    done = status in TERMINAL and after + len(texts) >= last_seq
    return _page_of(after, texts, done, more, version, read_at)


def _lines(run_id: UUID, after: int) -> tuple[list[str], bool]:
    """Read up to a page of events as JSON texts, and whether there are more.

    Raw SQL, because the ORM would parse every `data` only for us to write it again. SQLite hands
    out row by row, so reading ends with the page; PostgreSQL sends all rows of a response at once,
    so there the statement ends with the page. It knows the length of a text without reading it.
    """
    table = connection.ops.quote_name(Event._meta.db_table)
    sql = (
        f"SELECT seq, at, type, data FROM {table} WHERE run_id = %s AND seq > %s "
        f"ORDER BY seq LIMIT {PAGE_EVENTS + 1}"
    )
    if connection.vendor == "postgresql":
        sql = (
            "SELECT seq, at, type, data FROM (SELECT *, SUM(OCTET_LENGTH(data)) OVER "
            f"(ORDER BY seq ROWS UNBOUNDED PRECEDING) - OCTET_LENGTH(data) AS before "
            f"FROM ({sql}) AS rows) AS sized WHERE before <= {PAGE_BYTES} ORDER BY seq"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql, [Run._meta.pk.get_db_prep_value(run_id, connection), after])
        rest = (line(*row) for row in iter(cursor.fetchone, None))
        first = next(rest, None)
        if first is None:
            return [], False
        texts, left = _fill(first, rest)
        return texts, left is not None


def _status_of(run_id: UUID) -> tuple[str, int]:
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
