"""fal as a service: where it is, its own client library, and what its errors mean for a node."""

from __future__ import annotations

import asyncio
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workflows.boundaries import foreign
from workflows.errors import NodeError
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from types import ModuleType

    import fal_client

PROVIDER = "fal"
#: Clients kept at once, one per key: each holds its connections and certificates.
CLIENTS = 16
#: Responses that another request may not get: too many, no machine, a machine that was lost.
_PASSING = frozenset({408, 429, 502, 503, 504})
#: What these say is about the key that is stored here and not about the caller of the run.
_REFUSED = frozenset({401, 403})
_APP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+")
_STORES = ("fal.media",)
_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Urls:
    """The surfaces of a service that speaks as fal does."""

    run: str = "https://fal.run"
    queue: str = "https://queue.fal.run"
    rest: str = "https://rest.fal.ai"
    cdn: str = "https://v3.fal.media"
    platform: str = "https://api.fal.ai"
    #: Where fal's own client turns to when it cannot reach the first two.
    spare: tuple[str, ...] = ("https://falrun.com", "https://queue.falrun.com")


_urls = Urls()


def move(origin: str) -> None:
    """Call another Patchbay instead of fal from now on; an empty origin means fal itself."""
    global _urls
    base = f"{origin}/fal"
    _urls = (
        Urls(f"{base}/run", f"{base}/queue", f"{base}/rest", f"{base}/cdn", origin, ())
        if origin
        else Urls()
    )


def urls() -> Urls:
    """Return where the service is."""
    return _urls


def origins() -> list[str]:
    """List the origins a key must be allowed to be sent to for everything that is done with it."""
    at = _urls
    return list(
        dict.fromkeys(origin_of(url) for url in (at.run, at.queue, at.rest, at.platform, *at.spare))
    )


def is_app(name: str) -> bool:
    """Return whether a name can be an app of the service: `owner/name`, and a path maybe."""
    return _APP.fullmatch(name) is not None


def is_stored(url: str) -> bool:
    """Return whether a URL is that of a file the service has stored."""
    if url.startswith(f"{_urls.cdn}/"):
        return True
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return False
    return any(host == store or host.endswith(f".{store}") for store in _STORES)


def load() -> None:
    """Import fal's library, which takes a moment the first time."""
    import fal_client  # noqa: F401


def client(header: dict[str, str]) -> fal_client.AsyncClient:
    """Return the client that shows a credential's header. Raises NodeError for one not of fal's.

    It belongs to the running event loop.
    """
    scheme, _, key = header.get("Authorization", "").partition(" ")
    if scheme.lower() != "key" or not key:
        raise NodeError(
            "The stored credential is not a fal key.",
            field="app",
            expected="a credential of the provider fal that holds the bare key",
        )
    return _client(asyncio.get_running_loop(), _urls, key)


def calling(app: str) -> AbstractContextManager[None]:
    """Give what fal's library raises inside as an error of the node that calls an app."""
    return foreign(partial(as_node_error, app=app))


def as_node_error(error: Exception, app: str) -> NodeError:
    """Turn what the library raised into the node's error, with fal's status, detail and type."""
    # The library lets errors of its connections, and some responses, through under others' names.
    response = getattr(error, "response", None)
    if response is None:
        return NodeError(
            f"fal did not respond for {app} ({type(error).__name__}).",
            field="app",
            value=app,
            expected="a response",
            status=502,
            transient=True,
        )
    headers = {name.lower(): value for name, value in response.headers.items()}
    code, detail = response.status_code, _detail(getattr(error, "message", response.text))
    refused = code in _REFUSED
    words = f"fal refuses the stored credential ({code})" if refused else f"{app} at fal"
    blamed = NodeError(
        f"{words}: {_sentence(detail)}"[:_MESSAGE],
        field=_field(detail),
        value=app,
        expected=f"success; fal returned {code}",
        status=502 if refused else code,
        transient=_is_passing(code, headers),
        retry_after=_seconds(headers),
    )
    blamed.context["detail"] = detail
    if kind := getattr(error, "error_type", None):
        blamed.context["error_type"] = str(kind)[:100]
    return blamed


@lru_cache(maxsize=CLIENTS)
def _client(loop: asyncio.AbstractEventLoop, at: Urls, key: str) -> fal_client.AsyncClient:
    library: Any = _library(at)
    found: fal_client.AsyncClient = library.AsyncClient(key=key)
    return found


def _library(at: Urls) -> ModuleType:
    """Return fal's client, set to the service."""
    from fal_client import client as library

    library.RUN_URL_FORMAT, library.QUEUE_URL_FORMAT = f"{at.run}/", f"{at.queue}/"
    library.REST_URL, library.CDN_URL = at.rest, at.cdn
    return library


def origin_of(url: str) -> str:
    """Return the scheme, host and port of one of the URLs."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_passing(code: int, headers: dict[str, str]) -> bool:
    retryable = headers.get("x-fal-retryable", "").lower()
    if retryable in ("true", "1"):
        return True
    if retryable in ("false", "0") or headers.get("x-fal-request-timeout-type"):
        return False
    return code in _PASSING


def _seconds(headers: dict[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def _detail(message: Any) -> Json:
    """Return `detail`: a text, or a list of places without the values, which can be large."""
    if not isinstance(message, list):
        return message[:_MESSAGE] if isinstance(message, str) else str(message)[:_MESSAGE]
    rows: list[JsonObject] = [row for row in message if isinstance(row, dict)]
    return [{key: row[key] for key in ("loc", "msg", "type") if key in row} for row in rows[:20]]


def _sentence(detail: Json) -> str:
    if not isinstance(detail, list):
        return str(detail) or "no reason was given."
    lines = [": ".join(filter(None, (_place(row), str(row.get("msg", ""))))) for row in detail]
    return "; ".join(lines) or "no reason was given."


def _place(row: JsonObject) -> str:
    loc = row.get("loc")
    parts = [str(part) for part in loc] if isinstance(loc, list) else []
    return ".".join(parts[1:] if parts[:1] == ["body"] else parts)


def _field(detail: Json) -> str:
    first = _place(detail[0]) if isinstance(detail, list) and detail else ""
    return first or "app"
