"""Bodies: limited before they are kept, cheap while they come, whole when they arrive."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.server.app import DEFAULT_LIMIT, UPLOAD_LIMIT
from tests.server.conftest import Ask, read_answer
from tests.server.process import Process

MB = 1024 * 1024
KEY = "x-api-key: pb_x"


def chunked(body: bytes, size: int = 65_536) -> bytes:
    """Encode a body in chunks (RFC 9112 7.1)."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_a_declared_body_over_the_limit_is_413_before_it_is_sent(
    server: Process, connect: Callable[[], socket.socket]
) -> None:
    connection = connect()
    began = time.perf_counter()
    connection.sendall(
        b"POST /any HTTP/1.1\r\nHost: localhost\r\nContent-Length: 209715200\r\n\r\n"
    )
    answer = read_answer(connection)
    assert time.perf_counter() - began < 1.0
    assert answer.status == 413
    body = answer.json()
    assert (body["code"], body["field"], body["value"]) == ("TOO_LARGE", "body", 209715200)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["connection"] == "close"


def test_a_sender_who_goes_on_gets_the_answer_and_costs_no_memory(
    server: Process, connect: Callable[[], socket.socket]
) -> None:
    before = server.memory
    server.forget_peak()
    connection = connect()
    connection.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 209715200\r\n\r\n")
    for _ in range(16):
        connection.sendall(b"z" * MB)
    assert read_answer(connection).status == 413
    assert server.peak_memory - before < 8 * MB


def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(ask: Ask) -> None:
    body = b"b" * DEFAULT_LIMIT
    assert ask("POST", "/x", body=body).json()["size"] == DEFAULT_LIMIT
    assert ask("POST", "/x", body=body + b"b").status == 413


def test_a_chunked_body_is_cut_at_the_limit(ask: Ask) -> None:
    within = chunked(b"c" * DEFAULT_LIMIT)
    got = ask("POST", "/x", "Transfer-Encoding: chunked", body=within)
    assert got.json()["size"] == DEFAULT_LIMIT
    beyond = chunked(b"c" * (DEFAULT_LIMIT + 1))
    answer = ask("POST", "/x", "Transfer-Encoding: chunked", body=beyond)
    assert (answer.status, answer.json()["code"]) == (413, "TOO_LARGE")


def test_a_chunked_body_reaches_the_application_with_its_length(ask: Ask) -> None:
    body = chunked(b"hello")
    headers = ask("POST", "/scope", "Transfer-Encoding: chunked", body=body).json()["headers"]
    assert ["content-length", "5"] in headers
    assert not any(name == "transfer-encoding" for name, _ in headers)


def test_the_larger_limit_is_for_uploads_by_somebody(ask: Ask) -> None:
    body = b"u" * (DEFAULT_LIMIT + 1)
    assert ask("POST", "/upload", KEY, body=body).json()["size"] == len(body)
    assert ask("POST", "/upload", "Cookie: sessionid=x", body=body).status == 200
    assert ask("POST", "/upload", body=body).status == 413
    assert ask("POST", "/upload/other", KEY, body=body).status == 413


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=b", "text/plain"])
def test_a_large_upload_costs_little_memory_and_does_not_block_others(
    server: Process, ask: Ask, connect: Callable[[], socket.socket], content_type: str
) -> None:
    body = b"--b\r\n" + b"m" * (48 * MB) + b"\r\n--b--\r\n"
    before = server.memory
    server.forget_peak()
    others: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        upload = pool.submit(
            ask, "POST", "/upload", KEY, f"Content-Type: {content_type}", body=body
        )
        while not upload.done():
            began = server.busy
            assert ask("GET", "/state").status == 200
            others.append(server.busy - began)
        answer = upload.result()
    assert answer.json()["sha256"] == hashlib.sha256(body).hexdigest()
    assert answer.json()["pieces"] > 100
    assert server.peak_memory - before < 24 * MB
    # Parsing the form in memory kept the server busy for most of a second before it answered.
    assert max(others) < 0.5


def test_an_upload_nobody_reads_leaves_nothing_behind(server: Process, ask: Ask) -> None:
    before = server.memory
    for _ in range(4):
        assert ask("POST", "/ignore", KEY, body=b"i" * DEFAULT_LIMIT).json() == {"ignored": True}
    assert server.memory - before < 8 * MB


def test_a_refused_expectation_is_answered_without_a_continue(ask: Ask) -> None:
    answer = ask(
        "POST", "/upload", KEY, "Expect: 100-continue", f"Content-Length: {UPLOAD_LIMIT + 1}"
    )
    assert answer.status == 413


def test_a_connection_serves_one_request_after_the_other(
    connect: Callable[[], socket.socket],
) -> None:
    connection = connect()
    for number in range(3):
        body = b"k" * (200_000 + number)
        head = f"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        assert read_answer(connection).json()["size"] == len(body)
