"""Runs: starting one exactly once, waiting for it, cancelling, retrying, looking.

A run freezes the workflow in a snapshot; run, snapshot and first event are written in one
transaction, and the engine is told when that is committed.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from workflows.billing import credits
from workflows.bodies import Body, Meta
from workflows.engine import discards, placement, queue
from workflows.engine.credentials import Scope, scope_of
from workflows.errors import (
    ExecutionNotFound,
    ExecutionTimeout,
    IdempotencyConflict,
    InvalidBody,
    InvalidGraph,
    InvalidInputs,
    Problem,
    TooManyRuns,
)
from workflows.graph import document as shape
from workflows.graph import plan, schema
from workflows.graph.strict_json import dumps
from workflows.journal import journal
from workflows.journal.events import Completion, follow
from workflows.models import (
    Asset,
    Event,
    Run,
    RunStatus,
    Snapshot,
    Step,
    StepStatus,
    Token,
    User,
    Webhook,
    Workflow,
)
from workflows.models.runs import UNFINISHED, Source
from workflows.nodes import registry
from workflows.prepared import Counted, Parameter, PreparedQuery
from workflows.services.limits.idempotency import HEADER, check_key, digest
from workflows.services.locks import hold
from workflows.services.runner_fields import Tags, tags_of
from workflows.services.webhooks import RunWebhook
from workflows.types import JsonObject

#: The ids of files, wherever they stand in a text.
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MAX_LIST = 100
#: Ignored inputs that are noted, and characters of each name.
MAX_IGNORED, MAX_SHOWN = 50, 100
_WORKFLOW_HEAVY = ("workflow__nodes", "workflow__edges", "workflow__viewport", "workflow__extra")

_OWN = PreparedQuery(
    lambda: (
        Run.objects.select_related("workflow")
        .defer(*_WORKFLOW_HEAVY)
        .filter(owner=Parameter("owner"), pk=Parameter("id", Run._meta.pk))
    )
)
_BY_KEY = PreparedQuery(
    lambda: Run.objects.filter(owner=Parameter("owner"), idempotency_key=Parameter("key"))
)
_UNFINISHED = PreparedQuery(
    lambda: Run.objects.filter(UNFINISHED, owner=Parameter("owner")).values_list(Counted())
)
_SNAPSHOT = PreparedQuery(
    lambda: Snapshot.objects.filter(
        workflow=Parameter("workflow"), sha256=Parameter("digest")
    ).defer("nodes", "edges")
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What somebody asks of a run. `only` names nodes to run with their ancestors; None: the sinks.

    `force` runs nodes again whose result is known. `max_credits` is what the run may cost at most;
    None: as much as RUN_MAX_CREDITS allows. A run that has not begun after `start_seconds` fails.
    `ignores_unknown` leaves out, and notes in the journal, inputs that are not declared. `tags` are
    those of the workers that may execute it.
    """

    inputs: JsonObject
    only: list[str] | None = None
    force: bool = False
    max_credits: float | None = None
    start_seconds: float | None = None
    ignores_unknown: bool = False
    tags: Sequence[str] = ()

    def options(self) -> JsonObject:
        """Return what the run's row keeps of it for the engine."""
        caps = [cap for cap in (self.max_credits, settings.RUN_MAX_CREDITS) if cap is not None]
        more: JsonObject = {"maxCredits": min(caps)} if caps else {}
        if self.start_seconds is not None:
            more[journal.START_BY] = time.time() + self.start_seconds
        if self.ignores_unknown:
            more[journal.IGNORED] = []
        if self.tags:
            more[placement.OPTION] = list(self.tags)
        return {"only": self.only, "force": self.force, **more}

    def fingerprint(self, slug: str) -> str:
        """Return the digest by which a repeated request is recognised."""
        more = [list(self.tags)] if self.tags else []
        return digest(slug, self.inputs, self.only, self.force, self.max_credits, *more)


