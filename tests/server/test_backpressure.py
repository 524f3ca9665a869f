"""Replies wait for slow readers, and end when nobody reads any more."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tests.server.conftest import Ask
from tests.server.process import Process
from tests.waiting import wait_until

MB = 1024 * 1024
Connect = Callable[[], socket.socket]


def get(connection: socket.socket, path: str) -> None:
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


def test_a_client_that_never_reads_does_not_grow_memory(
    server: Process, ask: Ask, connect: Connect
) -> None:
    before = server.memory
    server.forget_peak()
    get(connect(), "/endless")
    seen = [-1, 0]

    def stalled() -> bool:
        """The same number of chunks was sent at two looks, and some were."""
        seen.append(ask("GET", "/state").json()["chunks"])
        return len(seen) > 12 and seen[-1] == seen[-10] > 0

    wait_until(stalled)
    assert seen[-1] < 400
    assert server.peak_memory - before < 24 * MB


def test_a_slow_download_is_whole_and_flat(server: Process, connect: Connect) -> None:
    before = server.memory
    server.forget_peak()
    connection = connect()
    get(connection, "/endless")
    received, tail = 0, b""
    while piece := connection.recv(MB):
        received += len(piece)
        tail = (tail + piece)[-5:]
        if tail == b"0\r\n\r\n":
            break
    assert received > 4_000 * 65_536
    assert server.peak_memory - before < 32 * MB


def test_ten_event_streams_that_nobody_reads_stay_flat(
    server: Process, ask: Ask, connect: Connect
) -> None:
    before = server.memory
    for _ in range(10):
        get(connect(), "/stream")
    wait_until(lambda: ask("GET", "/state").json()["open"] >= 10)
    start = ask("GET", "/state").json()["chunks"]
    wait_until(lambda: ask("GET", "/state").json()["chunks"] - start > 2_000)
    assert server.memory - before < 40 * MB


def test_a_client_that_goes_ends_its_stream_even_a_silent_one(ask: Ask, connect: Connect) -> None:
    # Those of the tests before take their time to end.
    wait_until(lambda: ask("GET", "/state").json()["open"] == 0)
    connections = [connect() for _ in range(20)]
    for connection in connections:
        get(connection, "/silent")
    wait_until(lambda: ask("GET", "/state").json()["open"] == 20)
    for connection in connections:
        connection.close()
    wait_until(lambda: ask("GET", "/state").json()["open"] == 0)


def test_a_reader_that_stalls_and_leaves_ends_the_stream(ask: Ask, connect: Connect) -> None:
    wait_until(lambda: ask("GET", "/state").json()["open"] == 0)
    connection = connect()
    get(connection, "/stream")
    wait_until(lambda: ask("GET", "/state").json()["open"] == 1)
    connection.close()
    wait_until(lambda: ask("GET", "/state").json()["open"] == 0)
