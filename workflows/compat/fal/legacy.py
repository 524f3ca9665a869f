"""/fal/rest/workflows: the older way to keep workflows, which the `fal` package publishes by.

Unlike `/v1` it changes and deletes too, returns bare objects, and says 422 to what is not valid.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api import query
from workflows.api.auth import caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.parsers import encode, read_body
from workflows.compat.fal.errors import BadWorkflow, fal_view, running
from workflows.compat.fal.platform import (
    MAX_LIMIT,
    WorkflowFields,
    created,
    facts,
    head,
    thumbnail_of,
    whole,
)
from workflows.models import Workflow
from workflows.services.library import named
from workflows.types import JsonObject


@fal_view(running, "GET", "POST")
async def workflow_list(request: HttpRequest) -> HttpResponseBase:
    """List one's own workflows by page, or create one."""
    return await sync_to_async(_create if request.method == "POST" else _list)(request)


@fal_view(running, "GET", "PATCH", "DELETE")
async def workflow_detail(request: HttpRequest, owner: str, name: str) -> HttpResponseBase:
    """Read, change or delete a workflow."""
    verbs = {"GET": _read, "PATCH": _change, "DELETE": _delete}
    return await sync_to_async(verbs[str(request.method)])(request, owner, name)


def _create(request: HttpRequest) -> HttpResponse:
    return _json(201, _shape(created(request)))


def _list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), "workflow:read")
    page = query.number(request, "page", default=1, low=1)
    size = query.number(request, "size", default=50, low=1, high=MAX_LIMIT)
    rows = named.workflow_own_list(user=caller.user)
    items = [_summary(row, origin_of(request)) for row in rows[(page - 1) * size : page * size]]
    body = {
        "items": items,
        "total": len(rows),
        "page": page,
        "size": size,
        "pages": -(-len(rows) // size),
    }
    return _json(200, body)


def _read(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    caller = require(caller_of(request), "workflow:read")
    return _json(200, _shape(named.workflow_named(user=caller.user, owner=owner, name=name)))


def _change(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    caller = require(caller_of(request), "workflow:write")
    given = read_body(request, WorkflowFields, BadWorkflow)
    workflow = named.workflow_named(user=caller.user, owner=owner, name=name)
    workflow = named.workflow_update_named(
        user=caller.user, workflow=workflow, **facts(given, workflow)
    )
    return _json(201, _shape(workflow))


def _delete(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    caller = require(caller_of(request), "workflow:write")
    workflow = named.workflow_named(user=caller.user, owner=owner, name=name)
    named.workflow_delete_named(user=caller.user, workflow=workflow)
    return HttpResponse(status=204)


def _summary(workflow: Workflow, origin: str) -> JsonObject:
    return {**head(workflow), "user_id": str(workflow.owner_id), **thumbnail_of(workflow, origin)}


def _shape(workflow: Workflow) -> JsonObject:
    return {**whole(workflow), "user_id": str(workflow.owner_id)}


def _json(status: int, body: JsonObject) -> HttpResponse:
    return HttpResponse(encode(body), status=status, content_type="application/json")
