"""/v1/workflow/{id}/subscribe: the state of a workflow, sent whenever it changes, to its end."""

from __future__ import annotations

import json
from collections.abc import Iterable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from workflows.api.auth import Caller, caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.executions import READ
from workflows.api.streams import page_stream
from workflows.compat.comfy import shapes
from workflows.compat.comfy.errors import comfy_view
from workflows.compat.comfy.workflows import run_of
from workflows.journal.events import Page
from workflows.models import Run
from workflows.services.execution import runs
from workflows.services.limits import revocation
from workflows.types import JsonObject

#: Events that come often and change nothing of what is sent here.
_NO_NEWS = frozenset({"progress", "suspected"})
_KEEP_ALIVE = ": keepalive\n\n"


@comfy_view("GET")
async def subscribe(request: HttpRequest, id: str) -> HttpResponseBase:
    """Stream the workflow's state, from `Last-Event-ID` on where that is given."""
    caller, run = await sync_to_async(_watched)(request, id)
    origin, said = origin_of(request), ""

    async def write(page: Page | None) -> Iterable[str]:
        nonlocal said
        if page is None:
            return [_KEEP_ALIVE]
        empty = page.last < page.first
        if said and not empty and all(event["type"] in _NO_NEWS for event in page.events):
            return []
        # The rows may be further than the page; what was sent once is not sent again.
        data = json.dumps(await sync_to_async(_now)(run, origin), separators=(",", ":"))
        if _without_links(data) == said:
            return []
        said = _without_links(data)
        return [f"id: {page.last}\nevent: status\ndata: {data}\n\n"]

    principal = revocation.principal(caller.user, token=caller.token, session_key=caller.session)
    response = page_stream(run.pk, _after(request), principal, write, most=settings.COMFY_UPDATES)
    response["Cache-Control"] = "no-cache"
    return response


def _watched(request: HttpRequest, id: str) -> tuple[Caller, Run]:
    caller = require(caller_of(request), READ)
    return caller, run_of(caller.user, id)


def _now(run: Run, origin: str) -> JsonObject:
    return shapes.frame(runs.run_get(user=run.owner, run_id=run.pk), origin)


def _after(request: HttpRequest) -> int:
    text = request.headers.get("Last-Event-ID", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _without_links(data: str) -> str:
    """Return what two frames are compared by: links are signed again each time."""
    found = json.loads(data)
    return json.dumps({**found, "outputs": len(found["outputs"])})
