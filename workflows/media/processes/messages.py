"""The messages between the server and a media process: one pickled value each.

Images, files and videos in it travel as descriptors. The process reads untrusted files, so it may
be compromised by now: what it sends is unpickled with nothing allowed but plain values and the few
classes listed here.
"""

from __future__ import annotations

import io
import os
import pickle
import socket
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from workflows.media.processes.pixels import Pixels

_HEAD = struct.Struct("!IH")  # bytes of the value, number of descriptors
#: The kernel takes at most 253 descriptors at once.
_AT_ONCE = 200
MOST_DESCRIPTORS = 1_000
#: What a process may return at most: the longest texts and lists, with room to spare.
MOST_BYTES = 64 * 1024 * 1024
#: Classes that a process may return: facts, made of plain values.
_RESULTS = {
    ("workflows.media.images", "Facts"),
    ("workflows.media.images", "Opened"),
    ("workflows.media.demux", "Facts"),
}


class Closed(Exception):
    """The other side has ended."""


def send(channel: socket.socket, value: Any, describe: Callable[[Any], Described | None]) -> None:
    """Send a value; `describe` turns what must travel as a descriptor into a `Described`."""
    body = io.BytesIO()
    pickler = _Pickler(body, describe)
    pickler.dump(value)
    text = body.getbuffer()
    descriptors = pickler.descriptors
    try:
        channel.sendall(_HEAD.pack(len(text), len(descriptors)))
        channel.sendall(text)
        for start in range(0, len(descriptors), _AT_ONCE):
            socket.send_fds(channel, [b"+"], descriptors[start : start + _AT_ONCE])
    except (BrokenPipeError, ConnectionError) as error:
        raise Closed from error


def receive(
    channel: socket.socket, restore: Callable[[tuple[Any, ...], int], Any], *, trusted: bool
) -> Any:
    """Wait for a value; `restore` makes something of a kind, its facts and a descriptor to keep.

    Raises Closed at the end, and ValueError for what must not be said.
    """
    size, count = _HEAD.unpack(_exactly(channel, _HEAD.size))
    if not trusted and (size > MOST_BYTES or count > MOST_DESCRIPTORS):
        raise ValueError("a message is too long")
    body = _exactly(channel, size)
    descriptors: list[int] = []
    try:
        while len(descriptors) < count:
            _, more, _, _ = socket.recv_fds(channel, 1, _AT_ONCE)
            if not more:
                raise Closed
            descriptors += more
        return _Unpickler(io.BytesIO(body), restore, descriptors, trusted).load()
    except (pickle.UnpicklingError, EOFError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"a message makes no sense: {error}") from error
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _exactly(channel: socket.socket, count: int) -> bytearray:
    body = bytearray(count)
    rest = memoryview(body)
    while rest:
        try:
            got = channel.recv_into(rest)
        except ConnectionError as error:
            raise Closed from error
        if not got:
            raise Closed
        rest = rest[got:]
    return body


class Described:
    """Something that travels as a descriptor, and the plain facts that go with it.

    `owner` closes the descriptor when it is gone itself.
    """

    def __init__(self, kind: str, descriptor: int, *facts: Any, owner: object = None) -> None:
        self.owner = owner
        self.kind = kind
        self.descriptor = descriptor
        self.facts = facts


class _Pickler(pickle.Pickler):
    def __init__(self, body: io.BytesIO, describe: Callable[[Any], Described | None]) -> None:
        super().__init__(body, pickle.HIGHEST_PROTOCOL)
        self._describe = describe
        self.descriptors: list[int] = []
        self._places: dict[int, int] = {}
        self._described: dict[int, Described] = {}

    def persistent_id(self, value: Any) -> Any:
        if isinstance(value, Fraction):
            return "ratio", value.numerator, value.denominator
        if isinstance(value, str | bytes | int | float | bool | list | dict | tuple | None):
            return None
        found = self._described.get(id(value)) or self._describe(value)
        if found is None:
            return None
        self._described[id(value)] = found  # until all is sent
        place = self._places.get(found.descriptor)
        if place is None:
            place = self._places[found.descriptor] = len(self.descriptors)
            self.descriptors.append(found.descriptor)
        return found.kind, place, *found.facts


class _Unpickler(pickle.Unpickler):
    def __init__(
        self,
        body: io.BytesIO,
        restore: Callable[[tuple[Any, ...], int], Any],
        descriptors: list[int],
        trusted: bool,
    ) -> None:
        super().__init__(body)
        self._restore = restore
        self._descriptors = descriptors
        self._trusted = trusted
        self._found: dict[Any, Any] = {}

    def persistent_load(self, name: Any) -> Any:
        kind, *facts = name
        if kind == "ratio":
            numerator, denominator = facts
            return Fraction(numerator, denominator)
        if name not in self._found:
            descriptor = os.dup(self._descriptors[facts[0]])
            self._found[name] = self._restore((kind, *facts[1:]), descriptor)
        return self._found[name]

    def find_class(self, module: str, name: str) -> Any:
        if self._trusted or (module, name) in _RESULTS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no result")


def pixels_of(value: Any) -> Described | None:
    """Describe pixels in shared memory; None for anything else."""
    if not isinstance(value, Pixels):
        return None
    return Described("pixels", value.descriptor, value.mode, value.size, owner=value)
