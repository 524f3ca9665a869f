"""How the engine's threads use the database: a connection each, and patience when one is lost.

Nothing here knows a table. Coroutines never touch the database themselves; they call `read`.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

from workflows.log_facts import with_log_facts

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)

#: What a lost connection, a restarting server or a locked file looks like.
LOST = (OperationalError, InterfaceError)
READERS = 2
#: How long a run waits for a database that is away before it fails.
READ_PATIENCE_SECONDS = 3600.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None
#: Set while the readers end, which then wait for no database.
_closing = threading.Event()


def pause_seconds(failures: int) -> float:
    """Return how long to wait after so many failures in a row."""
    full = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS)
    return full * (0.5 + 0.5 * random.random())


def drop_connection() -> None:
    """Close this thread's connection; the next query opens a new one."""
    try:
        connection.close()
    except LOST:
        connection.connection = None


def with_retry(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function that may be repeated until the database answers; for worker threads.

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


def start(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
    """Run a repeatable function in a thread that keeps its connection."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(READERS, thread_name_prefix="patchbay-reader")
        call = with_log_facts(function)
        return _pool.submit(with_retry, call, *args, **kwargs)


async def read(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Await a repeatable function that uses the database."""
    return await asyncio.wrap_future(start(function, *args, **kwargs))


def close() -> None:
    """End the reader threads and their connections; the next read starts new ones."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is None:
        return
    _closing.set()
    barrier = threading.Barrier(READERS)

    def leave() -> None:
        drop_connection()
        # Each thread takes exactly one of these, because none goes on before all have arrived.
        barrier.wait(10)

    for future in [pool.submit(leave) for _ in range(READERS)]:
        future.result(20)
    pool.shutdown()
    _closing.clear()
