"""Where each surface of the fal dialect is found: below a prefix here, and by fal's own host names.

Clients that cannot be given another URL still arrive when fal's names lead here. Those names serve
fal's surfaces alone, never a page, and their requests carry no cookie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RUN, QUEUE, REST, CDN, SOCKET = "/fal/run", "/fal/queue", "/fal/rest", "/fal/cdn", "/fal/ws"
#: fal's own pages, of which only the description of an endpoint is served.
SITE = "/fal/site"
#: fal's hosts -> where their surface is here. The names in falrun.com are what Python's client
#: falls back to, so a network that leads the first ones here leads those here too.
HOSTS = {
    "fal.run": RUN,
    "falrun.com": RUN,
    "queue.fal.run": QUEUE,
    "queue.falrun.com": QUEUE,
    "ws.fal.run": SOCKET,
    "rest.fal.ai": REST,
    "rest.alpha.fal.ai": REST,
    "v3.fal.media": CDN,
    "api.fal.ai": "",
    "fal.ai": SITE,
}
_PLATFORM = "/v1/"
#: First parts of an app id that are no owner's name.
NAMESPACES = frozenset({"workflows", "comfy"})


@dataclass(frozen=True, slots=True)
class Places:
    """The URLs of the queue and of the files, as one caller sees this server."""

    queue: str
    cdn: str


def places(origin: str) -> Places:
    """Return the places below an origin (`http(s)://host[:port]`) of ours or of fal's."""
    scheme, _, host = origin.partition("://")
    name, port = _split(host)
    if name not in HOSTS:
        return Places(origin + QUEUE, origin + CDN)
    queue = "queue.falrun.com" if name.endswith("falrun.com") else "queue.fal.run"
    return Places(f"{scheme}://{queue}{port}", f"{scheme}://v3.fal.media{port}")


def inner_path(host: str, path: str) -> str:
    """Return where a host's path is here; that of a host of our own is itself."""
    prefix = HOSTS.get(_split(host)[0])
    if prefix is None:
        return path
    if prefix == "" and not path.startswith(_PLATFORM):
        return _PLATFORM  # where nothing is: the response is the Platform API's 404
    return prefix + path


class ByName:
    """ASGI middleware: requests to fal's hosts go to their surfaces, without their cookies."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Hand a request or a socket on."""
        if scope["type"] in ("http", "websocket"):
            scope = _moved(scope)
        await self._application(scope, receive, send)


def _moved(scope: dict[str, Any]) -> dict[str, Any]:
    headers = scope["headers"]
    host = next((value for name, value in headers if name == b"host"), b"").decode("latin-1")
    if _split(host)[0] not in HOSTS:
        return scope
    others = [(name, value) for name, value in headers if name != b"cookie"]
    raw = scope.get("raw_path", b"").decode("latin-1")
    path = inner_path(host, scope["path"])
    return {
        **scope,
        "path": path,
        "raw_path": inner_path(host, raw).encode("latin-1"),
        "headers": others,
    }


def _split(host: str) -> tuple[str, str]:
    """Split a Host header into the name, as Django compares it, and `:port` (or nothing)."""
    name, colon, port = host.lower().rpartition(":")
    if colon and port.isdigit():
        return name.removesuffix("."), f":{port}"
    return host.lower().removesuffix("."), ""