Inputs = Annotated[
    JsonObject,
    Meta(extra={"error": InvalidInputs, "expected": "a JSON object (it may be empty)"}),
]


class NewRun(RunWebhook, kw_only=True):
    """A run to start: its inputs, and how."""

    inputs: Inputs
    force: Annotated[bool, Meta(description="Run nodes again whose result is known.")] = False
    max_credits: Annotated[
        Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)] | None,
        Meta(
            description="What the run may cost at most.",
            extra={"expected": "a number of credits, 0 or more"},
        ),
    ] = None
    only: Annotated[
        Annotated[list[str], Meta(min_length=1)] | None,
        Meta(description="Ids of nodes to run with what they need; null: all."),
    ] = None
    tags: Annotated[Tags, Meta(description="What the worker that executes it must have.")] = []

    def request(self) -> RunRequest:
        """Return what is asked of the run itself. Raises InvalidBody."""
        tags = tags_of(self.tags)
        return RunRequest(self.inputs, self.only, self.force, self.max_credits, tags=tags)


def run_create(
    *,
    user: User,
    workflow: Workflow,
    request: RunRequest,
    source: str = Source.API,
    idempotency_key: str | None = None,
    tags: list[str] | None = None,
    webhook: Webhook | None = None,
    token: Token | None = None,
) -> Run:
    """Start a run of a workflow the user may read; a repeated key returns the first run.

    Raises InvalidGraph with every problem; IdempotencyConflict when the key was
    used for another request; TooManyRuns; InsufficientCredits. `webhook` is told of the end,
    `token` is the key that starts it.
    """
    run = Run(
        owner=user,
        workflow=workflow,
        source=source,
        name=workflow.name,
        inputs=request.inputs,
        options={**request.options(), **Scope(workflow.owner_id == user.pk, workflow.pk).option()},
        idempotency_key=idempotency_key,
        tags=tags or [],
        webhook=webhook,
        token=token,
    )
    return submit(run, workflow.nodes, workflow.edges, request.fingerprint(workflow.slug))


def submit(run: Run, nodes: list[JsonObject], edges: list[JsonObject], fingerprint: str) -> Run:
    """Start an unsaved run of a graph, or return the one its idempotency key has started before.

    Raises InvalidGraph, InvalidBody, IdempotencyConflict, TooManyRuns and InsufficientCredits.
    """
    key = run.idempotency_key
    check_key(key)
    earlier = _earlier(run.owner, key, fingerprint)
    if earlier is not None:
        return earlier
    document = {"nodes": nodes, "edges": edges}
    _check_files(run, nodes)
    if journal.IGNORED in run.options:
        run.inputs, unknown = schema.declared(schema.fields_of(document), run.inputs)
        run.options[journal.IGNORED] = [name[:MAX_SHOWN] for name in unknown[:MAX_IGNORED]]
    planned = plan.compile(document, run.inputs, registry.node_types(), only=run.options["only"])
    if planned.randomized:
        run.options[journal.RANDOMIZED] = dict(planned.randomized)
    cost = credits.plan_cost(planned, run.owner.tier)
    if key is not None:
        run.options["fingerprint"] = fingerprint
    try:
        with transaction.atomic():
            return _open(run, document, fingerprint, cost)
    except IntegrityError:
        # Somebody with the same key was faster on another connection.
        found = _earlier(run.owner, key, fingerprint)
        if found is None:
            raise
        return found


def _check_files(run: Run, nodes: list[JsonObject]) -> None:
    """Refuse a workflow of another user that names a private file of the user who runs it."""
    author = run.workflow.owner_id if run.workflow else None
    if scope_of(run.options, run.owner_id, run.workflow_id, author).own:
        return
    named = {
        id.lower(): node["id"]
        for node in nodes
        for id in _UUID.findall(dumps([node["data"], node.get("pinned")]))
    }
    mine = Asset.objects.filter(owner_id=run.owner_id, shares=None, pk__in=list(named))
    problems = [
        Problem(
            "PRIVATE_FILE",
            "This workflow names a file that is private to you.",
            named.get(str(id)),
            value=str(id),
            expected="a file of its author's",
        )
        for id in mine.values_list("pk", flat=True)
    ]
    if problems:
        raise InvalidGraph(problems)


