"""The hub: says that a run has more events. It carries no data; the journal is the stream.

Thread-safe: the journal notifies from its writer thread, watchers wait in any asyncio loop. Other
processes are told by `broadcast.py`; who watches reads again from time to time, whatever is lost.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from workflows import broadcast

#: The topic of runs that have more events.
RUNS = "runs"


@dataclass(slots=True)
class _Watched:
    """One run somebody watches: its version and who waits, by event loop."""

    version: int
    watchers: int = 0
    waiting: dict[asyncio.AbstractEventLoop, set[asyncio.Future[None]]] = field(
        default_factory=dict
    )


_lock = threading.Lock()
#: Never repeats, so that a page read during an earlier watch cannot look current.
_versions = count(1)
_watched: dict[UUID, _Watched] = {}


def notify(run_id: UUID, prepare: Callable[[int], None] | None = None) -> None:
    """Wake everybody who waits for news of the run. Callable from any thread.

    `prepare` gets the new version before anybody can see it; it must be quick.
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


def tell(*run_ids: UUID) -> None:
    """Wake everybody who waits for news of runs, in all processes; call it after the commit."""
    for run_id in run_ids:
        notify(run_id)
    broadcast.publish(RUNS, *map(str, run_ids))


def _hear(run_id: str | None) -> None:
    for each in list(_watched) if run_id is None else [UUID(run_id)]:
        notify(each)


broadcast.subscribe(RUNS, _hear)


def version(run_id: UUID) -> int:
    """Name the state of the news: it changes with every notification. Read it before the rows.

    0 for a run that nobody watches.
    """
    watched = _watched.get(run_id)
    return watched.version if watched else 0


def is_watched(run_id: UUID) -> bool:
    """Return whether anybody watches the run in this process."""
    return run_id in _watched


@contextmanager
def watching(run_id: UUID) -> Iterator[None]:
    """Keep count of the run's notifications while inside."""
    with _lock:
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
