"""How much happens at once: threads for blocking work and slots for calls of one provider."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from queue import SimpleQueue
from typing import Any, BinaryIO, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings

from workflows.engine.fair import FairSemaphore
from workflows.log_facts import with_log_facts

P = ParamSpec("P")
R = TypeVar("R")


class Threads:
    """A fixed number of threads, named after what they are for: `cpu` is image work.

    Daemons, unlike those of `ThreadPoolExecutor`: work that cannot be interrupted must not keep a
    stopping process alive. Its result is dropped then, and computed again by the next one.
    """

    def __init__(self, count: int, purpose: str = "cpu") -> None:
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._count = count
        for number in range(count):
            name = f"patchbay-{purpose}-{number}"
            threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Await the function's result; cancelling drops it, or takes it out of the queue."""
        return await asyncio.wrap_future(self.begin(function, *args, **kwargs))

    async def open(self, opener: Callable[[], BinaryIO]) -> BinaryIO:
        """Await an opened file; one that comes after its caller was cancelled is closed."""
        opening = self.begin(opener)
        try:
            return await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close)
            raise

    def begin(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Queue a call; its future is done when no thread works on it any more."""
        future: Future[R] = Future()
        call = with_log_facts(function)
        self._waiting.put((future, lambda: call(*args, **kwargs)))
        return future

    def close(self) -> None:
        """Let the threads end after what they are doing."""
        for _ in range(self._count):
            self._waiting.put(None)

    def _work(self) -> None:
        while (entry := self._waiting.get()) is not None:
            future, call = entry
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:  # passed on to the caller that awaits it
                future.set_exception(error)
            del entry, future, call


def _close(opening: Future[BinaryIO]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


#: Calls of a provider of models at once where PROVIDER_CALLS says nothing.
MODEL_CALLS = 16


def slots_of(provider: str, usual: int = MODEL_CALLS) -> int:
    """Return how many calls of a provider may be under way at once."""
    return max(1, int(settings.PROVIDER_CALLS.get(provider, usual)))


class Slots:
    """One semaphore per provider, so that its limit holds over all runs of this process."""

    def __init__(self) -> None:
        self._slots: dict[str, FairSemaphore] = {}

    def of(self, name: str, count: int, run_id: UUID) -> AbstractAsyncContextManager[None]:
        """Return what a run holds around submit and poll of the provider."""
        return self._slots.setdefault(name, FairSemaphore(count)).hold(run_id)

    async def close(self) -> None:
        """Let go of everything."""