def _open(run: Run, document: JsonObject, fingerprint: str, cost: Decimal) -> Run:
    hold(f"owner:{run.owner_id}")
    earlier = _earlier(run.owner, run.idempotency_key, fingerprint)
    if earlier is not None:
        return earlier
    active = _check_room(run.owner)
    credits.check(owner=run.owner, cost=cost)
    if run.webhook is not None and run.webhook.pk is None:
        run.webhook.save()  # that of this one request
    run.snapshot = _snapshot(run.workflow, document, run.owner)
    queue.place(run, active)
    journal.open_run(run)
    if journal.START_BY in run.options:
        transaction.on_commit(partial(queue.expire_at, run.pk, run.options[journal.START_BY]))
    return run


def _check_room(owner: User, new: int = 1) -> int:
    """Count the active runs of an account, under its lock.

    Raises TooManyRuns when it may not have so many new ones.
    """
    ((active,),) = _UNFINISHED.all(owner=owner.pk)
    limit = settings.LIMITS["active_runs_per_user"]
    if active + new > limit:
        raise TooManyRuns(limit=limit, current=active + new - 1)
    return int(active)


def _snapshot(workflow: Workflow | None, document: JsonObject, author: User) -> Snapshot:
    digest = shape.sha256(document["nodes"], document["edges"])
    found = _SNAPSHOT.one(workflow=workflow.pk, digest=digest) if workflow else None
    return (
        found
        or Snapshot.objects.get_or_create(
            workflow=workflow, sha256=digest, defaults={**document, "author": author}
        )[0]
    )


def _earlier(user: User, key: str | None, fingerprint: str) -> Run | None:
    if key is None:
        return None
    run = _BY_KEY.one(owner=user.pk, key=key)
    if run is not None and run.options.get("fingerprint") != fingerprint:
        raise IdempotencyConflict(field=HEADER, value=key)
    return run


async def run_wait(*, run_id: UUID) -> None:
    """Return when a run has ended. Raises ExecutionTimeout after SYNC_RUN_SECONDS; it goes on."""
    try:
        async with asyncio.timeout(settings.SYNC_RUN_SECONDS):
            async for _ in follow(run_id):
                pass
    except TimeoutError as error:
        raise ExecutionTimeout(executionId=str(run_id)) from error


def run_get(*, user: User, run_id: UUID | str) -> Run:
    """Return one of the user's own runs with its workflow. Raises ExecutionNotFound."""
    if not isinstance(run_id, UUID):
        try:
            run_id = UUID(run_id)
        except ValueError:
            raise ExecutionNotFound() from None
    found = _OWN.one(owner=user.pk, id=run_id)
    if found is None:
        raise ExecutionNotFound()
    return found


def queue_length() -> int:
    """Count the runs, of everybody, that wait for their turn."""
    return Run.objects.filter(UNFINISHED, status=RunStatus.QUEUED).count()


def run_steps(*, run: Run) -> list[Step]:
    """List the steps of a run in the order they began."""
    return list(Step.objects.filter(run=run).order_by("started_at", "pk"))


def run_nodes(*, run: Run) -> list[str]:
    """List the ids of the nodes a run executes, in the order of its plan; empty until it starts."""
    started = Event.objects.filter(run_id=run.pk, type="started").order_by("-seq").first()
    return list(started.data.get("nodes", [])) if started else []


def run_states(*, run: Run) -> list[str]:
    """List the status of each node of a run, `pending` before its step; reads no results."""
    steps = dict(Step.objects.filter(run=run).values_list("node_id", "status"))
    return [steps.get(id, "pending") for id in dict.fromkeys([*run_nodes(run=run), *steps])]


