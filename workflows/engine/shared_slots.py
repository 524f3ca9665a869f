"""Slots for calls of a provider, counted over all engines that share a database.

A slot is an advisory lock of PostgreSQL, held by one session that each engine opens for nothing
else: whatever ends the process frees its slots. The locks of a session do not exclude each other,
so an engine also remembers which it holds.

Slots are given in turn: who looks for a free one holds another lock, of which there is one for
each provider and which PostgreSQL gives to those who wait for it in their order. One session waits
for each engine, so that a long list at one of them does not keep the others from their first call.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg

from workflows.engine.limits import Slots, Threads
from workflows.engine.session_lock import open_session

logger = logging.getLogger(__name__)

#: Between two looks for a free slot, of the engine whose turn it is.
PAUSE_SECONDS = 0.03
#: Before another try when the database could not be reached.
AWAY_SECONDS = 0.5
#: How often a wait that is given up is looked after until it has ended.
CANCEL_SECONDS = 0.1
_LOCK = "SELECT pg_advisory_lock(%s)"
_TRY = "SELECT pg_try_advisory_lock(%s)"
_UNLOCK = "SELECT pg_advisory_unlock(%s)"


class SharedSlots(Slots):
    """Provider slots over all engines. Call `close` at the end."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._lock = threading.Lock()
        self._session = _Session(f"patchbay-slots {name}")
        self._held: set[int] = set()
        self._lines: dict[str, _Line] = {}

    def of(self, name: str, count: int, run_id: UUID) -> AbstractAsyncContextManager[None]:
        """Return what a run holds around submit and poll of the provider."""
        return self._slot(super().of(name, count, run_id), name, count)

    async def close(self) -> None:
        """Let go of everything."""
        for line in self._lines.values():
            line.end()
        await asyncio.to_thread(self._close)

    @asynccontextmanager
    async def _slot(
        self, here: AbstractAsyncContextManager[None], name: str, count: int
    ) -> AsyncIterator[None]:
        keys = [_key(name, at) for at in range(count)]
        if name not in self._lines:
            self._lines[name] = _Line(f"patchbay-waits {self._name}", _key(name, "turn"))
        # Those of this engine in turn first, so that only as many as may work here wait.
        async with here:
            taken: list[int] = []
            try:
                await self._take(self._lines[name], keys, taken)
                yield
            finally:
                await asyncio.shield(asyncio.to_thread(self._leave, taken))

    async def _take(self, line: _Line, keys: list[int], taken: list[int]) -> None:
        """Take a slot: at once where one is free and no one waits, else in turn."""
        async with line.here():
            await _finished(self._try_at_once, line.key, keys, taken)
            while not taken:
                try:
                    async with line.turn():
                        while not taken:
                            await _finished(self._try, keys, taken)
                            if not taken:
                                await asyncio.sleep(PAUSE_SECONDS)
                except psycopg.Error as error:
                    logger.warning("provider slots wait for the database: %s", error)
                    await asyncio.sleep(AWAY_SECONDS * random.uniform(0.5, 1.5))

    def _try_at_once(self, turn: int, keys: list[int], taken: list[int]) -> None:
        """Take a free slot, unless another one waits for one."""
        with self._lock, suppress(psycopg.Error):
            if self._session.execute(_TRY, turn):
                try:
                    self._take_free(keys, taken)
                finally:
                    self._session.unlock(turn)

    def _try(self, keys: list[int], taken: list[int]) -> None:
        with self._lock:
            self._take_free(keys, taken)

    def _take_free(self, keys: list[int], taken: list[int]) -> None:
        free = [key for key in keys if key not in self._held]
        random.shuffle(free)
        for key in free:
            if self._session.execute(_TRY, key):
                self._held.add(key)
                taken.append(key)
                return

    def _leave(self, taken: list[int]) -> None:
        with self._lock:
            for key in taken:
                self._held.discard(key)
                # Without its session it is gone; what is held here works to its end all the same.
                self._session.unlock(key)

    def _close(self) -> None:
        with self._lock:
            self._session.drop()


class _Session:
    """A session that is opened when it is needed, and given up when it fails."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: psycopg.Connection[Any] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may have locks."""
        return self._open is not None

    def execute(self, text: str, key: int) -> bool:
        """Do this with a lock, and return what comes of it. Raises psycopg's errors."""
        try:
            if self._open is None:
                self._open = open_session(self._name)
            row = self._open.execute(text, [key]).fetchone()
        except psycopg.Error:
            self.drop()
            raise
        return bool(row and row[0])

    def unlock(self, key: int) -> None:
        """Let go of a lock, which is gone with its session."""
        if self._open is not None:
            with suppress(psycopg.Error):
                self.execute(_UNLOCK, key)

    def cancel(self) -> None:
        """Give up what is being waited for. Callable from another thread."""
        session = self._open
        if session is not None:
            with suppress(psycopg.Error):
                session.cancel()

    def drop(self) -> None:
        """Close it."""
        session, self._open = self._open, None
        if session is not None:
            with suppress(psycopg.Error):
                session.close()


class _Line:
    """This engine among those that wait for slots of one provider. `name` is that of the session
    that waits for the turn, which is the lock `key`; it is there while one waits.
    """

    def __init__(self, name: str, key: int) -> None:
        self.key = key
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._threads: Threads | None = None
        self._session = _Session(name)

    @asynccontextmanager
    async def here(self) -> AsyncIterator[None]:
        """Wait for the others of this engine."""
        self._waiting += 1
        try:
            async with self._lock:
                try:
                    yield
                finally:
                    if self._waiting == 1 and self._session.is_open:
                        await asyncio.shield(asyncio.to_thread(self._session.drop))
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the other engines. Raises psycopg's errors."""
        self._threads = self._threads or Threads(1, "slots")
        waiting = asyncio.ensure_future(self._threads.run(self._session.execute, _LOCK, self.key))
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            while not waiting.done():
                await asyncio.to_thread(self._session.cancel)
                await asyncio.wait([waiting], timeout=CANCEL_SECONDS)
            waiting.exception()  # which is that of a wait given up
            await asyncio.to_thread(self._session.drop)
            raise
        try:
            yield
        finally:
            await asyncio.shield(asyncio.to_thread(self._session.unlock, self.key))

    def end(self) -> None:
        """Let the thread end."""
        if self._threads is not None:
            self._threads.close()


async def _finished(function: Callable[..., None], *arguments: object) -> None:
    """Call in a thread, to the end also when the caller is cancelled: what it took is let go."""
    call = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait([call])
        raise


def _key(name: str, at: int | str) -> int:
    digest = hashlib.sha256(f"provider:{name}:{at}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
