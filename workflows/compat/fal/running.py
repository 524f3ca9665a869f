"""fal's run surfaces: /fal/run responds when the run has ended or streams, /fal/queue at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.auth import Caller, caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.errors import NotFound
from workflows.api.executions import CANCEL, READ
from workflows.api.parsers import encode
from workflows.api.streams import Last, Write, page_stream
from workflows.compat.fal import shapes, webhooks
from workflows.compat.fal.apps import caller_for, start
from workflows.compat.fal.errors import REQUEST_ID, NotYet, fal_view, running
from workflows.compat.fal.requests import Request, Whole, find
from workflows.errors import ExecutionNotFound
from workflows.journal.events import Page
from workflows.models import Run
from workflows.services.execution import runs
from workflows.services.limits import revocation
from workflows.types import JsonObject

_STREAM = "/stream"
_PING = ": ping\n\n"
_YES = frozenset({"1", "true", "True"})


@fal_view(running, "POST", "GET")
async def run_app(request: HttpRequest, app: str) -> HttpResponseBase:
    """Run an app: wait for its result, or with `/stream` behind it stream its events."""
    app = app.strip("/")
    if app.endswith(_STREAM):
        if request.method != "POST":
            raise NotFound()
        return await _stream(request, app.removesuffix(_STREAM))
    run = await sync_to_async(start)(request, app)
    await runs.run_wait(run_id=run.pk)
    return await sync_to_async(_response)(run, origin_of(request))


@fal_view(running, "POST")
async def submit(request: HttpRequest, app: str) -> HttpResponseBase:
    """Start an app and return where its status is."""
    return await sync_to_async(_submit)(request, app.strip("/"))


@fal_view(running, "GET")
async def request_status(request: HttpRequest, app: str, id: str) -> HttpResponseBase:
    """Return the status of a request: 202 while it is under way, 200 when it has ended."""
    return await sync_to_async(_status)(request, app, id)


@fal_view(running, "GET")
async def status_stream(request: HttpRequest, app: str, id: str) -> HttpResponseBase:
    """Stream the status of a request whenever it changes, until it has ended."""
    caller, found = await sync_to_async(_watched)(request, id)
    logs, origin = _wants_logs(request), origin_of(request)
    said, seen = "", 0

    async def write(page: Page | None) -> Iterable[str]:
        nonlocal said, seen
        if page is None:
            return [_PING]
        body, seen = await sync_to_async(_news)(found, origin, app, logs, seen, page.last)
        if body["status"] == said and not body["logs"]:
            return []
        said = body["status"]
        frame = shapes.frame(body)
        return Last([frame]) if said == "COMPLETED" else [frame]

    return _streaming(request, caller, found, write)


@fal_view(running, "GET")
async def request_result(request: HttpRequest, app: str, id: str) -> HttpResponseBase:
    """Return the bare output of a request."""
    return await sync_to_async(_result)(request, id)


@fal_view(running, "PUT")
async def request_cancel(request: HttpRequest, app: str, id: str) -> HttpResponseBase:
    """Cancel a request."""
    return await sync_to_async(_cancel)(request, id)


def _response(run: Run, origin: str) -> HttpResponse:
    return shapes.result(runs.run_get(user=run.owner, run_id=run.pk), origin)


def _submit(request: HttpRequest, app: str) -> HttpResponse:
    caller = caller_for(request, app)
    run = start(request, app, caller, webhooks.wanted(request, caller))
    body = shapes.submitted(run, origin_of(request), app)
    return _json(200, body, run.pk)


def _watched(request: HttpRequest, id: str) -> tuple[Caller, Request]:
    caller = require(caller_of(request), READ)
    return caller, find(caller.user, id)


def _status(request: HttpRequest, app: str, id: str) -> HttpResponse:
    _, found = _watched(request, id)
    logs = found.logs() if _wants_logs(request) else None
    body = found.status(origin_of(request), app, logs)
    return _json(200 if found.ended else 202, body, found.id)


def _result(request: HttpRequest, id: str) -> HttpResponse:
    _, found = _watched(request, id)
    if not found.ended:
        raise NotYet()
    return found.result(origin_of(request))


def _cancel(request: HttpRequest, id: str) -> HttpResponse:
    """Cancel a request; with one of its steps a run is cancelled, for it could not complete."""
    caller = require(caller_of(request), CANCEL)
    try:
        found = find(caller.user, id)
    except ExecutionNotFound:
        return _json(404, {"status": "NOT_FOUND"}, id)
    if found.ended:
        return _json(400, {"status": "ALREADY_COMPLETED"}, found.id)
    runs.run_cancel(user=caller.user, run_id=found.run.pk)
    return _json(202, {"status": "CANCELLATION_REQUESTED"}, found.id)


async def _stream(request: HttpRequest, app: str) -> HttpResponseBase:
    """Frames as every client reads them: `data:` and ASCII alone; nothing after the last event."""
    caller, run = await sync_to_async(_start)(request, app)
    # In a thread: the snapshot of a run that is not the first of its kind is read now.
    events = await sync_to_async(shapes.Events)(run, origin_of(request))

    async def write(page: Page | None) -> Iterable[str]:
        if page is None:
            return [_PING]
        return (shapes.frame(line) for event in page.events for line in events.of(event))

    return _streaming(request, caller, Whole(run), write)


def _start(request: HttpRequest, app: str) -> tuple[Caller, Run]:
    caller = caller_for(request, app)
    return caller, start(request, app, caller)


def _streaming(
    request: HttpRequest, caller: Caller, found: Request, write: Write
) -> HttpResponseBase:
    principal = revocation.principal(caller.user, token=caller.token, session_key=caller.session)
    response = page_stream(found.run.pk, 0, principal, write)
    response[REQUEST_ID] = str(found.id)
    return response


def _news(
    before: Request, origin: str, app: str, logs: bool, seen: int, last: int
) -> tuple[JsonObject, int]:
    now = find(before.run.owner, str(before.id))
    lines = now.logs(seen) if logs else None
    # The rows may be further than the page; what was sent once is not sent again.
    seen = max(seen, last, now.run.last_seq) if logs else last
    return now.status(origin, app, lines), seen


def _wants_logs(request: HttpRequest) -> bool:
    return request.GET.get("logs") in _YES


def _json(status: int, body: JsonObject, id: UUID | str) -> HttpResponse:
    headers = {REQUEST_ID: str(id)}
    return HttpResponse(
        encode(body), status=status, content_type="application/json", headers=headers
    )
