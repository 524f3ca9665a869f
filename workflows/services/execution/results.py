"""What the canvas knows without a run: the newest result of each node, and what a run would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from workflows.bodies import Body, Meta
from workflows.engine import cache
from workflows.engine.run import item_budget
from workflows.errors import InvalidBody, InvalidGraph
from workflows.graph import amounts, digests, plan, planner, why
from workflows.graph.why import Why
from workflows.models import NodeResult, Run, Step, StepStatus, User, Workflow
from workflows.models.runs import Source
from workflows.nodes import registry
from workflows.services.database import one, row_id
from workflows.services.execution.aim import Aim, aim
from workflows.services.execution.forecast import Forecast, forecast
from workflows.services.execution.requests import RunRequest
from workflows.services.execution.starting import check_forced
from workflows.services.locks import hold
from workflows.types import JsonObject, NodeId

#: Earlier runs whose graphs are compared with today's.
MAX_COMPARED = 50


class DiscardedResult(Body):
    """Which result of a node, and whether it is taken out of the node's results."""

    id: Annotated[str, Meta(max_length=100)]
    discarded: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do with each node.

    `run` are nodes that do work; `cached` take a stored result; `passed` only hand values on;
    `skipped` would run but are not connected to what the run is for. `problems` prevent it,
    as JSON. `up_to_date` are the nodes whose newest result is that of the workflow as it is.
    `reasons` and `expected` are of the nodes in `run`. `earlier` are those in `cached` whose result
    is taken although it is not known to be of the workflow as it is.
    """

    run: list[NodeId]
    cached: list[NodeId]
    passed: list[NodeId]
    skipped: list[NodeId]
    problems: list[JsonObject]
    up_to_date: set[NodeId]
    reasons: Mapping[NodeId, Why] = field(default_factory=dict)
    expected: Forecast = field(default_factory=Forecast)
    earlier: list[NodeId] = field(default_factory=list)


def result_list(*, user: User, workflow: Workflow) -> list[tuple[NodeResult, bool]]:
    """List the newest result of every node of the workflow, and whether it is up to date."""
    document = _document(workflow)
    ids = {node["id"] for node in document["nodes"]}
    rows = [row for row in _rows(user, workflow) if row.node_id in ids]
    fresh = digests.up_to_date(document, registry.node_types(), _made(rows))
    return [(row, row.node_id in fresh) for row in rows]


def result_history(
    *, user: User, workflow: Workflow, node_id: NodeId, before: int | None, limit: int
) -> list[Step]:
    """List a node's results over the user's runs of the workflow, newest first.

    What a run has taken of an earlier one is listed once. `before` continues a list behind the
    result of that id.
    """
    steps = _steps(user, workflow, node_id).filter(discarded=False, finished_at__isnull=False)
    made = steps.filter(cached=False, cache_key=OuterRef("cache_key"))
    found = steps.exclude(Exists(made), cached=True)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])


@transaction.atomic
def result_discard(
    *, user: User, workflow: Workflow, node_id: NodeId, request: DiscardedResult
) -> None:
    """Take a result out of its node's results, or back in: with all that runs have taken of it.

    The runs show it as before, and its files stay. Raises InvalidBody for what is no result of it.
    """
    hold(f"owner:{user.pk}")
    steps = _steps(user, workflow, node_id)
    step = one(steps.filter(pk=row_id(request.id)))
    if step is None:
        raise InvalidBody(
            f"id is {request.id!r}; expected the id of a result of this node.",
            field="id",
            value=request.id,
            expected="the id of a result of this node",
        )
    same = steps.filter(cache_key=step.cache_key) if step.cache_key else steps.filter(pk=step.pk)
    same.update(discarded=request.discarded)
    on_canvas = steps.filter(discarded=False, run__source=Source.CANVAS)
    newest = on_canvas.order_by("-pk").first()
    shown = NodeResult.objects.filter(owner=user, workflow=workflow, node_id=node_id)
    if newest is None:
        shown.delete()
    else:
        NodeResult.objects.update_or_create(
            owner=user, workflow=workflow, node_id=node_id, defaults={"step": newest}
        )


def run_preview(*, user: User, workflow: Workflow, request: RunRequest) -> Preview:
    """Work out what a run of the workflow would do, without starting it."""
    document, types = _document(workflow), registry.node_types()
    rows = list(_rows(user, workflow).defer("step__output", "step__error"))
    fresh = digests.up_to_date(document, types, _made(rows))
    try:
        graph = request.graph(document)
        aimed = aim(user=user, workflow=workflow, document=graph, request=request)
        document = aimed.document
        planned = planner.compile(document, request.inputs, types, only=aimed.only)
    except InvalidGraph as error:
        return Preview([], [], [], [], error.context["issues"], fresh)
    over = [problem.as_json() for problem in amounts.problems(planned, item_budget())]
    if over:
        return Preview([], [], [], [], over, fresh)
    check_forced(planned, request.force, aimed.held)
    keys = {id: held.key for id, held in aimed.held.items()}
    prepared = cache.prepare(planned, user.pk, lookup=request.force is not True, held=keys)
    forced = planned.nodes.keys() if request.force is True else {*(request.force or ())}
    pinned = {id for id, node in planned.nodes.items() if node.pinned is not None}
    known = cache.foreseen(planned, prepared) - (forced - pinned)
    run, passed = list[NodeId](), list[NodeId]()
    for id, node in planned.nodes.items():
        if id not in known:
            (run if node.node_type.works else passed).append(id)
    skipped = [] if request.goals is not None else _skipped(document, planned)
    cached = [id for id in planned.nodes if id in known]
    reasons = _reasons(aimed, request, planned, run, rows)
    expected = forecast(user=user, workflow=workflow, planned=planned, running=run)
    earlier = [id for id in cached if id in aimed.earlier]
    return Preview(run, cached, passed, skipped, [], fresh, reasons, expected, earlier)


def _steps(user: User, workflow: Workflow, node_id: NodeId) -> QuerySet[Step]:
    """Return what a node has completed over a user's runs of a workflow."""
    return Step.objects.filter(
        run__owner=user, run__workflow=workflow, node_id=node_id, status=StepStatus.COMPLETED
    )


