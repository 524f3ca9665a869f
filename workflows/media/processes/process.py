"""One media process as the server has it: how it is started and ended, and what the two say.

What it says is not trusted: it opens files that users send and may be compromised.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings

from workflows import errors
from workflows.errors import MediaCrashed
from workflows.errors.base import PatchbayError
from workflows.media.clips import FoundClip
from workflows.media.draft_file import Draft
from workflows.media.images import LIMITS
from workflows.media.processes import messages
from workflows.media.processes.messages import Closed, Described
from workflows.media.processes.pixels import PIXEL_BYTES, Encoded, Pixels

logger = logging.getLogger(__name__)

MAIN = "workflows.media.processes.main"
#: Address space besides what media may take: libraries, their code and their threads' stacks.
_OWN_BYTES = 1024**3
#: What a process needs of the server's environment: where its libraries and its words are.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")


class Process:
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
