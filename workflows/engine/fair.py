"""Lets a few in at once; of those who wait, one of each run after another.

In the order in which they came a list of a thousand items would keep all other runs waiting.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class FairSemaphore:
    """A semaphore whose waiting groups (runs) are served round-robin, each in its own order."""

    def __init__(self, count: int) -> None:
        self._free = count
        #: Those who wait, by group; the group that is first is served next and goes to the end.
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def hold(self, group: Hashable) -> AsyncIterator[None]:
        """Hold one of the places."""
        await self._enter(group)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, group: Hashable) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self._leave()  # it came at the same moment
            raise

    def _leave(self) -> None:
        self._free += 1
        while self._free and self._waiting:
            group = next(iter(self._waiting))
            line = self._waiting.pop(group)
            place = line.popleft()
            if line:
                self._waiting[group] = line
            if not place.done():
                self._free -= 1
                place.set_result(None)
