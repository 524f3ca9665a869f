"""How much memory media may take: one budget of bytes for the whole process.

Code that is about to hold decoded media requests the bytes first, and waits for them in turn. Works
for coroutines and threads alike. Why it neither starves nor locks up: docs/decisions/011.
"""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections import OrderedDict, deque
from collections.abc import Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from functools import cache
from types import TracebackType

from workflows.errors import MediaBusy, MediaTooLarge
from workflows.media.processes.pixels import Pixels

MB = 1024 * 1024
_MMAP_THRESHOLD = -3  # glibc's number of the size from which a block is mapped by itself
#: How long a request of a page waits for memory; runs wait as long as it takes.
WAIT_SECONDS = 20.0
#: Each image in the cache is an open descriptor.
_MOST_CACHED = 64
#: And so is each that a run will read.
_MOST_AWAITED = 128


@cache
def budget() -> Budget:
    """Return the budget of this process: the setting MEDIA_MEMORY_MB decides."""
    from django.conf import settings

    _give_freed_memory_back()
    return Budget(int(settings.LIMITS["media_memory_bytes"]), image_cache())


@cache
def image_cache() -> ImageCache:
    """Return the decoded images that this process keeps as long as their memory is not needed."""
    return ImageCache()


def _give_freed_memory_back() -> None:
    """Let glibc return large blocks as soon as they are freed; others do so by themselves.

    Once one of them was freed, it would keep up to 32 MB at a time in every thread's heap: hundreds
    of megabytes after a few large images.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 4 * MB)


class Budget:
    """Bytes to be held; `used` is how many are.

    Groups (runs) that wait have their turns one after another. One group gets at most two thirds
    of all beyond its first holding, so that a run with many images leaves room for others. Cached
    images are dropped when memory is needed.
    """

    def __init__(self, size: int, cache: ImageCache | None = None) -> None:
        self.size = size
        self.used = 0
        self._cache = cache or ImageCache()
        self._lock = threading.Lock()
        #: Those that hold something, the oldest first.
        self._holders: dict[Holding, None] = {}
        self._growing: dict[Holding, _Request] = {}
        self._waiting: dict[Hashable, deque[_Request]] = {}

    def holding(self, group: Hashable) -> Holding:
        """Return a holding of nothing yet, for one piece of work."""
        return Holding(self, group)

    def request(self, holding: Holding, total: int) -> Future[None] | None:
        """Raise a holding to `total` bytes: None when it has them now, else what to wait for.

        Raises MediaTooLarge when that many can never be had.
        """
        if total > self.size:
            raise MediaTooLarge(value=total, expected=f"at most {self.size // MB} MB")
        with self._lock:
            if total <= holding.bytes:
                return None
            request = _Request(holding, total)
            if holding in self._holders:
                self._growing[holding] = request
            else:
                self._waiting.setdefault(holding.group, deque()).append(request)
            self._grant()
            return None if request.future.done() else request.future

    def release(self, holding: Holding) -> None:
        """Take everything back from a holding."""
        with self._lock:
            self.used -= holding.bytes
            holding.bytes = 0
            self._holders.pop(holding, None)
            self._growing.pop(holding, None)
            self._grant()

    def grant_again(self) -> None:
        """Let others have the turn of one that waits no longer."""
        with self._lock:
            self._grant()

    def _grant(self) -> None:
        """Give what can be given, in order: no request passes one that has to wait."""
        oldest = next(iter(self._holders), None)
        for holding in [holder for holder in self._holders if holder in self._growing]:
            request = self._growing[holding]
            # The oldest never waits: it is the one whose end makes room for all others. Nor does
            # one that has a process, for which the oldest may wait.
            waits = holding is not oldest and not holding.in_process
            if waits and not self._fits(self._missing(request)):
                return
            del self._growing[holding]
            self._give(request)
        passed: list[Hashable] = []
        while turns := [group for group in self._waiting if group not in passed]:
            group = turns[0]
            requests = self._waiting[group]
            while requests and requests[0].future.cancelled():
                requests.popleft()
            if not requests:
                del self._waiting[group]
                continue
            total = requests[0].total
            mine = sum(holder.bytes for holder in self._holders if holder.group == group)
            if mine and mine + total > self.size * 2 // 3:
                passed.append(group)
                continue
            if not self._fits(total):
                return
            del self._waiting[group]
            if len(requests) > 1:
                self._waiting[group] = requests
            self._give(requests.popleft())

    def _fits(self, count: int) -> bool:
        return count <= self.size - self.used

    def keep(self, name: Hashable, pixels: Pixels) -> None:
        """Cache a decoded image, as far as there is room."""
        with self._lock:
            self._cache.put(name, pixels, self.size - self.used)

    def keep_for(self, run: Hashable, name: Hashable, pixels: Pixels) -> bool:
        """Cache one that a run will read; False when a third of all is taken by such images.

        They are dropped when memory is needed, but not before all others.
        """
        with self._lock:
            return self._cache.put_for(run, name, pixels, self.size // 3, self.size - self.used)

    def _give(self, request: _Request) -> None:
        if not request.future.set_running_or_notify_cancel():
            return
        self.used += self._missing(request)
        self._cache.shrink(self.size - self.used)
        request.holding.bytes = request.total
        self._holders[request.holding] = None
        request.future.set_result(None)

    @staticmethod
    def _missing(request: _Request) -> int:
        return request.total - request.holding.bytes


class ImageCache:
    """Decoded images by name, those that were read last; only as many as there is room for.

    Those that a run will read go last.
    """

    def __init__(self) -> None:
        self._pixels: OrderedDict[Hashable, Pixels] = OrderedDict()
        #: The runs that will read some of them.
        self._awaited: dict[Hashable, Hashable] = {}
        self._awaited_bytes = 0
        self._lock = threading.Lock()
        self.bytes = 0

    def get(self, name: Hashable) -> Pixels | None:
        """Return an image that is still there."""
        with self._lock:
            found = self._pixels.get(name)
            if found is not None:
                self._pixels.move_to_end(name)
            return found

    def put(self, name: Hashable, pixels: Pixels, room: int) -> None:
        """Add an image; the oldest go until all take at most `room` bytes."""
        with self._lock:
            self._put(name, pixels)
            self._shrink(room)

    def put_for(self, run: Hashable, name: Hashable, pixels: Pixels, most: int, room: int) -> bool:
        """Add one that a run will read; False when all such would take more than `most`."""
        with self._lock:
            if name not in self._awaited:
                if self._awaited_bytes + pixels.bytes > most or len(self._awaited) >= _MOST_AWAITED:
                    return False
                self._awaited_bytes += pixels.bytes
            self._awaited[name] = run
            self._put(name, pixels)
            self._shrink(room)
            return True

    def taken(self, name: Hashable) -> None:
        """Note that no run will read an image any more."""
        with self._lock:
            self._let(name)

    def end(self, run: Hashable) -> None:
        """Note that a run will read no image any more."""
        with self._lock:
            for name in [name for name, by in self._awaited.items() if by == run]:
                self._let(name)

    def shrink(self, room: int) -> None:
        """Let the oldest go until the others take at most `room` bytes."""
        with self._lock:
            self._shrink(room)

    def _put(self, name: Hashable, pixels: Pixels) -> None:
        if name not in self._pixels:
            self._pixels[name] = pixels
            self.bytes += pixels.bytes

    def _let(self, name: Hashable) -> None:
        if self._awaited.pop(name, None) is not None:
            self._awaited_bytes -= self._pixels[name].bytes

    def _shrink(self, room: int) -> None:
        if self.bytes <= room and len(self._pixels) - len(self._awaited) <= _MOST_CACHED:
            return
        loose = [name for name in self._pixels if name not in self._awaited]
        spare = len(loose) - _MOST_CACHED
        for number, name in enumerate([*loose, *self._awaited]):
            if self.bytes <= room and number >= spare:
                return
            self._let(name)
            self.bytes -= self._pixels.pop(name).bytes


class Holding:
    """What one piece of work holds. `close` gives it back once nothing uses it any more."""

    def __init__(self, budget: Budget, group: Hashable) -> None:
        self.budget = budget
        self.group = group
        self.bytes = 0
        #: Whether its work has begun in a process, which does nothing else until its end.
        self.in_process = False
        self._users = 1
        self._lock = threading.Lock()

    async def have(self, total: int) -> None:
        """Wait until `total` bytes in all are held. Raises MediaTooLarge."""
        future = self.budget.request(self, total)
        if future is None:
            return
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.cancel()
            self.budget.grant_again()
            raise

    def have_soon(self, total: int, seconds: float = WAIT_SECONDS) -> None:
        """Do the same in a thread. Raises MediaBusy after a while."""
        future = self.budget.request(self, total)
        if future is None:
            return
        try:
            future.result(seconds)
        except FutureTimeout as error:
            if not future.cancel():
                return
            self.budget.grant_again()
            raise MediaBusy() from error

    def share(self) -> None:
        """Count one more that uses what is held, such as a thread that cannot be interrupted."""
        with self._lock:
            self._users += 1

    def close(self, *done: object) -> None:
        """Count one less; the last one gives everything back."""
        with self._lock:
            self._users -= 1
            if self._users:
                return
        self.budget.release(self)

    def __enter__(self) -> Holding:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Request:
    """A holding that is to be raised to `total` bytes."""

    def __init__(self, holding: Holding, total: int) -> None:
        self.holding = holding
        self.total = total
        self.future: Future[None] = Future()
