"""The server's side of media processes: starts them at first use, hands out work, sees them die.

A lane is a number of processes for one kind of work, each with a thread here that speaks with it.
Work whose result is not needed any more is stopped by ending its process, which harms nothing else:
a process has one call at a time, and all it keeps between two is a model it would load again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import Any, Generic, ParamSpec, TypeVar

from workflows import errors
from workflows.errors import MediaTimeout, Unavailable
from workflows.media.processes.process import Process

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")

#: A process that has had no work for so long ends.
IDLE_SECONDS = 60.0
#: How long a page waits for what is done for it: the facts of a file, a thumbnail.
PAGE_SECONDS = 30.0


class Work(Generic[R]):
    """A call that waits for a process or has one; `future` has its result."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self.call = (function, args, kwargs)
        self.future: Future[R] = Future()
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._stopped = False

    def stop(self) -> None:
        """Give the call up: take it out of the queue, or end its process; done when that is."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()
        self.future.cancel()

    async def result(self) -> R:
        """Wait for the result; who is cancelled meanwhile gives the call up."""
        try:
            return await asyncio.wrap_future(self.future)
        except asyncio.CancelledError:
            self.stop()
            raise

    def run(self, process: Process) -> None:
        """Have a process do it, in its thread."""
        with self._lock:
            if self._stopped or not self.future.set_running_or_notify_cancel():
                return
            self._process = process
        try:
            result = self.talk(process)
        except BaseException as error:
            self._settle(CancelledError() if self._stopped else error)
        else:
            self._settle(None, result)

    def talk(self, process: Process) -> Any:
        """Say what is to be said to the process, and return the result."""
        call, self.call = self.call, None  # type: ignore[assignment]  # it is gone when it is said
        kind, value = process.send(call)
        if kind != "result":
            raise TypeError("a generator function is called by `begin_steps`")
        return value

    def _is_over(self) -> None:
        """Leave the process alone from now on: the receiver of the result may stop at once."""
        with self._lock:
            self._process = None

    def _settle(self, error: BaseException | None, result: Any = None) -> None:
        self._is_over()
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Steps(Work[None], Generic[Y]):
    """A generator that runs in a process: `step` has it go on to what it yields next."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
        super().__init__(function, args, kwargs)
        self._said: SimpleQueue[tuple[Any, Future[tuple[bool, Any]]] | None] = SimpleQueue()

    def step(self, said: Any = None) -> Future[tuple[bool, Any]]:
        """Return (True, the next value) or (False, the result); `said` goes into the generator."""
        result: Future[tuple[bool, Any]] = Future()
        self._said.put((said, result))
        return result

    async def values(self) -> AsyncGenerator[Y, Any]:
        """Yield what it yields, and send into it what is sent here; left early, it is given up."""
        said: Any = None
        try:
            while True:
                more, value = await asyncio.wrap_future(self.step(said))
                if not more:
                    return
                said = yield value
                del value
        finally:
            self.stop()

    def stop(self) -> None:
        """Give it up."""
        super().stop()
        self._said.put(None)

    def talk(self, process: Process) -> Any:
        """Pass on what is said, and what comes back, until the generator ends."""
        begun = False
        while (entry := self._said.get()) is not None:
            said, result = entry
            del entry
            if not result.set_running_or_notify_cancel():
                break
            try:
                if not begun:
                    said, self.call, begun = self.call, None, True  # type: ignore[assignment]
                kind, value = process.send(said)
                del said
            except BaseException as error:
                self._is_over()
                result.set_exception(CancelledError() if self._stopped else error)
                raise
            if kind != "step":
                self._is_over()
            result.set_result((kind == "step", value))
            if kind != "step":
                return value
            del value
        process.kill()
        raise CancelledError


class Lane:
    """At most `count` processes; work waits in order for one of them.

    `memory_bytes` are what each may take besides its libraries, by default as much as all media;
    `threads` is how many its libraries may use.
    """

    def __init__(
        self, name: str, count: int, *, memory_bytes: int | None = None, threads: int = 1
    ) -> None:
        self._name = name
        self._count = count
        self._memory_bytes = memory_bytes
        self._threads_each = threads
        self._waiting: deque[Work[Any]] = deque()
        self._changed = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._closed = False

    def begin(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Work[R]:
        """Have a module-level function called in a process."""
        work: Work[R] = Work(function, args, kwargs)
        self._add(work)
        return work

    def begin_steps(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> Steps[Y]:
        """Have a module-level generator function run in a process, step by step."""
        steps: Steps[Y] = Steps(function, args, kwargs)
        self._add(steps)
        return steps

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do the same and wait for it, as pages do: not for long.

        Raises what the function raises, MediaTimeout and MediaCrashed.
        """
        work = self.begin(function, *args, **kwargs)
        try:
            return work.future.result(PAGE_SECONDS)
        except TimeoutError as error:
            work.stop()
            raise MediaTimeout(expected=f"at most {PAGE_SECONDS:g} s") from error

    def close(self) -> None:
        """End the processes that have no work, and the others after it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _add(self, work: Work[Any]) -> None:
        function = work.call[0]
        if getattr(function, "__qualname__", "<locals>").endswith(("<lambda>", "<locals>")) or (
            "<locals>" in function.__qualname__
        ):
            raise TypeError(
                f"{function!r} cannot be called in a media process: it must be a function of a "
                "module, which a process can import"
            )
        with self._changed:
            self._closed = False
            self._waiting.append(work)
            if self._idle >= len(self._waiting):
                self._changed.notify()
            elif self._threads < self._count:
                self._threads += 1
                name = f"patchbay-media-{self._name}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()

    def _serve(self) -> None:
        process: Process | None = None
        try:
            while (work := self._next()) is not None:
                try:
                    if process is not None and not process.alive:
                        process.end()
                        process = None
                    process = process or Process(self._memory_bytes, self._threads_each)
                except BaseException as error:  # no memory or no process left for another one
                    logger.exception("no media process can be started")
                    if work.future.set_running_or_notify_cancel():
                        trouble = errors.trouble(error) or Unavailable()
                        work.future.set_exception(trouble)
                    continue
                work.run(process)
                del work
        finally:
            if process is not None:
                process.end()

    def _next(self) -> Work[Any] | None:
        """Wait for work; None when there was none for a while, and this thread is to end."""
        until = time.monotonic() + IDLE_SECONDS
        with self._changed:
            self._idle += 1
            try:
                while not self._waiting:
                    left = until - time.monotonic()
                    if left <= 0 or self._closed:
                        self._threads -= 1
                        return None
                    self._changed.wait(left)
                return self._waiting.popleft()
            finally:
                self._idle -= 1
