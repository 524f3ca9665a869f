"""Django's own middlewares as one, so that a request changes threads once and not ten times.

Under ASGI, Django runs every middleware method of the older style in a thread of its own turn. What
these five do is arithmetic on headers and lazy objects, except one thing: saving a changed session.
So they run where the request is, and only that goes to a thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware

from canvas.origin import cookies_count

Handler = Callable[[HttpRequest], Any]


class ContentPolicy(CSPMiddleware):
    """django-csp's, whose header is built once for all responses that do not ask for another."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the header."""
        if settings.DEBUG or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _usual_policy())
        return response


@cache
def _usual_policy() -> str:
    return build_policy()


#: Outermost first, as they would stand in MIDDLEWARE.
CLASSES = (
    SecurityMiddleware,
    ContentPolicy,
    SessionMiddleware,
    CsrfViewMiddleware,
    AuthenticationMiddleware,
)


class Stack:
    """Security headers, content policy, session, CSRF and the user, in this order."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        if self.asynchronous:
            markcoroutinefunction(self)
        parts = [part(_no_response) for part in CLASSES]
        self._requests = [
            part.process_request for part in parts if hasattr(part, "process_request")
        ]
        self._responses: list[Callable[[HttpRequest, Any], HttpResponseBase]] = [
            part.process_response for part in reversed(parts) if hasattr(part, "process_response")
        ]
        self._csrf = next(part for part in parts if isinstance(part, CsrfViewMiddleware))
        # Django asks each middleware for this attribute, and takes a coroutine function as it is.
        self.process_view = self._view_later if self.asynchronous else self._csrf.process_view

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Handle one request."""
        if self.asynchronous:
            return self._later(request)
        early = self._before(request)
        return self._after(request, early or self.get_response(request))

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        early = self._before(request)
        response = early or await self.get_response(request)
        session = getattr(request, "session", None)
        if session is not None and session.modified:
            return await sync_to_async(self._after)(request, response)
        return self._after(request, response)

    async def _view_later(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        check = self._csrf.process_view
        if request.method in ("GET", "HEAD") or getattr(view, "csrf_exempt", False):
            return check(request, view, args, kwargs)
        # A form's token is in its body, which may be on disk.
        return await sync_to_async(check)(request, view, args, kwargs)

    def _before(self, request: HttpRequest) -> HttpResponseBase | None:
        request.foreign = not cookies_count(request)  # type: ignore[attr-defined]
        if request.foreign:  # type: ignore[attr-defined]
            # Held here over every view, form and dialect: without a cookie there is no session.
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        for process in self._requests:
            response = process(request)
            if response is not None:
                return response
        return None

    def _after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        for process in self._responses:
            response = process(request, response)
        if request.foreign:  # type: ignore[attr-defined]
            # Nor may it replace the token that pages of ours have open.
            response.cookies.clear()
        return response


def _no_response(request: HttpRequest) -> HttpResponseBase:
    raise RuntimeError("a part of the stack requested a response of its own")
