"""The guarded fetch: the only way out to an address that a person can choose.

The guard sits where the connection is made, not where the URL is read: a name is resolved once,
all its addresses are judged, and one of the judged addresses is dialled. So no spelling of an
address, second DNS answer or redirect gets round it. Proxies and `.netrc` of the environment are
never looked at.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import re
import socket
import ssl
import typing
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import httpcore
from django.conf import settings

from workflows.errors import BlockedAddress, FetchError, FetchRefused, FetchTimeout, FetchTooLarge
from workflows.media.addresses import is_public

__all__ = ["Fetched", "fetch", "is_allowed", "is_public", "origin_of"]

MAX_BYTES = 100 * 1024 * 1024  # of the decoded body
MAX_REDIRECTS = 5
CONNECT_SECONDS = 5.0
PORTS = frozenset({80, 443, 8080, 8443})
DEFAULT_PORTS = {"http": 80, "https": 443}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

#: Headers that belong to the connection or would speak for another host.
FORBIDDEN_HEADERS = frozenset({
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te",
    "trailer", "expect", "accept-encoding", "proxy-authorization", "proxy-connection",
})  # fmt: skip

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")

Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, fully read: header names in lower case, `url` after redirects."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class _Address:
    """A URL taken apart and checked; `target` is the path and query as sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


