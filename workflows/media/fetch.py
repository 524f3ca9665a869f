"""The guarded fetch: the only way out to a URL that a user can choose.

Every connection goes through `guard.py`. Proxies and `.netrc` of the environment are never looked
at.
"""

from __future__ import annotations

import asyncio
import typing
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin

import httpcore
from django.conf import settings

from workflows.errors import (
    BlockedAddress,
    FetchError,
    FetchRefused,
    FetchTimeout,
    FetchTooLarge,
    FetchUnsent,
)
from workflows.media.addresses import is_public
from workflows.media.guard import (
    CONNECT_SECONDS,
    FORBIDDEN_HEADERS,
    GuardedNetwork,
    Resolve,
    Url,
    check_headers,
    is_ours,
    parse,
    ssl_context,
)

__all__ = ["FORBIDDEN_HEADERS", "Fetched", "fetch", "is_allowed", "is_public", "origin_of"]

MAX_BYTES = 100 * 1024 * 1024  # of the decoded body
MAX_REDIRECTS = 5
#: A body is unpacked in pieces of at most this, so that none is large before it is counted.
CHUNK_BYTES = 1024 * 1024

#: Takes the pieces of a body one after another.
Sink = Callable[[bytes], Awaitable[None]]
#: Gets the status and the headers before the body is read, and may raise.
Begin = Callable[[int, Mapping[str, str]], None]
#: Identifies no user, so it may follow a redirect elsewhere.
RANGE = "range"
PORTS = frozenset({80, 443, 8080, 8443})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response, fully read: header names in lower case, `url` after redirects."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


