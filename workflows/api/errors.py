"""How errors look in JSON: one shape for every route, `{"error", "code", ...context}`.

DRF views come here through `handle`, async views through the decorator `json_errors`, pages that do
not exist through `canvas.views`. 401 alone has no code: its body is `{"error": "Unauthorized"}`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from workflows.errors import (
    PatchbayError,
    StorageFull,
    TooLarge,
    Unauthorized,
    Unavailable,
    trouble,
)
from workflows.graph.strict_json import dumps
from workflows.types import JsonObject

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/json"
_PG_DISK_FULL = "53100"
#: What may succeed a few seconds later.
_SOON = frozenset(
    {"TOO_MANY_RUNS", "TOO_MANY_STREAMS", "TOO_MANY_WATCHERS", "UNAVAILABLE", "MEDIA_BUSY"}
)


class CsrfFailed(PatchbayError):
    """A browser session must send its CSRF token in the header X-CSRFToken."""

    code = "CSRF_FAILED"
    status = 403


class SessionRequired(PatchbayError):
    """Only a browser session may do this; a key may not."""

    code = "SESSION_REQUIRED"
    status = 403


class NotFound(PatchbayError):
    """There is nothing at this URL."""

    code = "NOT_FOUND"
    status = 404


class MethodNotAllowed(PatchbayError):
    """This URL does not take this method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class Forbidden(PatchbayError):
    """You may not do this."""

    code = "FORBIDDEN"
    status = 403


class UnsupportedMediaType(PatchbayError):
    """The body has a Content-Type that this URL does not take."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class BadRequest(PatchbayError):
    """The request cannot be understood."""

    code = "INVALID_REQUEST"
    status = 400


class InternalError(PatchbayError):
    """Something went wrong on the server."""

    code = "INTERNAL_ERROR"
    status = 500


def body_of(error: PatchbayError) -> JsonObject:
    """Return an error as JSON."""
    if isinstance(error, Unauthorized):
        return {"error": "Unauthorized"}
    return {"error": error.message, "code": error.code, **error.context}


def headers_of(error: PatchbayError) -> dict[str, str]:
    """Return the headers that belong to an error's response."""
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="patchbay"'}
    if error.code == "METHOD_NOT_ALLOWED" and error.context.get("allowed"):
        return {"Allow": ", ".join(error.context["allowed"])}
    if error.code == "RATE_LIMIT_EXCEEDED" and "retryAfter" in error.context:
        return {"Retry-After": str(error.context["retryAfter"])}
    if error.code in _SOON:
        return {"Retry-After": "5"}
    if error.code == "STORAGE_FULL":
        return {"Retry-After": "60"}
    return {}


def response_of(error: PatchbayError) -> HttpResponse:
    """Return the whole response for an error, outside of DRF."""
    return HttpResponse(
        dumps(body_of(error)),
        status=error.status,
        content_type=CONTENT_TYPE,
        headers=headers_of(error),
    )


def translate(error: Exception) -> PatchbayError | None:
    """Turn what Django and DRF raise into an error of ours; None for an unexpected one."""
    match error:
        case PatchbayError():
            return error
        case Http404() | drf.NotFound():
            return NotFound()
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return Unauthorized()
        case drf.UnsupportedMediaType():
            return UnsupportedMediaType()
        case drf.MethodNotAllowed():
            return MethodNotAllowed()
        case drf.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case RequestDataTooBig():
            return TooLarge()
        case (
            SuspiciousOperation()
            | drf.APIException()
            | MultiPartParserError()
            | UnreadablePostError()
        ):
            return BadRequest()
        case OperationalError() | InterfaceError():
            return _database_trouble(error)
    return trouble(error)


def _database_trouble(error: Exception) -> PatchbayError | None:
    """Distinguish a database that is away, busy or full from a query that is wrong."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    # The low byte is the kind of error, what is above only says more of it.
    kind = None if code is None else code & 0xFF
    if kind == sqlite3.SQLITE_ERROR:
        return None
    if kind == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == _PG_DISK_FULL:
        return StorageFull()
    return Unavailable("The database does not respond; try again in a few seconds.")


def known_error(error: Exception, request: Any) -> PatchbayError:
    """Return what to say of any exception; an unexpected one is logged and kept to us."""
    known = translate(error)
    if known is not None:
        if known is not error and isinstance(known, Unavailable | StorageFull):
            logger.warning("%s at %s: %s", known.code, getattr(request, "path", "?"), error)
        return known
    logger.error(
        "unexpected %s at %s",
        type(error).__name__,
        getattr(request, "path", "?"),
        exc_info=error,
        extra={"request_id": getattr(request, "id", "-")},
    )
    return InternalError()


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Respond to any exception of a DRF view (`REST_FRAMEWORK["EXCEPTION_HANDLER"]`)."""
    view, request = context.get("view"), context.get("request")
    known = known_error(error, request)
    if isinstance(known, MethodNotAllowed) and view is not None:
        known = MethodNotAllowed(allowed=view.allowed_methods)
    if isinstance(error, drf.UnsupportedMediaType) and view is not None:
        taken = ", ".join(parser.media_type for parser in view.parser_classes)
        known = UnsupportedMediaType(field="Content-Type", expected=taken)
    response = Response(body_of(known), status=known.status, headers=headers_of(known))
    response.exception = True
    return response


#: Views of a path, as `path` takes them.
View = Callable[..., HttpResponseBase]
AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]
#: Returns the response to an error, in the shape of an API.
Respond = Callable[[HttpRequest, PatchbayError], Coroutine[Any, Any, HttpResponseBase]]


def responding(
    view: AsyncView,
    methods: tuple[str, ...],
    respond: Respond,
    first: Callable[[HttpRequest], None] | None = None,
) -> AsyncView:
    """Give a plain async view its allowed methods and a response to every error.

    It is the boundary of a request: whatever `first`, which sees every request, or the view raises
    becomes a response.
    """

    @wraps(view)
    async def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if first is not None:
                first(request)
            if request.method not in methods:
                raise MethodNotAllowed(allowed=list(methods))
            return await view(request, *args, **kwargs)
        except Exception as error:
            return await respond(request, known_error(error, request))

    wrapped.methods = methods  # type: ignore[attr-defined]  # what its description must cover
    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # auth.py checks it for sessions
    return wrapped


def json_errors(*methods: str) -> Callable[[AsyncView], AsyncView]:
    """Give a plain async view the error shape of the DRF ones, and its allowed methods."""
    return partial(responding, methods=methods, respond=_respond)


def json_view(*methods: str) -> Callable[[View], View]:
    """Do the same for a plain view that is not asynchronous."""

    def responding_at_once(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise MethodNotAllowed(allowed=list(methods))
                return view(request, *args, **kwargs)
            except Exception as error:
                return response_of(known_error(error, request))

        wrapped.methods = methods  # type: ignore[attr-defined]  # what its description must cover
        wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # auth.py checks it for sessions
        return wrapped

    return responding_at_once


async def _respond(_: HttpRequest, error: PatchbayError) -> HttpResponseBase:
    return response_of(error)