async def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_seconds: float = 60.0,
    max_bytes: int = MAX_BYTES,
    redirects: int = MAX_REDIRECTS,
    allow: Iterable[str] = (),
    network: httpcore.AsyncNetworkBackend | None = None,
    resolve: Resolve | None = None,
) -> Fetched:
    """Call an address and read its whole answer.

    `allow` adds exact origins (`http://127.0.0.1:8188`) to those of the setting FETCH_ALLOW; they
    may be private. At most `redirects` redirects are followed, each judged anew (none: the answer
    that redirects is returned); custom headers are dropped when the origin changes. `network` and
    `resolve` replace the sockets and the DNS.

    Raises BlockedAddress (not public), FetchRefused (not an http(s) URL, a bad header, too many
    redirects), FetchTimeout, FetchTooLarge (more than `max_bytes` once unpacked), and FetchError
    (unreachable or not speaking HTTP).
    """
    allowed = frozenset(_parse(origin).origin for origin in (*settings.FETCH_ALLOW, *allow))
    address = _parse(url)
    method = method.upper()
    if method not in METHODS:
        raise FetchRefused(
            "This method is not supported.",
            field="method",
            value=method,
            expected=", ".join(METHODS),
        )
    custom = _check_headers(headers or {})
    guard = _GuardedNetwork(network or httpcore.AnyIOBackend(), resolve or _resolve, allowed)
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            httpcore.AsyncConnectionPool(
                ssl_context=_ssl_context(), network_backend=guard, retries=0, http2=False
            ) as pool,
        ):
            for _ in range(redirects + 1):
                _check_port(address, allowed)
                guard.origin = address.origin
                answer = await _call(pool, address, method, custom, body, max_bytes)
                location = answer.headers.get("location")
                if not redirects or answer.status not in (301, 302, 303, 307, 308) or not location:
                    return answer
                following = _follow(address, location)
                if following.origin != address.origin:
                    custom = {}
                if answer.status in (301, 302, 303) and method not in ("GET", "HEAD"):
                    method, body = "GET", None
                    custom = {k: v for k, v in custom.items() if not k.startswith("content-")}
                address = following
    except TimeoutError as error:
        raise FetchTimeout(value=str(address), expected=f"within {timeout_seconds:g} s") from error
    except httpcore.TimeoutException as error:
        raise FetchTimeout(value=str(address)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise FetchError(value=str(address)) from error
    raise FetchRefused(
        "The address redirects too often.",
        value=url,
        expected=f"at most {redirects} redirects",
    )


def origin_of(url: str) -> str:
    """Return the origin of an http(s) URL as it is compared: lower case, no default port.

    Raises FetchRefused for what could never be called.
    """
    address = _parse(url)
    return f"{address.scheme}://{address.authority}"


def is_allowed(url: str) -> bool:
    """Say whether FETCH_ALLOW names the origin of a URL."""
    return _parse(url).origin in {_parse(origin).origin for origin in settings.FETCH_ALLOW}


async def _call(
    pool: httpcore.AsyncConnectionPool,
    address: _Address,
    method: str,
    custom: Mapping[str, str],
    body: bytes | None,
    max_bytes: int,
) -> Fetched:
    sent = [("host", address.authority), ("accept-encoding", "gzip, deflate")]
    if "user-agent" not in custom:
        sent.append(("user-agent", "Patchbay"))
    sent.extend(custom.items())
    if body is not None:
        sent.append(("content-length", str(len(body))))
    request = httpcore.Request(
        method,
        httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=address.target.encode(),
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
        content = await _read(chunks, encoding, max_bytes) if method != "HEAD" else b""
    finally:
        await response.aclose()
    return Fetched(response.status, received, content, str(address))


async def _read(chunks: AsyncIterator[bytes], encoding: str, max_bytes: int) -> bytes:
    """Read and unpack a body, never holding more than `max_bytes` of it."""
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either of the two formats
    elif encoding in ("identity", ""):
        unpacker = None
    else:
        raise FetchRefused(
            "The answer is packed in a way that was not asked for.",
            value=encoding,
            expected="gzip, deflate or plain",
        )
    parts: list[bytes] = []
    left = max_bytes
    async for chunk in chunks:
        try:
            # One byte more than may come is enough to see that it is too much.
            part = unpacker.decompress(chunk, left + 1) if unpacker else chunk
        except zlib.error as error:
            raise FetchError("The answer is packed, but damaged.", value=encoding) from error
        left -= len(part)
        if left < 0:
            raise FetchTooLarge(expected=f"at most {max_bytes:,} bytes")
        parts.append(part)
    return b"".join(parts)


class _GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves once, judges every address, dials one that was judged."""

    def __init__(
        self,
        network: httpcore.AsyncNetworkBackend,
        resolve: Resolve,
        allowed: frozenset[tuple[str, str, int]],
    ) -> None:
        self._network = network
        self._resolve = resolve
        self._allowed = allowed
        self.origin = ("", "", 0)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                addresses = await self._resolve(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpcore.ConnectError(str(error)) from error
        if self.origin not in self._allowed and not all(
            is_public(address) and not _is_ours(address) for address in addresses
        ):
            raise BlockedAddress(value=host)
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise BlockedAddress(value=path)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    """Ask the system once for all addresses of a name, in its order of preference."""
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _is_ours(address: str) -> bool:
    """Say whether a public address is one of this machine's own.

    Connecting a datagram socket sends nothing; the system only picks the route, and towards its own
    address it picks that address itself.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return False
        return bool(probe.getsockname()[0] == address)


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _parse(url: str) -> _Address:
    """Take an http(s) URL apart. Raises FetchRefused naming what is wrong with it."""

    def refuse(message: str, expected: str = "an address like https://example.com/path") -> None:
        raise FetchRefused(message, field="url", value=url[:500], expected=expected)

    if _UNSAFE.search(url.strip()):
        refuse("The address has a space, a backslash or a control character in it.")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), None, ""
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        refuse("Only http and https addresses can be called.")
    if parts.username is not None or parts.password is not None:
        refuse("The address holds a user name or password; send those in a header.")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            refuse("The address has no valid host name.")
    host = host.lower()
    if not (_is_ipv6(host) if ":" in host else _HOST.fullmatch(host)):
        refuse("The address has no valid host name.")
    if port == 0:
        refuse("The address has no valid port.", "a port from 1 to 65535")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return _Address(scheme, host, port or DEFAULT_PORTS[scheme], target)


def _follow(address: _Address, location: str) -> _Address:
    try:
        return _parse(urljoin(str(address), location))
    except ValueError as error:
        raise FetchRefused(
            "The address redirects to something that is no address.", value=location[:500]
        ) from error


def _is_ipv6(host: str) -> bool:
    """Say whether a host is an IPv6 address; one with a scope belongs to a local network."""
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _check_port(address: _Address, allowed: frozenset[tuple[str, str, int]]) -> None:
    if address.port not in PORTS and address.origin not in allowed:
        raise BlockedAddress(
            value=str(address), expected="a port of 80, 443, 8080 or 8443, or an allowed origin"
        )


def _check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if not _HEADER_NAME.fullmatch(name) or lower in FORBIDDEN_HEADERS:
            raise FetchRefused(
                "This header cannot be set.", field="headers", value=name, expected="another header"
            )
        try:
            value.encode("latin-1")
        except UnicodeEncodeError:
            value = value.encode().decode("latin-1")
        if any(ord(letter) < 32 and letter != "\t" for letter in value) or "\x7f" in value:
            raise FetchRefused(
                f"The value of the header {name} holds a control character.",
                field="headers",
                value=name,
                expected="one line of text",
            )
        checked[lower] = value.strip()
    return checked
