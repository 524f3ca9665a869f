"""Which pages of other origins may read our responses (CORS): by a key, or what is for all.

No response allows credentials, so a browser shows none of them to a page whose request carried a
cookie; and such cookies are not read either (`canvas/origin.py`). fal's dialect has its own rules.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

#: What takes no credential at all, and is for pages of every origin.
_PUBLIC = re.compile(
    r"/api/(?:workflows/[^/]+/(?:public-(?:schema|run)|cover)|public-executions/.+)"
)
#: What takes a key, and is for pages of CORS_ORIGINS.
_KEYED = ("/api/", "/media/")
_ANY = "*"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "authorization, x-api-key, content-type, idempotency-key, if-match, if-none-match, "
        "last-event-id, range, x-request-id"
    ),
    "Access-Control-Max-Age": "86400",
}
_EXPOSED = (
    "content-disposition, etag, location, retry-after, x-ratelimit-limit, x-ratelimit-remaining, "
    "x-ratelimit-reset, x-request-id"
)


def preflight(request: HttpRequest) -> HttpResponse | None:
    """Respond to a browser's check whether a page may call; None: it is none, or it may not."""
    checks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not checks or _reader(request) is None:
        return None
    return HttpResponse(status=204, headers=_PREFLIGHT)


def share(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the page that called read a response, where it may."""
    reader = _reader(request)
    if reader is None:
        return
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = reader
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    if reader != _ANY:
        known = [part for part in (headers.get("Vary"), "Origin") if part]
        headers["Vary"] = ", ".join(known)
    if _PUBLIC.fullmatch(request.path):
        # Its files may stand in any page as images.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _reader(request: HttpRequest) -> str | None:
    """Return what Access-Control-Allow-Origin says, None: nothing."""
    if _PUBLIC.fullmatch(request.path):
        return _ANY
    if not request.path.startswith(_KEYED):
        return None
    allowed = settings.CORS_ORIGINS
    if _ANY in allowed:
        return _ANY
    origin = request.headers.get("Origin")
    return origin if origin in allowed else None