async def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_seconds: float = 60.0,
    max_bytes: int = MAX_BYTES,
    redirects: int = MAX_REDIRECTS,
    sink: Sink | None = None,
    begin: Begin | None = None,
    allow: Iterable[str] = (),
    network: httpcore.AsyncNetworkBackend | None = None,
    resolve: Resolve | None = None,
) -> Fetched:
    """Call a URL and read the whole response.

    `allow` adds exact origins (`http://127.0.0.1:8188`) to those of the setting FETCH_ALLOW; they
    may be private. At most `redirects` redirects are followed, each judged again (none: a redirect
    is returned as it is); custom headers but Range are dropped when the origin changes. A `sink`
    takes the body, which is empty in the response then; `begin` gets status and headers before
    that. `network` and `resolve` replace the sockets and the DNS.

    Raises BlockedAddress (not public), FetchRefused (not an http(s) URL, a bad header, too many
    redirects), FetchTimeout, FetchTooLarge (more than `max_bytes` once unpacked), and FetchError
    (unreachable or not speaking HTTP; FetchUnsent where nothing has been sent).
    """
    allowed = frozenset(parse(origin).origin for origin in (*settings.FETCH_ALLOW, *allow))
    target = parse(url)
    method = method.upper()
    if method not in METHODS:
        raise FetchRefused(
            "This method is not supported.",
            field="method",
            value=method,
            expected=", ".join(METHODS),
        )
    custom = check_headers(headers or {})
    origin = target.origin

    def permit(addresses: list[str], port: int) -> bool:
        return origin in allowed or all(is_public(one) and not is_ours(one) for one in addresses)

    guard = GuardedNetwork(permit, network, resolve)
    sent = False
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            httpcore.AsyncConnectionPool(
                ssl_context=ssl_context(), network_backend=guard, retries=0, http2=False
            ) as pool,
        ):
            for _ in range(redirects + 1):
                _check_port(target, allowed)
                origin = target.origin
                follows = redirects > 0
                read = partial(_read, max_bytes=max_bytes, sink=sink)
                response = await _call(pool, target, method, custom, body, read, begin, follows)
                sent = True
                location = response.headers.get("location")
                if not follows or not _redirects(response.status, response.headers) or not location:
                    return response
                following = _follow(target, location)
                if following.origin != target.origin:
                    custom = {k: v for k, v in custom.items() if k == RANGE}
                if response.status in (301, 302, 303) and method not in ("GET", "HEAD"):
                    method, body = "GET", None
                    custom = {k: v for k, v in custom.items() if not k.startswith("content-")}
                target = following
    except TimeoutError as error:
        raise FetchTimeout(value=str(target), expected=f"within {timeout_seconds:g} s") from error
    except httpcore.TimeoutException as error:
        raise FetchTimeout(value=str(target)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        unsent = isinstance(error, httpcore.ConnectError) and not sent
        # Blocked and unreachable read alike: a user learns nothing of what is near the server.
        said = BlockedAddress().message
        raise (FetchUnsent if unsent else FetchError)(said, value=str(target)) from error
    raise FetchRefused(
        "The URL redirects too often.",
        value=url,
        expected=f"at most {redirects} redirects",
    )


def origin_of(url: str) -> str:
    """Return the origin of an http(s) URL as it is compared: lower case, no default port.

    Raises FetchRefused for what could never be called.
    """
    target = parse(url)
    return f"{target.scheme}://{target.authority}"


def is_allowed(url: str) -> bool:
    """Return whether FETCH_ALLOW names the origin of a URL."""
    return parse(url).origin in {parse(origin).origin for origin in settings.FETCH_ALLOW}


async def _call(
    pool: httpcore.AsyncConnectionPool,
    url: Url,
    method: str,
    custom: Mapping[str, str],
    body: bytes | None,
    read: Callable[[AsyncIterator[bytes], str], Awaitable[bytes]],
    begin: Begin | None,
    follows: bool,
) -> Fetched:
    """Send one request. What a response that is followed elsewhere says is not read."""
    # A part of something is counted in the bytes that it has when it is not packed.
    packed = "identity" if RANGE in custom else "gzip, deflate"
    sent = [("host", url.authority), ("accept-encoding", packed)]
    if "user-agent" not in custom:
        sent.append(("user-agent", "Patchbay"))
    sent.extend(custom.items())
    if body is not None:
        sent.append(("content-length", str(len(body))))
    request = httpcore.Request(
        method,
        httpcore.URL(
            scheme=url.scheme.encode(),
            host=url.host.encode(),
            port=url.port,
            target=url.target.encode(),
        ),
        headers=[(name.encode(), value.encode("latin-1")) for name, value in sent],
        content=body,
        extensions={"timeout": {"connect": CONNECT_SECONDS}},
    )
    response = await pool.handle_async_request(request)
    try:
        received = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        encoding = received.get("content-encoding", "identity").lower()
        chunks = typing.cast(AsyncIterator[bytes], response.stream)
        unread = method == "HEAD" or (follows and _redirects(response.status, received))
        if begin is not None and not unread:
            begin(response.status, received)
        content = b"" if unread else await read(chunks, encoding)
    finally:
        await response.aclose()
    return Fetched(response.status, received, content, str(url))


async def _read(
    chunks: AsyncIterator[bytes], encoding: str, *, max_bytes: int, sink: Sink | None
) -> bytes:
    """Read and unpack a body, never holding more than `max_bytes` of it."""
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either of the two formats
    elif encoding in ("identity", ""):
        unpacker = None
    else:
        raise FetchRefused(
            "The response has an encoding that was not requested.",
            value=encoding,
            expected="gzip, deflate or plain",
        )
    parts: list[bytes] = []
    left = max_bytes
    async for chunk in chunks:
        for part in _unpacked(unpacker, chunk, encoding) if unpacker else (chunk,):
            left -= len(part)
            if left < 0:
                raise FetchTooLarge(expected=f"at most {max_bytes:,} bytes")
            if sink is None:
                parts.append(part)
            else:
                await sink(part)
    return b"".join(parts)


def _unpacked(unpacker: typing.Any, chunk: bytes, encoding: str) -> Iterator[bytes]:
    while chunk:
        try:
            part = unpacker.decompress(chunk, CHUNK_BYTES)
        except zlib.error as error:
            raise FetchError("The compressed response is damaged.", value=encoding) from error
        if not part and len(unpacker.unconsumed_tail) == len(chunk):
            return
        chunk = unpacker.unconsumed_tail
        yield part


def _redirects(status: int, headers: Mapping[str, str]) -> bool:
    return status in (301, 302, 303, 307, 308) and bool(headers.get("location"))


def _follow(url: Url, location: str) -> Url:
    try:
        return parse(urljoin(str(url), location))
    except ValueError as error:
        raise FetchRefused("The URL redirects to an invalid URL.", value=location[:500]) from error


def _check_port(url: Url, allowed: frozenset[tuple[str, str, int]]) -> None:
    if url.port not in PORTS and url.origin not in allowed:
        raise BlockedAddress(
            value=str(url), expected="a port of 80, 443, 8080 or 8443, or an allowed origin"
        )
