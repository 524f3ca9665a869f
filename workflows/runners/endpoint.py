"""The URL of a runner, its headers, and which IP addresses may be dialled for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from workflows.media.addresses import is_private, is_public
from workflows.media.guard import Url, check_headers, is_ours, parse, ssl_context

__all__ = ["Endpoint", "endpoint", "ssl_context"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A runner's URL, its custom headers, and whether it may be in a private network."""

    url: Url
    headers: Mapping[str, str]
    private: bool

    @property
    def prefix(self) -> str:
        """What every path begins with, where the runner does not respond at the root."""
        return self.url.target.rstrip("/")

    @property
    def is_secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url.scheme == "https"

    def target(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """Return path and query as they are sent."""
        return f"{self.prefix}{path}" + (f"?{urlencode(query)}" if query else "")

    def permits(self, addresses: list[str], port: int) -> bool:
        """Return whether all the IP addresses of the runner's name may be dialled."""
        return all(self._permits(address, port) for address in addresses)

    def _permits(self, address: str, port: int) -> bool:
        here = address == "::1" or address.startswith("127.") or is_ours(address)
        if here and port in _own_ports():
            return False
        if is_public(address):
            return self.private or not here
        return self.private and is_private(address)


def endpoint(url: str, headers: Mapping[str, str], *, private: bool) -> Endpoint:
    """Check a URL and headers. Raises FetchRefused for what could never be called."""
    return Endpoint(parse(url), check_headers(headers), private)


def _own_ports() -> frozenset[int]:
    """Return the ports where this server and its database listen on this machine."""
    found = {settings.PORT}
    if settings.DATABASE_URL:
        found.add(urlsplit(settings.DATABASE_URL).port or 5432)
    return frozenset(found)
