"""One server process for all tests of the bounded server, and raw requests to it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.server.process import Process


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Our Server class around the application of `app.py`."""
    place = tmp_path_factory.mktemp("server") / "port"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "canvas.settings"}
    process = Process(["-m", "tests.server.app", str(place)], place, environment)
    yield process
    process.kill()


@dataclass
class Answer:
    """A response read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body."""
        return json.loads(self.body)


def read_answer(connection: socket.socket) -> Answer:
    """Read one response from a connection."""
    file = connection.makefile("rb")
    status = int(file.readline().split()[1])
    headers: dict[str, str] = {}
    while (line := file.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        headers[name.decode().lower()] = value.strip().decode("latin-1")
    if "content-length" in headers:
        return Answer(status, headers, file.read(int(headers["content-length"])))
    body = b""
    while size := int(file.readline(), 16):
        body += file.read(size)
        file.readline()
    file.readline()
    return Answer(status, headers, body)


Ask = Callable[..., Answer]


@pytest.fixture
def connect(server: Process) -> Iterator[Callable[[], socket.socket]]:
    """Open connections that are closed after the test."""
    opened: list[socket.socket] = []

    def open_one() -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        opened.append(connection)
        return connection

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def ask(connect: Callable[[], socket.socket]) -> Ask:
    """Send one raw request on a connection of its own and read the response."""

    def send(method: str, path: str, *headers: bytes | str, body: bytes = b"") -> Answer:
        connection = connect()
        lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: localhost"]
        lines += [line.encode() if isinstance(line, str) else line for line in headers]
        if body and not any(line.lower().startswith(b"transfer-encoding") for line in lines):
            lines.append(b"Content-Length: %d" % len(body))
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        return read_answer(connection)

    return send


@pytest.fixture
def here() -> Path:
    """The folder of these tests."""
    return Path(__file__).parent