def _document(workflow: Workflow) -> JsonObject:
    return {"nodes": workflow.nodes, "edges": workflow.edges}


def _rows(user: User, workflow: Workflow) -> QuerySet[NodeResult]:
    return NodeResult.objects.filter(owner=user, workflow=workflow).select_related("step")


def _made(rows: QuerySet[NodeResult] | list[NodeResult]) -> Mapping[NodeId, digests.Made]:
    return {
        row.node_id: digests.Made(step.digest, step.started_at, step.finished_at)
        for row in rows
        if (step := row.step).started_at and step.finished_at
    }


def _reasons(
    aimed: Aim,
    request: RunRequest,
    planned: plan.Plan,
    running: list[NodeId],
    rows: list[NodeResult],
) -> dict[NodeId, Why]:
    types = registry.node_types()
    known = {**_made(rows), **{id: held.made for id, held in aimed.held.items()}}
    now = digests.given(aimed.document, request.inputs, types, known)
    made = {
        row.node_id: row.step for row in rows if row.node_id in planned.nodes and row.step.digest
    }
    latest = sorted(made.values(), key=lambda step: step.pk, reverse=True)
    # Most results are of one run or a few.
    newest = list(dict.fromkeys(step.run_id for step in latest))[:MAX_COMPARED]
    before = {
        run.pk: why.Before.of(
            digests.given(
                {"nodes": run.snapshot.nodes, "edges": run.snapshot.edges},
                run.inputs,
                types,
                known,
            )
        )
        for run in Run.objects.filter(pk__in=newest).select_related("snapshot")
    }
    results = {id: why.Result(before.get(step.run_id), step.digest) for id, step in made.items()}
    return why.reasons(
        {id: now[id] for id in planned.nodes},
        results,
        running,
        [id for id, node in planned.nodes.items() if not node.node_type.deterministic],
        planned.randomized,
        forced=running if request.force is True else request.force or (),
    )


def _skipped(document: JsonObject, planned: plan.Plan) -> list[NodeId]:
    types = registry.node_types()
    return [
        node["id"]
        for node in document["nodes"]
        if node["id"] not in planned.nodes
        and (node["type"] not in types or types[node["type"]].runs)
    ]
