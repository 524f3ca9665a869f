"""Running workflows and looking at runs: /api/workflows/<slug>/run and /api/executions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.response import Response

from workflows.api import plans, query, run_shapes, shapes
from workflows.api.auth import Caller, caller_of
from workflows.api.base import (
    SIGNED,
    VERSION,
    ApiView,
    Request,
    absolute_media,
    has_body,
    media_links,
    version_requested,
)
from workflows.api.capabilities import SLUG, Required, require
from workflows.api.errors import BadRequest, json_errors, json_view
from workflows.api.later import respond_later
from workflows.api.parsers import encode, read_body
from workflows.api.streams import event_stream
from workflows.billing import calls
from workflows.billing.estimate import number
from workflows.errors import ExecutionFailed, InvalidSlug, WorkflowNotFound
from workflows.models import Role, Run, RunStatus, Webhook, Workflow
from workflows.models.runs import ACTIVE, Source
from workflows.services import webhooks
from workflows.services.execution import models, requests, retries, runs, starting
from workflows.services.identity.tokens import allows
from workflows.services.library import access
from workflows.services.limits import revocation, watchers
from workflows.types import Json, Uuid, described

# Who may run workflows may read runs and stop them: a key that starts what it cannot follow
# would be of no use. The converse does not hold.
READ: Required = ("execution:read", "workflow:run")
CANCEL: Required = ("execution:cancel", "workflow:run")
RUN: Required = ("workflow:run", "workflow:{slug}:run")
RECEIVE = "webhook:receive"
RUN_MODEL: Required = ("model:run", "model:{slug}:run")


class Result(TypedDict):
    """The result of a run that has ended."""

    success: Literal[True]
    result: Json
    cost: float
    ms: int
    executionId: Uuid


class WebhookDelivery(TypedDict):
    """Whether the end of a run is reported, and where."""

    configured: bool
    url: NotRequired[str]


class Accepted(TypedDict):
    """A run that was submitted, and where to ask for its result."""

    _async: Literal[True]
    executionId: Uuid
    requestId: str | None
    status: str
    webhookDelivery: WebhookDelivery
    pollUrl: str


#: Statuses as the API says them -> those of the table.
STATES: dict[str, tuple[str, ...]] = {"processing": ACTIVE}
for _state, _status in shapes.STATUS.items():
    STATES[_status] = (*STATES.get(_status, ()), _state)


class ExecutionList(ApiView):
    """The caller's runs."""

    capability = {"GET": READ}

    def get(self, request: Request) -> Response:
        """List runs, newest first.

        `?workflow=<slug>`, `?status=`, `?source=`, `?keyId=`, `?before=` (a time, or the id of the
        last run of the page before) and `?limit=`.
        """
        query.paged_by(request, "limit", "before")
        slug = query.one(request, "workflow")
        if slug is not None and not SLUG.fullmatch(slug):
            raise InvalidSlug(field="workflow", value=slug[:200], expected="a workflow's slug")
        status = query.choice(request, "status", tuple(STATES))
        rows = runs.run_list(
            user=request.user,
            slug=slug,
            states=STATES[status] if status else None,
            source=query.choice(request, "source", tuple(Source.values)),
            token_id=query.identifier(request, "keyId"),
            before=_before(request),
            limit=query.number(request, "limit", default=20, low=1, high=runs.MAX_LIST),
        )
        absolute = absolute_media(request, request.user.pk)
        return Response([run_shapes.execution_summary(run, absolute) for run in rows])


class ExecutionDetail(ApiView):
    """One run."""

    capability = {"GET": READ}

    def get(self, request: Request, id: str) -> Response:
        """Return a run with its nodes."""
        return execution(request, runs.run_get(user=request.user, run_id=id))


class ExecutionWorkflow(ApiView):
    """The graph of a run."""

    capability = {"GET": READ}

    def get(self, request: Request, id: str) -> Response:
        """Return the workflow as it was when the run started."""
        run = runs.run_get(user=request.user, run_id=id)
        if run.workflow is None:
            raise WorkflowNotFound()
        workflow = access.workflow_readable(
            user=request.user,
            slug=run.workflow.slug,
            shared=request.auth.sharing(Role.VIEW),
        )
        return Response(run_shapes.run_workflow(run, workflow))


class ExecutionCancel(ApiView):
    """Stopping a run."""

    capability = {"POST": CANCEL}

    def post(self, request: Request, id: str) -> Response:
        """Cancel; a run that has ended is returned as it is."""
        return execution(request, runs.run_cancel(user=request.user, run_id=id))


