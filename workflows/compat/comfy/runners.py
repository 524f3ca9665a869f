"""/v1/runner and /v1/managed-runner: one's own runners, and those others share."""

from __future__ import annotations

from collections.abc import Sequence

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api import query
from workflows.api.auth import caller_of
from workflows.api.capabilities import require
from workflows.api.parsers import read_body
from workflows.api.runners import READ, WRITE
from workflows.compat.comfy.errors import comfy_view, json_response, uuid_of
from workflows.compat.comfy.paging import page_of
from workflows.compat.comfy.shapes import moment, person_id
from workflows.errors import RunnerNotFound
from workflows.models import Runner, RunnerStatus
from workflows.services import runner_fields, runners
from workflows.services.database import one
from workflows.types import JsonObject


@comfy_view("GET", "POST")
async def runner_list(request: HttpRequest) -> HttpResponseBase:
    """List one's own runners by page, or register one."""
    return await sync_to_async(_create if request.method == "POST" else _list)(request)


@comfy_view("GET", "PUT", "DELETE")
async def runner_detail(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return, change or forget a runner."""
    verbs = {"GET": _read, "PUT": _change, "DELETE": _delete}
    return await sync_to_async(verbs[str(request.method)])(request, id)


@comfy_view("POST")
async def runner_test(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return how a runner is now."""
    return await sync_to_async(_test)(request, id)


@comfy_view("GET")
async def runner_health(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return how a runner was when it was probed last."""
    return await sync_to_async(_health)(request, id)


@comfy_view("GET")
async def managed_list(request: HttpRequest) -> HttpResponseBase:
    """List the active runners that others share."""
    return await sync_to_async(_managed_list)(request)


@comfy_view("GET")
async def managed_detail(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return a runner that another user shares."""
    return await sync_to_async(_managed)(request, id)


def _create(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    runners.check_registers(user=caller.user)
    new = read_body(request, runner_fields.NewRunner)
    row = runners.runner_create(user=caller.user, request=new)
    return json_response(_shape(row), 201)


def _list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    status = query.choice(request, "status", tuple(RunnerStatus.values))
    rows = runners.runners_own(user=caller.user, status=status)
    return json_response(page_of(request, "runners", rows, _shapes))


def _read(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    return json_response(_shape(runners.runner_own(user=caller.user, runner_id=uuid_of(id))))


def _change(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    fields = read_body(request, runner_fields.RunnerFields)
    row = runners.runner_update(user=caller.user, runner_id=uuid_of(id), request=fields)
    return json_response(_shape(row))


def _delete(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    force = bool(query.flag(request, "force"))
    runners.runner_delete(user=caller.user, runner_id=uuid_of(id), force=force)
    return HttpResponse(status=204)


def _test(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    return json_response(runners.runner_test(user=caller.user, runner_id=uuid_of(id)))


def _health(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    row = runners.runner_own(user=caller.user, runner_id=uuid_of(id))
    return json_response(row.health or {"state": "unknown"})


def _managed_list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    rows = runners.runners_shared(user=caller.user)
    return json_response(page_of(request, "managed_runners", rows, _managed_shapes))


def _managed(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    row = one(runners.runners_shared(user=caller.user).filter(pk=uuid_of(id)))
    if row is None:
        raise RunnerNotFound()
    return json_response(_managed_shape(row))


def _shapes(rows: Sequence[Runner]) -> list[JsonObject]:
    return [_shape(row) for row in rows]


def _shape(row: Runner) -> JsonObject:
    return {
        "id": str(row.pk),
        "user_id": person_id(row.owner_id),
        "name": row.name,
        "status": row.status,
        "endpoint": row.endpoint,
        "tags": row.tags,
        "headers": runner_fields.headers_masked(row),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def _managed_shapes(rows: Sequence[Runner]) -> list[JsonObject]:
    return [_managed_shape(row) for row in rows]


def _managed_shape(row: Runner) -> JsonObject:
    return {
        "id": str(row.pk),
        "name": row.name,
        # Of two kinds there, which differ by what an account pays; here there is one.
        "runner_type": "pro",
        "status": row.status,
        "tags": row.tags,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }
