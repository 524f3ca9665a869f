"""A response that a synchronous view does not have yet, and that no thread is to wait for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, HttpResponseBase

#: Makes the response; what the middlewares have said of the request is added to it.
Make = Callable[[], Awaitable[HttpResponseBase]]


class Later(HttpResponse):
    """Represents the response that `make` returns, on its way through the middlewares."""

    def __init__(self, make: Make) -> None:
        super().__init__()
        self.make = make

    def dressed(self, made: HttpResponseBase) -> HttpResponseBase:
        """Give what was made, which is whole, the headers and cookies that this one has got."""
        made.headers["Content-Length"] = str(len(made.content))  # type: ignore[attr-defined]
        for name, value in self.headers.items():
            made.headers.setdefault(name, value)
        made.cookies.update(self.cookies)
        return made


def respond_later(request: HttpRequest, make: Make) -> HttpResponseBase:
    """Return what the server responds with when it is made; wait where no server could do that."""
    if getattr(request, "may_wait", False):
        return Later(make)
    return async_to_sync(make)()
