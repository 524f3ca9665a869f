"""Headers: none moves the root path, none smuggles control bytes, none names the server."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable

import pytest

from tests.server.conftest import Ask


def test_the_root_path_header_is_ignored(ask: Ask) -> None:
    facts = ask("GET", "/scope/x", "Daphne-Root-Path: /scope").json()
    assert (facts["path"], facts["root_path"]) == ("/scope/x", "")
    assert not any("root" in name for name, _ in facts["headers"])


def test_the_root_path_header_is_ignored_by_sockets(connect: Callable[[], socket.socket]) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /ws HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Daphne-Root-Path: /evil",
    ]
    connection = connect()
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
    received = b""
    while b"root_path" not in received:
        received += connection.recv(4096)
    assert b"101 Switching Protocols" in received
    assert b'{"root_path": ""}' in received
    assert b"\r\nserver:" not in received.lower()


@pytest.mark.parametrize("byte", [0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x1C, 0x1F, 0x7F])
def test_a_control_byte_in_a_header_is_400(ask: Ask, byte: int) -> None:
    answer = ask("GET", "/scope", b"X-Thing: a" + bytes([byte]) + b"b")
    assert answer.status == 400
    assert answer.json()["code"] == "INVALID_REQUEST"


def test_a_tab_and_utf8_in_a_header_are_fine(ask: Ask) -> None:
    assert ask("GET", "/scope", "X-Thing: a\tb").status == 200
    assert ask("GET", "/scope", "X-Thing: grün".encode()).status == 200


def test_underscore_twins_of_headers_do_not_arrive(ask: Ask) -> None:
    headers = ask("GET", "/scope", "X_Api_Key: forged").json()["headers"]
    assert not any("forged" in value for _, value in headers)


def test_no_answer_names_the_server(ask: Ask) -> None:
    for answer in (ask("GET", "/scope"), ask("GET", "/boom"), ask("GET", "/x", b"A: \x01")):
        assert "server" not in answer.headers
        assert "daphne" not in answer.body.decode().lower()


def test_an_application_that_fails_is_500_in_our_shape(ask: Ask) -> None:
    answer = ask("GET", "/boom")
    assert (answer.status, answer.json()["code"]) == (500, "INTERNAL_ERROR")
    assert "failed" not in answer.json()["error"].replace("Exception inside application.", "")


@pytest.mark.parametrize("path", [b"/caf\xc3\xa9", b"/x?q=\xff"])
def test_a_raw_byte_in_the_url_is_400(connect: Callable[[], socket.socket], path: bytes) -> None:
    connection = connect()
    connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b" 400 " in connection.recv(4096).split(b"\r\n")[0]


def test_a_length_beside_a_transfer_encoding_is_refused(ask: Ask) -> None:
    answer_line = None
    try:
        answer_line = ask(
            "POST", "/x", "Transfer-Encoding: chunked", "Content-Length: 3", body=b"0\r\n\r\n"
        ).status
    except (IndexError, ValueError):
        answer_line = 400  # refused without a body to read
    assert answer_line == 400
