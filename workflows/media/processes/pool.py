"""The server's side of media processes: starts them at first use, hands out work, sees them die.

A lane is a number of processes for one kind of work, each with a thread here that speaks with it.
Work whose result is not needed any more is stopped by ending its process, which harms nothing else:
a process has one call at a time, and all it keeps between two is a model it would load again.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings

from workflows import errors
from workflows.errors import MediaCrashed, MediaTimeout, Unavailable
from workflows.errors.base import PatchbayError
from workflows.media.clips import FoundClip
from workflows.media.draft_file import Draft
from workflows.media.images import LIMITS
from workflows.media.processes import messages
from workflows.media.processes.messages import Closed, Described
from workflows.media.processes.pixels import PIXEL_BYTES, Encoded, Pixels

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")

MAIN = "workflows.media.processes.main"
#: A process that has had no work for so long ends.
IDLE_SECONDS = 60.0
#: How long a page waits for what is done for it: the facts of a file, a thumbnail.
PAGE_SECONDS = 30.0
#: Address space besides what media may take: libraries, their code and their threads' stacks.
_OWN_BYTES = 1024**3
#: What a process needs of the server's environment: where its libraries and its words are.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")


class Work(Generic[R]):
    """A call that waits for a process or has one; `future` has its result."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self.call = (function, args, kwargs)
        self.future: Future[R] = Future()
        self._lock = threading.Lock()
        self._process: _Process | None = None
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

    def run(self, process: _Process) -> None:
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

    def talk(self, process: _Process) -> Any:
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

    def talk(self, process: _Process) -> Any:
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
        process: _Process | None = None
        try:
            while (work := self._next()) is not None:
                try:
                    if process is not None and not process.alive:
                        process.end()
                        process = None
                    process = process or _Process(self._memory_bytes, self._threads_each)
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


class _Process:
    """One process, and the channel to it."""

    def __init__(self, memory_bytes: int | None, threads: int) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._channel = ours
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", MAIN, str(theirs.fileno()), *_limits(memory_bytes)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(threads),
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._killed = False

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        return not self._killed and self._child.poll() is None

    def kill(self) -> None:
        """End it at once."""
        self._killed = True
        self._child.kill()

    def end(self) -> None:
        """Hang up, upon which it ends by itself."""
        self._channel.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def send(self, value: Any) -> tuple[str, Any]:
        """Send a message and wait for the response: ("result" or "step", a value).

        Raises what the process has raised, and MediaCrashed when it has died of it.
        """
        try:
            messages.send(self._channel, value, describe)
            kind, *rest = messages.receive(self._channel, _restore, trusted=False)
            if kind in ("result", "step") and len(rest) == 1:
                return kind, rest[0]
        except Closed:
            self._channel.close()
            raise _death(self._child.wait()) from None
        except ValueError as error:
            # It breaks the protocol and may be compromised: it is not called again.
            self.kill()
            logger.exception("a media process said what it must not")
            raise MediaCrashed() from error
        raise _raised(kind, rest)


def describe(value: Any) -> Described | None:
    """Describe what a process gets as a descriptor: images, files and clips."""
    if isinstance(value, Draft):
        value.flush()
        return Described("draft", value.fileno(), value.limit)
    if isinstance(value, Encoded):
        return Described("encoded", value.file.fileno(), *value.facts)
    if isinstance(value, FoundClip):
        return Described("clip", value.file.fileno(), value.facts, value.limits, value.field)
    if isinstance(value, io.IOBase):
        return Described("file", value.fileno())
    return messages.pixels_of(value)


def _restore(facts: tuple[Any, ...], descriptor: int) -> Pixels:
    kind, *rest = facts
    if kind != "pixels" or len(rest) != 2:
        os.close(descriptor)
        raise ValueError(f"a process may not give {kind!r}")
    pixels = Pixels(descriptor, *rest)
    pixels.check()
    return pixels


def _raised(kind: str, facts: list[Any]) -> BaseException:
    """Return the error that a process has raised."""
    if kind == "error" and len(facts) == 3:
        name, message, context = facts
        found = getattr(errors, str(name), None)
        if isinstance(found, type) and issubclass(found, PatchbayError):
            with suppress(TypeError):
                return found(str(message), **context)
    if kind == "memory":
        return MemoryError()
    if kind == "fault" and len(facts) == 1:
        return RuntimeError(f"in a media process: {str(facts[0])[-4_000:]}")
    return MediaCrashed()


def _death(status: int) -> MediaCrashed:
    if status == -signal.SIGKILL:
        return MediaCrashed(
            "The process that worked on this was killed, most likely because the server had no "
            "memory left."
        )
    with suppress(ValueError):
        return MediaCrashed(
            f"The process that worked on this died of {signal.Signals(-status).name}."
        )
    return MediaCrashed()


def _limits(memory_bytes: int | None) -> list[str]:
    """Return the arguments of a process: its memory and files in bytes, and who its server is."""
    largest = LIMITS.pixels * max(PIXEL_BYTES.values())
    memory = int(memory_bytes or settings.LIMITS["media_memory_bytes"]) + _OWN_BYTES
    file = max(int(settings.LIMITS["upload_bytes"]), largest)
    return [str(memory), str(file), str(os.getpid())]


def _environment(threads: int) -> dict[str, str]:
    found = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    found["PYTHONPATH"] = os.pathsep.join(folder for folder in sys.path if folder)
    return {
        **found,
        # One thread each, as there are as many processes as cores; but few that run models.
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
        # An image of 12 megapixels is in 24 large pages instead of 12,000, a fifth of its work.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }
