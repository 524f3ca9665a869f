"""/v1/workflow: a workflow is one execution of a ComfyUI graph."""

from __future__ import annotations

from dataclasses import replace

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api import query
from workflows.api.auth import caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.errors import BadRequest, NotFound
from workflows.api.executions import CANCEL, READ
from workflows.compat.comfy import shapes
from workflows.compat.comfy.creating import MAX_NAME, Wanted, graph_of, parameters_of, started
from workflows.compat.comfy.errors import comfy_view, json_response, uuid_of
from workflows.compat.comfy.forms import Form, form_of
from workflows.compat.comfy.paging import page_of
from workflows.compat.comfy.states import STATES, in_state
from workflows.errors import InvalidBody
from workflows.models import Run, RunStatus, User
from workflows.models.runs import TERMINAL, Source
from workflows.services import runner_fields
from workflows.services.execution import runs, submissions
from workflows.types import Json

RUN = "workflow:run"
DELETE = "workflow:write"


@comfy_view("GET", "POST")
async def workflow_list(request: HttpRequest) -> HttpResponseBase:
    """List one's own workflows by page, or create one, which starts it."""
    return await sync_to_async(_create if request.method == "POST" else _list)(request)


@comfy_view("GET", "DELETE")
async def workflow_detail(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return a workflow, or delete one that has ended, its outputs included."""
    return await sync_to_async(_delete if request.method == "DELETE" else _read)(request, id)


@comfy_view("POST")
async def workflow_cancel(request: HttpRequest, id: str) -> HttpResponseBase:
    """Cancel a workflow that has not ended."""
    return await sync_to_async(_cancel)(request, id)


@comfy_view("GET")
async def workflow_outputs(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return the outputs of a completed workflow, as a bare list."""
    return await sync_to_async(_outputs)(request, id)


@comfy_view("POST")
async def workflow_rerun(request: HttpRequest, id: str) -> HttpResponseBase:
    """Start a workflow again, with other values where some are given."""
    return await sync_to_async(_rerun)(request, id)


def run_of(user: User, id: str) -> Run:
    """Return one of the user's own workflows. Raises BadRequest, ExecutionNotFound."""
    run = runs.run_get(user=user, run_id=uuid_of(id))
    if run.source != Source.COMFY:
        raise NotFound()
    return run


def _create(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), RUN)
    with form_of(request) as form:
        name, graph = form.text("name", MAX_NAME), form.json("workflow_json")
        assert name is not None and graph is not None  # both are required
        tags = runner_fields.tags_read(form.fields.get("tags", ""))
        run = started(caller.user, Wanted(name, graph, tags, form), caller.token)
    return _response(run)


def _list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    rows = submissions.runs_of(user=caller.user, source=Source.COMFY)
    state = query.choice(request, "status", STATES)
    rows = rows if state is None else in_state(rows, state)
    return json_response(page_of(request, "workflows", rows, shapes.summaries))


def _read(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    return json_response(shapes.detail(run_of(caller.user, id)))


def _delete(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), DELETE)
    run = run_of(caller.user, id)
    submissions.run_delete(user=caller.user, run_id=run.pk)
    return HttpResponse(status=204)


def _cancel(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), CANCEL)
    run = run_of(caller.user, id)
    if run.status in TERMINAL:
        state = shapes.Rows([run]).state(run)
        raise BadRequest(
            f"A workflow that is {state} cannot be cancelled: it has ended",
            field="status",
            value=state,
        )
    runs.run_cancel(user=caller.user, run_id=run.pk)
    return HttpResponse(status=200)


def _outputs(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    run = run_of(caller.user, id)
    found = shapes.outputs(run, origin_of(request)) if run.status == RunStatus.COMPLETED else []
    if not found:
        raise NotFound()
    return json_response(found)


def _rerun(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), RUN)
    run = run_of(caller.user, id)
    with form_of(request, may_be_empty=True) as form:
        name = form.text("name", MAX_NAME, required=False) or run.name
        given = form.fields.get("tags")
        tags = run.tags if given is None else runner_fields.tags_read(given)
        form = _with_earlier(form, run)
        wanted = Wanted(name, graph_of(run), tags, form, run.workflow)
        again = started(caller.user, wanted, caller.token)
    return _response(again)


def _with_earlier(form: Form, run: Run) -> Form:
    """Return a form with the values of an earlier run where it brings none of its own.

    Files are gone with the run they came with.
    """
    fields = dict(form.fields)
    for field, value in parameters_of(run):
        if field in form.fields or field in form.files:
            continue
        if isinstance(value, dict):
            raise InvalidBody(
                f"The file for {field} was deleted when the workflow ended; send it again",
                field=field,
            )
        if value is not None:
            fields[field] = _text(value)
    return replace(form, fields=fields)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else str(value)


def _response(run: Run) -> HttpResponse:
    return json_response(shapes.summaries([run])[0], 201)
