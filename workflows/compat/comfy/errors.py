"""The boundary of this API: `{status, message}` for every error, and how often one may call."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.address import client_address
from workflows.api.errors import (
    AsyncView,
    BadRequest,
    NotFound,
    headers_of,
    responding,
)
from workflows.api.parsers import encode
from workflows.errors import InvalidGraph, PatchbayError, RunnerUnreachable, Unauthorized
from workflows.services.identity import tokens
from workflows.services.limits import rates
from workflows.types import Json, JsonObject

#: The window COMFY_CALLS counts in, and how long nothing is served beyond it, in seconds.
WINDOW_SECONDS = 10
PATHS = re.compile(r"/v1/(?:workflow|template|runner|managed-runner|user|gallery|file)(?:/.*)?")
NOT_FOUND = "requested entity not found"


def comfy_view(*methods: str) -> Callable[[AsyncView], AsyncView]:
    """Give a plain async view this API's errors, its allowed methods and its limit of calls."""
    return partial(responding, methods=methods, respond=_respond, first=_count)


async def _respond(request: HttpRequest, error: PatchbayError) -> HttpResponseBase:
    if isinstance(error, Unauthorized):
        error = await sync_to_async(_unauthorized)(request)
    return response_of(error)


def response_of(error: PatchbayError) -> HttpResponse:
    """Return the response to an error."""
    status = status_of(error)
    body = encode(body_of(status, message_of(error)))
    headers = headers_of(error)
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def body_of(status: int, message: str) -> JsonObject:
    """Return the one shape of an error."""
    return {"status": status, "message": message}


def status_of(error: PatchbayError) -> int:
    """Return the HTTP status of an error; what is not valid is 400 here, whatever it is."""
    if isinstance(error, RunnerUnreachable):
        return 503
    status = error.status
    return 400 if status in (412, 422) else status


def message_of(error: PatchbayError) -> str:
    """Return a sentence that says what is wrong, and where."""
    if isinstance(error, InvalidGraph):
        return " ".join(problem.message for problem in error.problems) or error.message
    if error.status == 404:
        return NOT_FOUND
    expected = error.context.get("expected")
    known = not expected or str(expected) in error.message
    return error.message if known else f"{error.message.rstrip('.')}; expected {expected}."


def _unauthorized(request: HttpRequest) -> Unauthorized:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and tokens.token_expired(text=text.strip()):
        return Unauthorized("Token has expired")
    return Unauthorized("Invalid token")


def refusal(path: str, body: JsonObject) -> JsonObject:
    """Return the body of what the server refuses by itself, in the form of its path."""
    if PATHS.fullmatch(path) is None:
        return body
    return body_of(413, str(body["error"]))


def uuid_of(text: str) -> UUID:
    """Read an id in a path. Raises BadRequest for what is no UUID."""
    try:
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or str(found) != text.lower():
        raise BadRequest("invalid UUID", field="id", value=text[:80], expected="a UUID")
    return found


def json_response(body: Json, status: int = 200) -> HttpResponse:
    """Respond with JSON."""
    return HttpResponse(encode(body), status=status, content_type="application/json")


def _count(request: HttpRequest) -> None:
    if settings.COMFY_CALLS:
        key = f"comfy:{client_address(request)}"
        rates.take(
            key, limit=settings.COMFY_CALLS, seconds=WINDOW_SECONDS, rest_seconds=WINDOW_SECONDS
        )


@comfy_view("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
async def nothing(request: HttpRequest) -> HttpResponseBase:
    """Respond to a path of this API where nothing is."""
    raise NotFound()
