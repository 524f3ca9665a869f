"""What every response carries: a request id and the headers that keep browsers careful."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: Features no page of ours uses.
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class RequestId:
    """Name each request, so that a log line and an answer can be brought together."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        if self.asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Handle one request."""
        given = request.headers.get("X-Request-Id", "")
        id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        request.id = id  # type: ignore[attr-defined]
        if self.asynchronous:
            return self._later(request, id)
        return _dress(request, self.get_response(request), id)  # type: ignore[arg-type]

    async def _later(self, request: HttpRequest, id: str) -> HttpResponseBase:
        return _dress(request, await self.get_response(request), id)  # type: ignore[misc]


def _dress(request: HttpRequest, response: HttpResponseBase, id: str) -> HttpResponseBase:
    headers = response.headers
    headers["X-Request-Id"] = id
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers.setdefault("X-Frame-Options", "DENY")
    # Pages and answers are about a person; only media and hashed files say otherwise themselves.
    headers.setdefault("Cache-Control", "no-store")
    if not response.streaming and "Content-Length" not in headers:
        headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
    return response
