"""The hub: says that a run has more events. It carries no data; the journal is the stream.

Thread-safe: the journal notifies from its writer thread, watchers wait in any asyncio loop. Other
processes are notified by `broadcast.py`; who watches reads again from time to time, whatever is
lost. Who wants to know of the end alone is woken by that alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from workflows import broadcast

#: The topic of runs that have more events.
RUNS = "runs"
#: The queue among them: runs that come, begin, rest, move or end.
QUEUE = UUID(int=0)
#: Ends that are remembered for who comes to wait a moment too late.
MAX_RECENT = 256


@dataclass(slots=True)
class _Watched:
    """One watched run: its version and who waits, by event loop."""

    version: int
    watchers: int = 0
    waiting: dict[asyncio.AbstractEventLoop, set[asyncio.Future[None]]] = field(
        default_factory=dict
    )


_lock = threading.Lock()
#: Never repeats, so that a page read during an earlier watch cannot seem current.
_versions = count(1)
_watched: dict[UUID, _Watched] = {}
#: Runs that are about to be watched, the newest of them.
_expected: OrderedDict[UUID, bool] = OrderedDict()
#: Who waits for the end of a run, and runs whose end was not waited for.
_ends: dict[UUID, set[Future[None]]] = {}
_recent: OrderedDict[UUID, bool] = OrderedDict()


def notify(run_id: UUID, prepare: Callable[[int], None] | None = None) -> None:
    """Wake all who wait for news of the run. Callable from any thread.

    `prepare` gets the new version before others can see it; it must be quick.
    """
    if run_id not in _watched:
        return
    with _lock:
        watched = _watched.get(run_id)
        if watched is None:
            return
        watched.version = next(_versions)
        if prepare is not None:
            prepare(watched.version)
        waiting, watched.waiting = watched.waiting, {}
    for loop, futures in waiting.items():
        # A loop that has been closed has no watchers left to wake.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_release, futures)


def ended(run_id: UUID) -> None:
    """Wake everybody who waits for the end of the run. Callable from any thread."""
    if not _release_ends(run_id):
        with _lock:
            _recent[run_id] = True
            if len(_recent) > MAX_RECENT:
                _recent.popitem(last=False)


@contextmanager
def end_of(run_id: UUID) -> Iterator[Future[None]]:
    """Yield what is done when a run may have ended; who waits for it looks at the row then.

    Of a run that ended a moment ago, and whose end was not waited for, it is done already.
    """
    future: Future[None] = Future()
    with _lock:
        if _recent.pop(run_id, False):
            future.set_result(None)
        else:
            _ends.setdefault(run_id, set()).add(future)
    try:
        yield future
    finally:
        with _lock:
            waiting = _ends.get(run_id, set())
            waiting.discard(future)
            if not waiting:
                _ends.pop(run_id, None)


def _release_ends(run_id: UUID) -> bool:
    with _lock:
        futures = _ends.pop(run_id, None)
    for future in futures or ():
        if future.set_running_or_notify_cancel():
            future.set_result(None)
    return bool(futures)


def publish(*run_ids: UUID) -> None:
    """Wake all who wait for news of runs, in all processes; call it after the commit."""
    for run_id in run_ids:
        notify(run_id)
        _release_ends(run_id)
    broadcast.publish(RUNS, *map(str, run_ids))


def _hear(run_id: str | None) -> None:
    for each in [*_watched, *_ends] if run_id is None else [UUID(run_id)]:
        notify(each)
        _release_ends(each)


broadcast.subscribe(RUNS, _hear)


def version(run_id: UUID) -> int:
    """Name the state of the news: it changes with every notification. Read it before the rows.

    0 for a run that is not watched.
    """
    watched = _watched.get(run_id)
    return watched.version if watched else 0


def is_watched(run_id: UUID) -> bool:
    """Return whether the run is watched in this process."""
    return run_id in _watched


def expect(run_id: UUID) -> None:
    """Keep count of a new run's notifications for who will watch it soon.

    So that its first events, which may be its last, are there when the watcher comes.
    """
    with _lock:
        _watched.setdefault(run_id, _Watched(next(_versions)))
        _expected[run_id] = True
        if len(_expected) > MAX_RECENT:
            old, _ = _expected.popitem(last=False)
            if not _watched[old].watchers:
                del _watched[old]


@contextmanager
def watching(run_id: UUID) -> Iterator[None]:
    """Keep count of the run's notifications while inside."""
    with _lock:
        _expected.pop(run_id, None)
        watched = _watched.setdefault(run_id, _Watched(next(_versions)))
        watched.watchers += 1
    try:
        yield
    finally:
        with _lock:
            watched.watchers -= 1
            if not watched.watchers:
                del _watched[run_id]


async def news(run_id: UUID, seen: int, timeout_seconds: float) -> None:
    """Return once the run's version is not `seen` any more, at the latest after the time-out.

    Call it inside `watching(run_id)`.
    """
    loop = asyncio.get_running_loop()
    with _lock:
        watched = _watched[run_id]
        if watched.version != seen:
            return
        future = loop.create_future()
        watched.waiting.setdefault(loop, set()).add(future)
    timer = loop.call_later(timeout_seconds, _release, {future})
    try:
        await future
    finally:
        timer.cancel()
        with _lock:
            watched.waiting.get(loop, set()).discard(future)


def _release(futures: set[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
