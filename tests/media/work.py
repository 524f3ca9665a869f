"""Functions for media processes to do in tests: good ones, and such as hostile files may bring."""

from __future__ import annotations

import io
import os
import pickle
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any

from workflows.errors import NodeError


def double(value: Any) -> Any:
    return value, value


def say_pid() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def fail(field: str) -> None:
    raise NodeError("This is no color.", field=field, value="x", expected="a color")


def crash() -> None:
    os.abort()


def count(limit: int) -> Iterator[int]:
    """Count up; what is sent is added."""
    said = 0
    for number in range(limit):
        said = (yield number + said) or 0


def take(size: int) -> int:
    return len(bytearray(size))


def environment() -> list[str]:
    return sorted(os.environ)


def knows(names: list[str]) -> list[str]:
    """Say which modules have been imported."""
    return [name for name in names if name in sys.modules]


def connect(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError as error:
        return type(error).__name__
    return "connected"


class Wish:
    """What runs a command when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, ("touch harmed",)


def say(text: bytes) -> None:
    """Say something to the server oneself."""
    channel = socket.socket(fileno=os.dup(int(sys.argv[1])))
    channel.sendall(struct.pack("!IH", len(text), 0) + text)
    time.sleep(10)


def wish() -> bytes:
    return pickle.dumps(("result", Wish()))


def give_open_memory() -> None:
    """Give an image whose memory can still be changed."""
    channel = socket.socket(fileno=os.dup(int(sys.argv[1])))
    memory = os.memfd_create("image", os.MFD_ALLOW_SEALING)
    os.ftruncate(memory, 4)

    class Pickler(pickle.Pickler):
        def persistent_id(self, value: Any) -> Any:
            return ("pixels", 0, "RGB", (1, 1)) if value is memory else None

    body = io.BytesIO()
    Pickler(body).dump(("result", memory))
    channel.sendall(struct.pack("!IH", len(body.getvalue()), 1) + body.getvalue())
    socket.send_fds(channel, [b"+"], [memory])
    time.sleep(10)