def run_list(
    *,
    user: User,
    slug: str | None = None,
    states: Iterable[str] | None = None,
    source: str | None = None,
    token_id: int | None = None,
    before: datetime | UUID | None = None,
    limit: int = 20,
) -> list[Run]:
    """List the user's runs, newest first, of one workflow or of all.

    `states` are run statuses; `token_id` is the key that started them. `before` continues a list:
    behind a run of it, or before a time.
    """
    runs = Run.objects.filter(owner=user).select_related("workflow").defer(*_WORKFLOW_HEAVY)
    if slug is not None:
        runs = runs.filter(workflow__slug=slug)
    if states is not None:
        runs = runs.filter(status__in=list(states))
    if source is not None:
        runs = runs.filter(source=source)
    if token_id is not None:
        runs = runs.filter(token=token_id)
    if isinstance(before, UUID):
        last = run_get(user=user, run_id=before)
        same = Q(created_at=last.created_at, pk__lt=last.pk)
        runs = runs.filter(Q(created_at__lt=last.created_at) | same)
    elif before is not None:
        runs = runs.filter(created_at__lt=before)
    return list(runs.order_by("-created_at", "-pk")[: max(1, min(limit, MAX_LIST))])


@transaction.atomic
def run_cancel(*, user: User, run_id: UUID | str) -> Run:
    """Cancel a run permanently, whoever executes it; a finished one stays as it is.

    Raises ExecutionNotFound.
    """
    run = run_get(user=user, run_id=run_id)
    if journal.cancel(run.pk):
        transaction.on_commit(partial(queue.abort, run.pk))
        if run.options.get(discards.OPTION):
            discards.delete_inputs(run.pk)
    return run_get(user=user, run_id=run.pk)


class Retry(Body):
    """What to run again of a run that has ended."""

    from_node: Annotated[
        str | None,
        Meta(
            description="The id of a node that runs again with all that follows it; null: what "
            "has failed or was not reached."
        ),
    ] = None


@transaction.atomic
def run_retry(*, user: User, run_id: UUID | str, request: Retry | None = None) -> Run:
    """Take up an ended run where it stopped, or from one of its nodes; it counts like a new one.

    Of a list, only the items run again that have no result. Raises ExecutionNotFound, NotRetryable
    for a run that goes on and for one in which nothing has failed, InvalidBody for a node that it
    does not have, and TooManyRuns.
    """
    hold(f"owner:{user.pk}")
    run = run_get(user=user, run_id=run_id)
    again: set[str] = set()
    if request is not None and request.from_node is not None:
        again = steps = _following(run, {request.from_node})
    else:
        steps = _following(run, _incomplete(run)) if run.status == RunStatus.COMPLETED else set()
    journal.requeue(run.pk, steps, again)
    queue.place(run, _check_room(user, new=0))
    run.save(update_fields=queue.COLUMNS)
    return run_get(user=user, run_id=run.pk)


def _incomplete(run: Run) -> set[str]:
    """Return the nodes of a completed run that have failed, or some of their items."""
    failed = set(
        Step.objects.filter(run=run, status=StepStatus.FAILED).values_list("node_id", flat=True)
    )
    done = Event.objects.filter(run_id=run.pk, type=Completion.type).order_by("seq")
    lacking = {data["node_id"]: data.get("failed") for data in done.values_list("data", flat=True)}
    return failed | {node_id for node_id, count in lacking.items() if count}


def _following(run: Run, nodes: set[str]) -> set[str]:
    """Return nodes of a run with all that follows them. Raises InvalidBody."""
    document = {"nodes": run.snapshot.nodes, "edges": run.snapshot.edges}
    only, randomized = run.options.get("only"), run.options.get(journal.RANDOMIZED)
    planned = plan.compile(document, run.inputs, registry.node_types(), only, randomized)
    for node_id in nodes - planned.nodes.keys():
        raise InvalidBody(
            "This run has no such node.",
            field="fromNode",
            value=node_id,
            expected="the id of a node that the run executes",
        )
    return nodes | planned.following(nodes)