class ExecutionRetry(ApiView):
    """Taking a run up again."""

    capability = {"POST": "workflow:run"}

    def post(self, request: Request, id: str) -> Response:
        """Continue an ended run: what has failed or was not reached, or all from a node on.

        `?version=` has it go on with that version of its workflow instead of its own graph.
        """
        retry = self.read(request, retries.Retry) if has_body(request) else None
        workflow = _version_of(request, id)
        run = retries.run_retry(user=request.user, run_id=id, request=retry, workflow=workflow)
        return execution(request, run)


class RetryPlan(TypedDict):
    """What a retry would do with each node of a run, by id, and what prevents it.

    `kept` stay as they are, `run` do work and `passed` only hand values on. `nodes` are those in
    `run`; their `items` are those of their lists that run.
    """

    run: list[str]
    kept: list[str]
    passed: list[str]
    problems: list[Annotated[Json, described("Problem")]]
    nodes: list[plans.PlannedNode]
    seconds: float | None
    untimed: int
    credits: float
    usd: plans.MoneyRange | None


class ExecutionRetryPlan(ApiView):
    """What taking a run up again would do."""

    capability = {"POST": "workflow:run"}

    def post(self, request: Request, id: str) -> Response:
        """Return what a retry with this body and `?version=` would run; nothing is started."""
        retry = self.read(request, retries.Retry) if has_body(request) else retries.Retry()
        preview = retries.retry_preview(
            user=request.user, run_id=id, request=retry, workflow=_version_of(request, id)
        )
        found: RetryPlan = {
            "run": preview.run,
            "kept": preview.kept,
            "passed": preview.passed,
            "problems": preview.problems,
            **plans.costs(preview.run, preview.reasons, preview.expected),
        }
        return Response(found)


def _version_of(request: Request, run_id: str) -> Workflow | None:
    """Return a run's workflow in the version that is requested; None: none is.

    Raises WorkflowNotFound, VersionNotFound and ExecutionNotFound.
    """
    if query.one(request, VERSION) is None:
        return None
    run = runs.run_get(user=request.user, run_id=run_id)
    if run.workflow is None:
        raise WorkflowNotFound()
    workflow = access.workflow_readable(
        user=request.user, slug=run.workflow.slug, shared=request.auth.sharing(Role.RUN)
    )
    return version_requested(request, request.auth, workflow)


def execution(request: HttpRequest | Request, run: Run) -> Response:
    """Return a run with its nodes as JSON."""
    steps, nodes = runs.run_steps(run=run), runs.run_nodes(run=run)
    absolute = absolute_media(request, run.owner_id)
    return Response(run_shapes.execution(run, absolute, steps, nodes, calls.paid_by_node(run.pk)))


