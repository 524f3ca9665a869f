"""The guard before every connection to a host that a user can choose.

It is where the connection is made, not where the URL is read: a name is resolved once, all its IP
addresses are judged, and one of the judged addresses is dialled. So no spelling of an address,
second DNS response or redirect gets round it. Who may be called is the caller's rule.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import re
import socket
import ssl
import typing
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpcore

from workflows.errors import BlockedAddress, FetchRefused

CONNECT_SECONDS = 5.0
DEFAULT_PORTS = {"http": 80, "https": 443}

#: Headers that belong to the connection or would speak for another host.
FORBIDDEN_HEADERS = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "proxy-connection",
    }
)

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")

Resolve = Callable[[str, int], Awaitable[list[str]]]
#: Says whether the addresses of a name, all of them, may be called at a port.
Permit = Callable[[list[str], int], bool]


@dataclass(frozen=True, slots=True)
class Url:
    """A URL taken apart and checked; `target` is the path and query as sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What is compared: scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse(url: str) -> Url:
    """Take an http(s) URL apart. Raises FetchRefused naming what is wrong with it."""

    def refuse(message: str, expected: str = "a URL like https://example.com/path") -> None:
        raise FetchRefused(message, field="url", value=url[:500], expected=expected)

    if _UNSAFE.search(url.strip()):
        refuse("The URL has a space, a backslash or a control character in it.")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), None, ""
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        refuse("Only http and https URLs can be called.")
    if parts.username is not None or parts.password is not None:
        refuse("The URL holds a user name or password; send those in a header.")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            refuse("The URL has no valid host name.")
    host = host.lower()
    if not (_is_ipv6(host) if ":" in host else _HOST.fullmatch(host)):
        refuse("The URL has no valid host name.")
    if port == 0:
        refuse("The URL has no valid port.", "a port from 1 to 65535")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Url(scheme, host, port or DEFAULT_PORTS[scheme], target)


def _is_ipv6(host: str) -> bool:
    """Return whether a host is an IPv6 address; one with a scope belongs to a local network."""
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers as they may be sent: names in lower case, values of one line.

    Raises FetchRefused for a name that belongs to the connection and for control characters.
    """
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
        if any(ord(char) < 32 and char != "\t" for char in value) or "\x7f" in value:
            raise FetchRefused(
                f"The value of the header {name} holds a control character.",
                field="headers",
                value=name,
                expected="one line of text",
            )
        checked[lower] = value.strip()
    return checked


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves once, judges every IP address, dials one that was judged.

    `network` and `resolve` replace the sockets and the DNS.
    """

    def __init__(
        self,
        permit: Permit,
        network: httpcore.AsyncNetworkBackend | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._permit = permit
        self._network = network or httpcore.AnyIOBackend()
        self._resolve = resolve or resolve_name

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name, which may be called.

        Raises BlockedAddress, and httpcore.ConnectError when the name has none.
        """
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                addresses = await self._resolve(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpcore.ConnectError(str(error)) from error
        if not addresses:
            raise httpcore.ConnectError("the name has no address")
        if not self._permit(addresses, port):
            raise BlockedAddress(value=host)
        return addresses

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in await self.addresses(host, port):
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


async def resolve_name(host: str, port: int) -> list[str]:
    """Have the system resolve a name once: all its addresses, in order of preference."""
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def is_ours(address: str) -> bool:
    """Return whether a public address is one of this machine's own.

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
def ssl_context() -> ssl.SSLContext:
    """Return the context that checks certificates as the system does."""
    return ssl.create_default_context()
