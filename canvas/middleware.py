"""What every request must have and every response carries.

A request must name a host we respond to; a response carries a request id and the headers that keep
browsers careful.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

from canvas import cross_origin
from canvas.embedding import embeddable
from workflows.api.errors import BadRequest, response_of
from workflows.api.throttles import allowance_of
from workflows.log_facts import logging_about

_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: Features no page of ours uses.
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class RequestId:
    """Name each request, so that a log line and a response can be brought together."""

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
        try:
            # Checked for every request: a foreign name that leads here is a page trying to reach us
            # through a user's browser (DNS rebinding).
            request.get_host()
        except DisallowedHost:
            return self._refuse(request, id)
        allowed = cross_origin.preflight(request)
        if allowed is not None:
            response = _dress(request, allowed, id)
            return _at_once(response) if self.asynchronous else response
        if self.asynchronous:
            return self._later(request, id)
        with logging_about(request_id=id):
            return _dress(request, self.get_response(request), id)  # type: ignore[arg-type]

    def _refuse(
        self, request: HttpRequest, id: str
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        error = BadRequest(
            "This server does not serve the name in the Host header.",
            field="Host",
            expected="a name in ALLOWED_HOSTS",
        )
        response = _dress(request, response_of(error), id)
        return _at_once(response) if self.asynchronous else response

    async def _later(self, request: HttpRequest, id: str) -> HttpResponseBase:
        with logging_about(request_id=id):
            return _dress(request, await self.get_response(request), id)  # type: ignore[misc]


async def _at_once(response: HttpResponseBase) -> HttpResponseBase:
    return response


def _dress(request: HttpRequest, response: HttpResponseBase, id: str) -> HttpResponseBase:
    headers = response.headers
    headers["X-Request-Id"] = id
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    if not embeddable(response):
        headers.setdefault("X-Frame-Options", "DENY")
    # Pages and responses are about a user; only media and hashed files say otherwise themselves.
    headers.setdefault("Cache-Control", "no-store")
    cross_origin.share(request, response)
    allowance = allowance_of(request)
    if allowance is not None:
        for name, value in allowance.headers().items():
            headers[name] = value
    if not response.streaming and "Content-Length" not in headers:
        headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
    return response