@json_view("POST")
def run_workflow(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Run a workflow: wait for its result, respond at once or stream what happens."""
    return respond_run(request, *_start(request, slug))


@json_view("POST")
def run_model(request: HttpRequest, name: str) -> HttpResponseBase:
    """Run a model: wait for its result, respond at once or stream what happens."""
    return respond_run(request, *_start_model(request, name))


@json_errors("GET")
async def execution_events(request: HttpRequest, id: str) -> HttpResponseBase:
    """Stream a run's events, from `Last-Event-ID` or `?after=` on."""
    caller, run = await sync_to_async(_watched)(request, id)
    given = request.headers.get("Last-Event-ID") or request.GET.get("after")
    return _stream(request, caller, run, _number(given, "after", default=0))


def _before(request: Request) -> datetime | UUID | None:
    text = query.one(request, "before")
    if text is not None and len(text) == 36:
        with suppress(ValueError):
            return UUID(text)
    return query.time(request, "before")


def _stream(request: HttpRequest, caller: Caller, run: Run, after: int = 0) -> HttpResponseBase:
    """Respond with the events of a run behind `after`."""
    principal = revocation.principal(
        caller.user,
        token=caller.token,
        session_key=caller.session,
    )
    # The canvas takes URLs as they are; other clients need whole ones.
    whole = caller.token is not None or query.flag(request, SIGNED)
    links = media_links(request, run.owner_id) if whole else None
    return event_stream(run.pk, after, principal, links)


def respond_run(request: HttpRequest, caller: Caller, run: Run) -> HttpResponseBase:
    """Respond with the result of a run when it has ended, with where to ask for it, or its events.

    What ends soon is waited for in this thread: every change of threads costs more than the wait.
    """
    if query.flag(request, "stream"):
        response = _stream(request, caller, run)
        response["Content-Location"] = f"/api/executions/{run.pk}/events"
        return response
    if query.flag(request, "async"):
        return _json(202, accepted(run))
    ended = runs.run_soon(run=run)
    if ended is not None:
        return _result(request, run, ended)
    return respond_later(request, partial(_when_ended, request, run))


@json_errors("POST")
async def _when_ended(request: HttpRequest, run: Run) -> HttpResponse:
    return await sync_to_async(_result)(request, run, await runs.run_wait(run_id=run.pk))


def _start(request: HttpRequest, slug: str) -> tuple[Caller, Run]:
    caller = require(caller_of(request), RUN, slug=slug)
    workflow = access.workflow_readable(
        user=caller.user, slug=slug, shared=caller.sharing(Role.RUN)
    )
    workflow = version_requested(request, caller, workflow)
    wanted = _wanted(request, caller)
    version = query.one(request, VERSION) or ""
    wanted["request"] = replace(wanted["request"], version=version)
    return caller, starting.run_create(user=caller.user, workflow=workflow, **wanted)


def _start_model(request: HttpRequest, name: str) -> tuple[Caller, Run]:
    caller = require(caller_of(request), RUN_MODEL, slug=name)
    models.model_get(name=name)
    return caller, models.model_run(user=caller.user, name=name, **_wanted(request, caller))


def _wanted(request: HttpRequest, caller: Caller) -> dict[str, Any]:
    """Read what a caller requests of a run; a wrong flag is refused before anything starts."""
    asynchronous, _ = query.flag(request, "async"), query.flag(request, SIGNED)
    streamed = query.flag(request, "stream")
    if asynchronous and streamed:
        raise query.wrong("stream", "true", "false with async=true")
    if streamed:
        with watchers.watching(caller.user.pk):
            pass  # There is room for the stream, before anything starts.
    wanted = read_body(request, requests.NewRun)
    return {
        "request": wanted.request(),
        "source": Source.API if caller.token else Source.CANVAS,
        "idempotency_key": request.headers.get("Idempotency-Key"),
        "webhook": _webhook(caller, wanted, asynchronous),
        "token": caller.token,
        "awaited": not (asynchronous or streamed),
        "streamed": bool(streamed),
    }


def _webhook(
    caller: Caller, request: webhooks.RunWebhook, asynchronous: bool | None
) -> Webhook | None:
    """Return the webhook a run asks for, else that of its key. Raises InvalidBody and
    CapabilityDenied."""
    wanted = webhooks.webhook_of_run(request=request, token=caller.token)
    if wanted is not None:
        require(caller, RECEIVE)
        return wanted
    # Who waits has the response already.
    if not asynchronous or caller.token is None or not allows(caller.capabilities, RECEIVE):
        return None
    return webhooks.webhook_of(token=caller.token)


def _watched(request: HttpRequest, id: str) -> tuple[Caller, Run]:
    caller = require(caller_of(request), READ)
    return caller, runs.run_get(user=caller.user, run_id=id)


def accepted(run: Run) -> Accepted:
    """Return the response of a submit: a handle on the run, not its result."""
    return {
        "_async": True,
        "executionId": str(run.pk),
        "requestId": None,
        "status": "processing",
        "webhookDelivery": (
            {"configured": True, "url": run.webhook.url} if run.webhook else {"configured": False}
        ),
        "pollUrl": f"/api/executions/{run.pk}",
    }


def _result(request: HttpRequest, run: Run, ended: Run) -> HttpResponse:
    id, absolute = str(run.pk), absolute_media(request, run.owner_id)
    if ended.status == RunStatus.COMPLETED:
        body: Result = {
            "success": True,
            "result": absolute(ended.output),
            "cost": number(ended.cost),
            "ms": shapes.duration_ms(ended) or 0,
            "executionId": id,
        }
        return _json(200, body)
    error = ended.error or {}
    if ended.status == RunStatus.CANCELLED:
        raise ExecutionFailed("The run was cancelled.", executionId=id, status="cancelled")
    failed = [step for step in runs.run_steps(run=run) if step.error]
    raise ExecutionFailed(
        error.get("message"),
        executionId=id,
        nodeId=error.get("nodeId"),
        nodeErrors=[{"nodeId": step.node_id, **step.error} for step in failed],
    )


def _json(status: int, body: Result | Accepted) -> HttpResponse:
    return HttpResponse(encode(body), status=status, content_type="application/json")


def _number(text: str | None, field: str, *, default: int) -> int:
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequest(
            f"{field} must be a whole number.",
            field=field,
            value=text[:80],
            expected="a whole number",
        )
    return int(text)
