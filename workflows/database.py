"""How coroutines use the database by threads: a connection each, and patience when one is lost.

Nothing here knows a table. Coroutines never touch the database themselves: they call `read`, those
of sockets `call`.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.transaction import atomic

from workflows.log_facts import with_log_facts

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)

#: What a lost connection, a restarting server or a locked file looks like.
LOST = (OperationalError, InterfaceError)
READERS = 2
#: Calls of sockets at once; one that waits for the database keeps no other socket from it.
CALLERS = 8
#: How long a run waits for a database that is away before it fails.
READ_PATIENCE_SECONDS = 3600.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0

#: Set while the readers end, which then wait for no database.
_closing = threading.Event()


def pause_seconds(failures: int) -> float:
    """Return how long to wait after so many failures in a row."""
    full = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS)
    return full * (0.5 + 0.5 * random.random())


@contextmanager
def transaction(*, synced: bool = True) -> Iterator[None]:
    """Make one transaction of what is done inside.

    One that is not `synced` is on disk with the next one that is: a crash of the process takes
    nothing back, a loss of power may. For what no response reports before a later one.
    """
    if synced or connection.in_atomic_block:
        with atomic():
            yield
    elif connection.vendor == "postgresql":
        with atomic():
            _execute("SET LOCAL synchronous_commit TO off")
            yield
    else:
        _execute("PRAGMA synchronous=NORMAL")
        try:
            with atomic():
                yield
        finally:
            _execute("PRAGMA synchronous=FULL")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop_connection() -> None:
    """Close this thread's connection; the next query opens a new one."""
    try:
        connection.close()
    except LOST:
        connection.connection = None


def with_retry(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function that may be repeated until the database responds; for worker threads.

    Raises what the last try raised when the database stays away, or the process stops.
    """
    deadline, failures = time.monotonic() + READ_PATIENCE_SECONDS, 0
    while True:
        try:
            return function(*args, **kwargs)
        except LOST as error:
            drop_connection()
            if time.monotonic() > deadline or _is_wrong(error):
                raise
            failures += 1
            logger.warning("database did not respond (%s); try %d", error, failures)
            if _closing.wait(pause_seconds(failures)):
                raise


def _is_wrong(error: Exception) -> bool:
    """Return whether it is the query that SQLite does not understand; that gets no better."""
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


class _Threads:
    """Threads that keep a connection each, from the first call until they are closed."""

    def __init__(self, count: int, name: str) -> None:
        self._count, self._name = count, name
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, call: Callable[..., R], *args: Any, **kwargs: Any) -> Future[R]:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._count, thread_name_prefix=self._name)
            return self._pool.submit(with_log_facts(call), *args, **kwargs)

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        barrier = threading.Barrier(self._count)

        def leave() -> None:
            drop_connection()
            # Each thread takes exactly one of these, because none goes on before all have arrived.
            barrier.wait(10)

        for future in [pool.submit(leave) for _ in range(self._count)]:
            future.result(20)
        pool.shutdown()


_readers = _Threads(READERS, "patchbay-reader")
_callers = _Threads(CALLERS, "patchbay-caller")


def start(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
    """Run a repeatable function in a thread that keeps its connection."""
    return _readers.submit(with_retry, function, *args, **kwargs)


async def read(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Await a repeatable function that uses the database."""
    return await asyncio.wrap_future(start(function, *args, **kwargs))


async def call(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Await one call of a function that uses the database, for a socket."""
    return await asyncio.wrap_future(_callers.submit(_tidily, function, *args, **kwargs))


def _tidily(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    # A connection that was lost meanwhile is opened again, as at the start of a request.
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()


def close() -> None:
    """End the threads and their connections; the next call starts new ones."""
    _closing.set()
    _readers.close()
    _callers.close()
    _closing.clear()
