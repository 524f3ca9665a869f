"""Errors in the forms of fal: one envelope for `/v1`, another for everything that runs.

`/v1` says `{"error": {"type", "message", "docs_url", "request_id"}}`. The run surfaces say `detail`
(which Python shows), `message` (which JavaScript shows) and `error_type`, also as a header.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.base import origin_of
from workflows.api.errors import (
    AsyncView,
    NotFound,
    headers_of,
    responding,
)
from workflows.errors import InvalidGraph, PatchbayError
from workflows.graph.strict_json import dumps
from workflows.types import Json, JsonObject

Envelope = Callable[[HttpRequest, PatchbayError], HttpResponse]

REQUEST_ID = "x-fal-request-id"
#: Says of a 504 that it was the caller's own limit; clients do not send such a request again.
TIMEOUT_TYPE = "x-fal-request-timeout-type"
#: What a page of another origin may send, and see of the response.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "authorization, content-type, accept, x-api-key, x-fal-target-url, x-fal-queue-priority, "
        "x-fal-runner-hint, x-fal-request-timeout, x-fal-object-lifecycle, x-fal-file-name, "
        "x-fal-object-lifecycle-preference, x-fal-no-retry, x-fal-store-io, x-fal-disable-fallbacks"
    ),
    "Access-Control-Expose-Headers": (
        "x-fal-request-id, x-fal-request-timeout-type, x-fal-error-type, x-fal-retryable, etag, "
        "retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset"
    ),
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

_PLATFORM = {
    400: "validation_error",
    401: "authorization_error",
    403: "authorization_error",
    404: "not_found",
    429: "rate_limited",
    501: "not_implemented",
}
_RUN = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    422: "bad_request",
    429: "rate_limited",
    499: "client_cancelled",
    504: "request_timeout",
}
#: What the same request may not meet again.
_PASSING = frozenset({429, 502, 503, 507})

#: What is wrong with a body: 422 where things run, as inputs that do not fit are.
_NOT_VALID = frozenset({"INVALID_WORKFLOW", "INVALID_BODY", "NAME_TAKEN"})


class BadWorkflow(PatchbayError):
    """The workflow cannot be stored."""

    code = "INVALID_WORKFLOW"
    status = 400


class NotYet(PatchbayError):
    """Request is still in progress"""

    code = "STILL_IN_PROGRESS"
    status = 400


def fal_view(envelope: Envelope, *methods: str) -> Callable[[AsyncView], AsyncView]:
    """Give a plain async view fal's errors, its allowed methods, and CORS for browsers."""

    async def respond(request: HttpRequest, error: PatchbayError) -> HttpResponseBase:
        return envelope(request, error)

    def decorate(view: AsyncView) -> AsyncView:
        inner = responding(view, methods, respond)

        @wraps(inner)
        async def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                response: HttpResponseBase = HttpResponse(status=204)
            else:
                response = await inner(request, *args, **kwargs)
            for name, value in _CORS.items():
                response.headers.setdefault(name, value)
            return response

        return wrapped

    return decorate


def platform(request: HttpRequest, error: PatchbayError) -> HttpResponse:
    """Return the response to an error as the Platform API does. There, what is not valid is 400."""
    status = status_of(error)
    status = 400 if 400 <= status < 500 and status not in _PLATFORM | {405: ""} else status
    body: JsonObject = {
        "type": _PLATFORM.get(status, "server_error" if status >= 500 else "validation_error"),
        "message": error.message,
        "docs_url": f"{origin_of(request)}/api/docs",
        "request_id": getattr(request, "id", ""),
    }
    return _response(status, {"error": body}, headers_of(error))


def running(request: HttpRequest, error: PatchbayError) -> HttpResponse:
    """Return the response to an error as the run, queue and rest surfaces do."""
    request_id, headers = getattr(request, "id", ""), headers_of(error)
    if error.code == "EXECUTION_TIMEOUT":
        # The run goes on and its status can be read; a client must not start it once more.
        request_id = str(error.context["executionId"])
        headers = {**headers, TIMEOUT_TYPE: "user"}
    return failure(status_of(error), error.message, detail_of(error), request_id, headers)


def failure(
    status: int,
    message: str,
    detail: Json,
    request_id: str,
    headers: dict[str, str] | None = None,
    kind: str = "",
) -> HttpResponse:
    """Respond to a failed request with a body that every client finds its text in."""
    kind = kind or error_type(status)
    more = {
        "x-fal-error-type": kind,
        "x-fal-retryable": str(status in _PASSING).lower(),
        REQUEST_ID: request_id,
        **(headers or {}),
    }
    body: JsonObject = {"detail": detail, "error_type": kind, "message": message}
    return _response(status, body, more)


def error_type(status: int) -> str:
    """Return fal's word for an HTTP status."""
    return _RUN.get(status, "internal_error" if status >= 500 else "bad_request")


async def _nothing(request: HttpRequest) -> HttpResponseBase:
    """Respond to a URL of the dialect where nothing is."""
    raise NotFound()


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
nothing = fal_view(running, *_METHODS)(_nothing)
nothing_platform = fal_view(platform, *_METHODS)(_nothing)


def status_of(error: PatchbayError) -> int:
    """Return the HTTP status of an error; inputs that do not fit are 422 here."""
    if isinstance(error, InvalidGraph) or error.code in _NOT_VALID:
        return 422
    return error.status


def detail_of(error: PatchbayError) -> Json:
    """Return `detail`: a list of places for inputs that do not fit, else the text."""
    if isinstance(error, InvalidGraph):
        return [
            item(problem.message, problem.code, problem.field, problem.node_id, problem.value)
            for problem in error.problems
        ]
    if error.code in _NOT_VALID:
        return [item(error.message, error.code, error.context.get("field"))]
    return error.message


def item(
    message: str, code: str, field: Json = None, node_id: Json = None, value: Json = None
) -> JsonObject:
    """Return one entry of a `detail` list."""
    place = [part for part in (field,) if part is not None]
    found: JsonObject = {"loc": ["body", *place], "msg": message, "type": code.lower()}
    if node_id is not None:
        found["ctx"] = {"node_id": node_id}
    return found if value is None else {**found, "input": value}


def _response(status: int, body: JsonObject, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(
        dumps(body), status=status, content_type="application/json", headers=headers
    )
