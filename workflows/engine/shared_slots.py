"""Slots for calls of a provider, counted over all engines that share a database.

A slot is an advisory lock of PostgreSQL, held by one session that each engine opens for nothing
else: whatever ends the process frees its slots. The locks of a session do not exclude each other,
so an engine also remembers which it holds. Who finds none free tries again soon, and not in turn.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import psycopg

from workflows.engine.limits import Slots
from workflows.engine.session_lock import open_session

logger = logging.getLogger(__name__)

#: Between two tries for a slot.
PAUSE_SECONDS = (0.05, 0.15)


class SharedSlots(Slots):
    """Provider slots over all engines. Call `close` at the end."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._lock = threading.Lock()
        self._session: psycopg.Connection[Any] | None = None
        self._held: set[int] = set()

    def of(self, name: str, count: int) -> AbstractAsyncContextManager[None]:
        """Return what to hold around submit and poll of the provider."""
        return self._slot(super().of(name, count), [_key(name, at) for at in range(count)])

    async def close(self) -> None:
        """Let go of everything."""
        await asyncio.to_thread(self._close)

    @asynccontextmanager
    async def _slot(
        self, here: AbstractAsyncContextManager[None], keys: list[int]
    ) -> AsyncIterator[None]:
        # Those of this engine in turn first, so that only as many as may work here try.
        async with here:
            taken: list[int] = []
            try:
                while not taken:
                    trying = asyncio.ensure_future(asyncio.to_thread(self._try, keys, taken))
                    try:
                        await asyncio.shield(trying)
                    except asyncio.CancelledError:
                        # A lock that comes now is let go below.
                        await asyncio.wait([trying])
                        raise
                    if not taken:
                        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
                yield
            finally:
                await asyncio.shield(asyncio.to_thread(self._leave, taken))

    def _try(self, keys: list[int], taken: list[int]) -> None:
        with self._lock:
            free = [key for key in keys if key not in self._held]
            random.shuffle(free)
            try:
                if self._session is None:
                    self._session = open_session(f"patchbay-slots {self._name}")
                for key in free:
                    query = "SELECT pg_try_advisory_lock(%s)"
                    row = self._session.execute(query, [key]).fetchone()
                    if row and row[0]:
                        self._held.add(key)
                        taken.append(key)
                        return
            except psycopg.Error as error:
                logger.warning("provider slots wait for the database: %s", error)
                self._drop()

    def _leave(self, taken: list[int]) -> None:
        with self._lock:
            for key in taken:
                self._held.discard(key)
                if self._session is None:
                    continue
                try:
                    self._session.execute("SELECT pg_advisory_unlock(%s)", [key])
                except psycopg.Error:
                    # All its locks are gone with it; what is held here works to its end without.
                    self._drop()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(psycopg.Error):
                session.close()

    def _close(self) -> None:
        with self._lock:
            self._drop()


def _key(name: str, at: int) -> int:
    digest = hashlib.sha256(f"provider:{name}:{at}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
