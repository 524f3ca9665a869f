"""JSON responses compressed for who takes it: lists, documents, descriptions, results.

Nothing but the response to a GET that is JSON is compressed. Pages hold tokens, whose characters
the length of a compressed page could give away (BREACH), and so might responses to a request that
another site has made in a user's session; Django's middleware adds random bytes against the same.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import TypeGuard

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from canvas.stack import Handler

#: Larger ones are compressed in a thread, because that takes more than a millisecond.
INLINE_BYTES = 32 * 1024
#: Django takes a refusal for an acceptance.
_REFUSED = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Compress:
    """Compress JSON responses."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        self._compress = GZipMiddleware(_no_response).process_response
        if self.asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Handle one request."""
        if self.asynchronous:
            return self._later(request)
        response: HttpResponseBase = self.get_response(request)
        return self._compress(request, response) if _may(response, request) else response

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        if not _may(response, request):
            return response
        if len(response.content) > INLINE_BYTES:
            return await sync_to_async(self._compress, thread_sensitive=False)(request, response)
        return self._compress(request, response)


def _may(response: HttpResponseBase, request: HttpRequest) -> TypeGuard[HttpResponse]:
    if request.method != "GET" or response.streaming:
        return False
    if response.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        return False
    if _REFUSED.search(request.headers.get("Accept-Encoding", "")):
        return False
    return not (request.COOKIES and request.headers.get("Sec-Fetch-Site") == "cross-site")


def _no_response(request: HttpRequest) -> HttpResponseBase:
    raise RuntimeError("only the second half of the middleware is used")
