"""Who sends or reads too slowly is cut; who is merely slow is not."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from canvas.connections import FRAME_BYTES
from tests.server.app import IMPATIENT
from tests.server.conftest import read_answer
from tests.server.process import Process

MB = 1024 * 1024
#: Frames of a socket, and the code of an ordinary end (RFC 6455 5.2, 7.4.1).
TEXT, CLOSE, NORMAL = 1, 8, b"\x03\xe8"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server that gives its peers a second or two."""
    place = tmp_path_factory.mktemp("impatient") / "port"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "canvas.settings"}
    process = Process(["-m", "tests.server.app", str(place), "impatient"], place, environment)
    yield process
    process.kill()


@pytest.fixture
def connection(impatient: Process) -> Iterator[socket.socket]:
    """A connection to it."""
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=20) as opened:
        yield opened


def dribble(connection: socket.socket, data: bytes, seconds: float) -> float:
    """Send a byte now and then until the server has had enough; return how long that took."""
    began = time.monotonic()
    connection.settimeout(seconds)
    for byte in data:
        with contextlib.suppress(OSError):
            connection.sendall(bytes([byte]))
        try:
            connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            continue
        except OSError:
            pass
        return time.monotonic() - began
    raise AssertionError("nobody minded")


@pytest.mark.parametrize(
    "start",
    [b"", b"G", b"GET /x HTTP/1.1\r\nHost: localhost\r\n"],
    ids=["a request line", "one begun", "headers"],
)
def test_headers_that_dribble_are_cut(connection: socket.socket, start: bytes) -> None:
    connection.sendall(start)
    took = dribble(connection, b"x" * 100, 0.1)
    assert IMPATIENT.header_seconds * 0.9 < took < IMPATIENT.header_seconds + 5
    answer = read_answer(connection)
    assert (answer.status, answer.json()["code"]) == (408, "REQUEST_TIMEOUT")


def test_a_second_request_that_dribbles_is_cut_as_the_first_would_be(
    connection: socket.socket,
) -> None:
    connection.sendall(b"GET /state HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert read_answer(connection).status == 200
    # An idle connection is not a slow request.
    time.sleep(IMPATIENT.header_seconds * 1.5)
    assert dribble(connection, b"GET /" + b"x" * 100, 0.1) > IMPATIENT.header_seconds * 0.9
    assert read_answer(connection).status == 408


@pytest.mark.parametrize("length", ["Content-Length: 50000", "Transfer-Encoding: chunked"])
def test_a_body_that_dribbles_is_cut(connection: socket.socket, length: str) -> None:
    connection.sendall(f"POST /x HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n1\r\n".encode())
    dribble(connection, b"z\r\n1\r\n" * 100, 0.1)
    assert read_answer(connection).status == 408


def test_a_body_that_makes_progress_may_take_long(connection: socket.socket) -> None:
    connection.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n")
    for _ in range(10):
        time.sleep(0.4)
        connection.sendall(b"u" * 2_000)
    assert read_answer(connection).json()["size"] == 20_000


def test_a_stream_nobody_reads_is_cut_and_one_that_is_read_slowly_is_not(
    impatient: Process, connection: socket.socket
) -> None:
    connection.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=20) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        deadline = time.monotonic() + 20
        while f":{idle.getsockname()[1]:04X} 01" not in established(impatient):
            assert time.monotonic() < deadline
        while f":{idle.getsockname()[1]:04X} 01" in established(impatient):
            assert connection.recv(MB)
            assert time.monotonic() < deadline
    assert connection.recv(MB)


def established(process: Process) -> str:
    """Return the connections the server's side has open, by the port of the other side."""
    lines = Path(f"/proc/{process.process.pid}/net/tcp").read_text(encoding="ascii").splitlines()
    return "\n".join(
        f"{remote} {state}"
        for _, local, remote, state, *_ in map(str.split, lines[1:])
        if local.endswith(f":{process.port:04X}")
    )


@pytest.mark.parametrize("size", [1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 5 * MB])
def test_a_socket_sends_messages_of_any_size_whole(impatient: Process, size: int) -> None:
    with connect(f"ws://127.0.0.1:{impatient.port}/", max_size=None) as opened:
        opened.recv()
        opened.send(str(size))
        assert opened.recv() == "w" * size
        opened.send("2")
        assert opened.recv() == "ww"


def test_a_socket_still_refuses_what_is_too_large_for_it(impatient: Process) -> None:
    with connect(f"ws://127.0.0.1:{impatient.port}/", max_size=None) as opened:
        opened.recv()
        opened.send("9" * 70_000)
        with pytest.raises(ConnectionClosed):
            opened.recv()


def test_a_client_that_says_goodbye_late_still_reads_why_its_socket_ends(
    connection: socket.socket,
) -> None:
    connection.sendall(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    read_until(connection, b"}")
    connection.sendall(masked(TEXT, b"bye"))
    read_until(connection, NORMAL)
    time.sleep(1.1)
    assert not select.select([connection], [], [], 0)[0], "the connection was cut"
    connection.sendall(masked(TEXT, b"what was under way"))
    connection.sendall(masked(CLOSE, NORMAL))
    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def read_until(connection: socket.socket, end: bytes) -> None:
    """Read until what has come ends so."""
    heard = b""
    while not heard.endswith(end):
        heard += connection.recv(MB)


def masked(opcode: int, payload: bytes) -> bytes:
    """Return a short frame as a client sends it, with a mask of zeros."""
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload
