"""The guarded fetch: nothing private is ever dialled, and what is fetched stays within bounds."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import pytest

from workflows.errors import (
    BlockedAddress,
    FetchError,
    FetchRefused,
    FetchTimeout,
    FetchTooLarge,
    PatchbayError,
)
from workflows.media.fetch import fetch


class NoNetwork(httpcore.AsyncNetworkBackend):
    """A network nobody may use: notes each attempt to connect, and refuses it."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    async def connect_tcp(
        self,
        host: Any,
        port: Any,
        timeout: Any = None,  # noqa: ASYNC109
        local_address: Any = None,
        socket_options: Any = None,
    ) -> Any:
        self.dialled.append(host)
        raise httpcore.ConnectError("nobody is there")


class Names:
    """A DNS that answers from a list, one answer after the other, and counts the questions."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


LOOPBACK = [
    "127.1",
    "127.0.1",
    "0x7f.0.0.1",
    "0x7F.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0",
    "0.0.0.0",
    "127.127.127.127",
    "localhost",
    "LOCALHOST",
    "LocalHost",
    "localhost.",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "127.000.000.001",
    "0177.0.0.1",
    "00.0.0.0",
    "127\u30020\u30020\u30021",
    "\uff11\uff12\uff17.0.0.1",
    "127.0.0.1:8080",
    "127.1:443",
    "[::1]:8080",
]

MALFORMED = [
    "",
    "127.0.0.1",
    "//127.0.0.1",
    "http:/127.0.0.1",
    "http:///127.0.0.1",
    "http:\\\\127.0.0.1",
    "http://",
    "http://user@127.0.0.1",
    "http://user:pw@example.com",
    "http://127.0.0.1\\@example.com",
    "http://example.com\\@127.0.0.1",
    "http://127.0.0.1%2f@example.com",
    "http://127.0.0.1%00",
    "http://%31%32%37.0.0.1",
    "http://%2531.0.0.1",
    "http://127.0.0.1\t",
    "http://127.0\n.0.1",
    "http://exa mple.com",
    "http://example.com:0",
    "http://example.com:65536",
    "http://example.com:-1",
    "http://example.com:80:80",
    "http://[::1%25lo]",
    "http://[::1",
    "http://-example.com",
    "file:///etc/passwd",
    "ftp://example.com",
    "gopher://127.0.0.1",
    "dict://127.0.0.1:11211",
    "unix:///var/run/docker.sock",
    "data:text/plain,hi",
    "jar:http://x",
    "javascript:alert(1)",
    "http://①②⑦.0.0.1\u00ad:99999",
]


@pytest.mark.parametrize("host", LOOPBACK)
async def test_no_spelling_of_loopback_is_dialled(host: str) -> None:
    network = NoNetwork()
    with pytest.raises((BlockedAddress, FetchRefused, FetchError)):
        await fetch(f"http://{host}/", network=network)
    assert network.dialled == []


@pytest.mark.parametrize("url", MALFORMED)
async def test_what_is_no_web_url_is_refused_before_any_question(url: str) -> None:
    network, names = NoNetwork(), Names(["1.1.1.1"])
    with pytest.raises(PatchbayError):
        await fetch(
            url if url != "http://127.0.0.1\t" else "http://127.0.0.1\t/x",
            network=network,
            resolve=names,
        )
    assert network.dialled == []
    assert names.asked == []


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "10.0.0.1"],
        ["10.0.0.1", "1.1.1.1"],
        ["2606:4700::1111", "fd00::1"],
        ["1.1.1.1", "::1"],
        ["169.254.169.254"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::7f00:1"],
        ["fe80::1%eth0"],
        ["not an address"],
        ["1.1.1.1"] * 999 + ["192.168.0.1"],
    ],
)
async def test_any_bad_address_of_a_name_blocks_it(answers: list[str]) -> None:
    network, names = NoNetwork(), Names(answers)
    with pytest.raises(BlockedAddress) as caught:
        await fetch("https://metadata.example.com/", network=network, resolve=names)
    assert network.dialled == []
    assert names.asked == ["metadata.example.com"]
    assert caught.value.code == "BLOCKED_ADDRESS"


async def test_a_name_is_asked_for_once_and_a_judged_address_is_dialled() -> None:
    network, names = NoNetwork(), Names(["1.1.1.1", "1.0.0.1"], ["127.0.0.1"])
    with pytest.raises(FetchError) as caught:
        await fetch("http://rebind.example.com/", network=network, resolve=names)
    assert network.dialled == ["1.1.1.1", "1.0.0.1"]
    assert names.asked == ["rebind.example.com"]
    assert caught.value.code == "UNREACHABLE"


async def test_blocked_and_unreachable_read_the_same() -> None:
    messages = set()
    for answers in (["127.0.0.1"], ["1.1.1.1"]):
        with pytest.raises(PatchbayError) as caught:
            await fetch("http://x.example.com/", network=NoNetwork(), resolve=Names(answers))
        messages.add(caught.value.message)
    assert len(messages) == 1


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 3000])
async def test_ports_of_other_services_are_not_dialled(port: int) -> None:
    network = NoNetwork()
    with pytest.raises(BlockedAddress):
        await fetch(f"http://example.com:{port}/", network=network, resolve=Names(["1.1.1.1"]))
    assert network.dialled == []


async def test_a_name_that_does_not_exist_is_unreachable() -> None:
    async def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(FetchError):
        await fetch("http://nowhere.example/", network=NoNetwork(), resolve=nothing)


# A real server on this machine, reached because its exact origin is allowed.

Handler = Callable[[str, bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve raw HTTP on loopback; yields its origin and the requests it gets."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ),
            0,
        )
        requests.append(head + await reader.readexactly(length))
        try:
            await handler(head.split(b" ")[1].decode(), head, writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", requests


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Write a response."""
    lines = [f"HTTP/1.1 {status}", "connection: close"]
    if "transfer_encoding" not in headers:
        lines.append(f"content-length: {headers.pop('content_length', len(body))}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def replying(body: bytes) -> Handler:
    async def handler(path: str, head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(body)

    return handler


async def test_an_allowed_origin_is_reached_although_it_is_private() -> None:
    async with serving(replying(answer(b"hello", content_type="text/plain"))) as (origin, requests):
        fetched = await fetch(f"{origin}/a b".replace(" ", "%20") + "?q=ü", allow=[origin])
    assert (fetched.status, fetched.body) == (200, b"hello")
    assert fetched.headers["content-type"] == "text/plain"
    assert fetched.url == f"{origin}/a%20b?q=%C3%BC"
    assert requests[0].startswith(b"GET /a%20b?q=%C3%BC HTTP/1.1\r\n")
    assert b"user-agent: Patchbay" in requests[0]


async def test_allowing_comes_from_the_setting_too_and_is_exact(settings: Any) -> None:
    async with serving(replying(answer(b"hello"))) as (origin, requests):
        settings.FETCH_ALLOW = (origin,)
        assert (await fetch(origin)).body == b"hello"
        settings.FETCH_ALLOW = (origin.replace("127.0.0.1", "127.0.0.2"),)
        with pytest.raises(BlockedAddress):
            await fetch(origin)
    assert len(requests) == 1


async def test_what_is_sent_arrives() -> None:
    async with serving(replying(answer())) as (origin, requests):
        await fetch(
            origin,
            method="post",
            body=b"x=1",
            headers={"X-Key": "k", "Cookie": "a=b"},
            allow=[origin],
        )
    assert requests[0].startswith(b"POST / HTTP/1.1")
    assert requests[0].endswith(b"\r\n\r\nx=1")
    assert b"x-key: k\r\n" in requests[0]


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_packed_answer_is_unpacked(packing: str) -> None:
    body = gzip.compress(b"words " * 99) if packing == "gzip" else zlib.compress(b"words " * 99)
    async with serving(replying(answer(body, content_encoding=packing))) as (origin, _):
        assert (await fetch(origin, allow=[origin])).body == b"words " * 99


async def test_a_bomb_is_cut_at_the_limit_of_what_it_unpacks_to() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    async with serving(replying(answer(bomb, content_encoding="gzip"))) as (origin, _):
        with pytest.raises(FetchTooLarge):
            await fetch(origin, allow=[origin], max_bytes=1_000_000)


async def test_an_endless_answer_is_cut_at_the_limit() -> None:
    async def endless(path: str, head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(transfer_encoding="chunked"))
        while True:
            writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
            await writer.drain()

    async with serving(endless) as (origin, _):
        with pytest.raises(FetchTooLarge):
            await fetch(origin, allow=[origin], max_bytes=100_000)


async def test_a_slow_answer_is_cut_at_the_time_limit() -> None:
    gate = asyncio.Event()

    async def stuck(path: str, head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"a", content_length="9"))
        await writer.drain()
        await gate.wait()

    async with serving(stuck) as (origin, _):
        with pytest.raises(FetchTimeout):
            await fetch(origin, allow=[origin], timeout_seconds=0.2)
        gate.set()


@pytest.mark.parametrize(
    "raw",
    [
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"",
        answer(b"short", content_length="99"),
        answer(b"xx", content_encoding="gzip"),
        answer(b"xx", content_encoding="br"),
    ],
)
async def test_a_broken_answer_is_an_error_not_a_crash(raw: bytes) -> None:
    async with serving(replying(raw)) as (origin, _):
        with pytest.raises(FetchError):
            await fetch(origin, allow=[origin])


def redirecting(location: str, status: str = "302 Found") -> Handler:
    async def handler(path: str, head: bytes, writer: asyncio.StreamWriter) -> None:
        away = answer(status=status, location=location)
        writer.write(away if path == "/" else answer(path.encode()))

    return handler


@pytest.mark.parametrize("location", ["/next", "next", "/?q"])
async def test_redirects_on_the_same_origin_are_followed_with_their_headers(location: str) -> None:
    async with serving(redirecting(location)) as (origin, requests):
        fetched = await fetch(origin, headers={"X-Key": "k"}, allow=[origin])
    assert fetched.url == f"{origin}/" + location.strip("/")
    assert all(b"x-key: k" in request for request in requests)


async def test_custom_headers_are_dropped_when_the_origin_changes() -> None:
    async with (
        serving(replying(answer(b"there"))) as (there, received),
        serving(redirecting(f"{there}/x")) as (here, _),
    ):
        fetched = await fetch(
            here, headers={"Authorization": "Bearer s3cret", "X-Key": "k"}, allow=[here, there]
        )
    assert fetched.body == b"there"
    assert b"s3cret" not in received[0]
    assert b"x-key" not in received[0]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_private_address_is_blocked(code: int) -> None:
    async with (
        serving(replying(answer(b"secret"))) as (private, received),
        serving(redirecting(private, f"{code} Moved")) as (here, _),
    ):
        with pytest.raises(BlockedAddress):
            await fetch(here, allow=[here])
    assert received == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://x/",
        "gopher://x/",
        "dict://x/",
        "data:,x",
        "unix:/x",
        "http://user:pw@127.0.0.1/",
        "http://[::1",
        "http://127.0.0.1:22/",
    ],
)
async def test_a_redirect_to_something_else_is_refused(location: str) -> None:
    async with serving(redirecting(location)) as (origin, _):
        with pytest.raises((FetchRefused, BlockedAddress)):
            await fetch(origin, allow=[origin])


async def test_a_loop_of_redirects_ends() -> None:
    async with serving(redirecting("/")) as (origin, requests):
        with pytest.raises(FetchRefused, match="too often"):
            await fetch(origin, allow=[origin])
    assert len(requests) == 6


@pytest.mark.parametrize(("code", "method"), [(303, b"GET"), (302, b"GET"), (307, b"POST")])
async def test_a_post_is_redirected_as_browsers_do_it(code: int, method: bytes) -> None:
    async with serving(redirecting("/next", f"{code} Go")) as (origin, requests):
        await fetch(origin, method="POST", body=b"x", allow=[origin])
    assert requests[1].startswith(method)
    assert requests[1].endswith(b"x") is (method == b"POST")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "x"},
        {"Content-Length": "1"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "x"},
        {"X": "a\r\nY: b"},
        {"X": "a\0"},
        {"X Y": "a"},
        {"": "a"},
        {"X:": "a"},
    ],
)
async def test_headers_that_could_split_or_mislead_a_request_are_refused(headers: dict) -> None:
    network = NoNetwork()
    with pytest.raises(FetchRefused) as caught:
        await fetch("http://example.com", headers=headers, network=network)
    assert caught.value.context["field"] == "headers"
    assert network.dialled == []


async def test_the_environments_proxy_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        serving(replying(answer(b"proxy"))) as (proxy, asked),
        serving(replying(answer(b"direct"))) as (origin, _),
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        assert (await fetch(origin, allow=[origin])).body == b"direct"
    assert asked == []


async def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(FetchRefused) as caught:
        await fetch("http://example.com", method="CONNECT", network=NoNetwork())
    assert caught.value.context["field"] == "method"
