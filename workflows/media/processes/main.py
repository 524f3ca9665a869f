"""A media process: executes the server's calls, one after another, until the server is gone.

It gets files as open descriptors, knows no database, no settings and no secrets, has no network,
and may take so much memory. Whatever goes wrong in it is reported, or seen by its end.
"""

from __future__ import annotations

import ctypes
import inspect
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Generator
from contextlib import suppress
from functools import partial
from typing import Any

from workflows.errors.base import PatchbayError
from workflows.media.draft_file import Draft, reader
from workflows.media.processes import messages
from workflows.media.processes.messages import Closed, Described
from workflows.media.processes.pixels import Pixels, share, view

#: Linux's numbers: die with the server's thread; names of one's own for users and the network.
_PARENT_DEATH = 1
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def main(channel: socket.socket) -> None:
    """Serve calls until the server hangs up."""
    with suppress(Closed):
        while True:
            # In a function of its own: what a call has used is gone when the next is waited for.
            _serve(channel)


def _serve(channel: socket.socket) -> None:
    """Respond to one call: with its result, or with one value after another on request."""
    drafts: list[Draft] = []
    try:
        function, args, kwargs = messages.receive(
            channel, partial(_restore, drafts=drafts), trusted=True
        )
        result = function(*args, **kwargs)
        if inspect.isgenerator(result):
            result = _converse(channel, result)
        for draft in drafts:
            draft.flush()
        messages.send(channel, ("result", result), _describe)
    except Closed:
        raise
    except BaseException as error:
        messages.send(channel, _failed(error), _describe)


def _converse(channel: socket.socket, steps: Generator[Any, Any, Any]) -> Any:
    """Send what a generator yields, and into it what the server says then; return its result."""
    said: Any = None
    while True:
        try:
            value = steps.send(said)
        except StopIteration as end:
            return end.value
        messages.send(channel, ("step", value), _describe)
        del value  # what is large is gone before the next is made
        said = messages.receive(channel, _restore, trusted=True)


def _failed(error: BaseException) -> tuple[Any, ...]:
    if isinstance(error, PatchbayError):
        return "error", type(error).__name__, error.message, error.context
    if isinstance(error, MemoryError):
        return ("memory",)
    return "fault", "".join(traceback.format_exception(error))


def _describe(value: Any) -> Described | None:
    image = sys.modules.get("PIL.Image")
    if image is not None and isinstance(value, image.Image):
        return messages.pixels_of(share(value))
    return None


def _restore(facts: tuple[Any, ...], descriptor: int, drafts: list[Draft] | None = None) -> Any:
    """Make of a descriptor what it represents; what is written to is added to `drafts`."""
    kind, *rest = facts
    if kind == "pixels":
        mode, size = rest
        return view(Pixels(descriptor, mode, size))
    if kind == "draft":
        draft = Draft(descriptor, *rest)
        draft.seek(0)
        if drafts is not None:
            drafts.append(draft)
        return draft
    if kind == "encoded":
        from workflows.media import images

        limits, mode, field, step = rest
        try:
            return images.decode(reader(descriptor), limits, mode)
        except PatchbayError as error:
            error.context.setdefault("field", field)
            if step:
                error.context.setdefault("step", step)
            raise
    if kind == "file":
        return reader(descriptor)
    if kind == "clip":
        from workflows.media.clips import Clip
        from workflows.media.demux import Source

        found, limits, field = rest
        return Clip(Source(reader(descriptor), limits, field), found, limits)
    raise ValueError(f"there is no {kind}")


def _harden(memory_bytes: int, file_bytes: int) -> None:
    """Give up what this process does not need: see the first lines of this file."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
    # Where the system does not allow it, everything else still holds.
    with suppress(AttributeError):
        libc.unshare(_NEW_USER | _NEW_NETWORK)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    number, memory_bytes, file_bytes, server = map(int, sys.argv[1:])
    _harden(memory_bytes, file_bytes)
    if os.getppid() == server:  # else it died before the kernel was set to signal it
        main(socket.socket(fileno=number))
