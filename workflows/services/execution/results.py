"""What the canvas knows without a run: the newest result of each node, and what a run would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from workflows.engine import cache
from workflows.errors import InvalidGraph
from workflows.graph import digests, plan, why
from workflows.graph.why import Why
from workflows.models import NodeResult, Run, User, Workflow
from workflows.nodes import registry
from workflows.services.execution.forecast import Forecast, forecast
from workflows.services.execution.runs import RunRequest
from workflows.types import JsonObject, NodeId

#: Earlier runs whose graphs are compared with today's.
MAX_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do with each node.

    `run` are nodes that do work; `cached` take a kept result; `passed` only hand values on;
    `skipped` would run but are not connected to what the run is for. `problems` stand against it,
    as JSON. `up_to_date` are the nodes whose newest result is that of the workflow as it is.
    `reasons` and `expected` are of the nodes in `run`.
    """

    run: list[NodeId]
    cached: list[NodeId]
    passed: list[NodeId]
    skipped: list[NodeId]
    problems: list[JsonObject]
    up_to_date: set[NodeId]
    reasons: Mapping[NodeId, Why] = field(default_factory=dict)
    expected: Forecast = field(default_factory=Forecast)


def result_list(*, user: User, workflow: Workflow) -> list[tuple[NodeResult, bool]]:
    """List the newest result of every node of the workflow, and whether it is up to date."""
    document = _document(workflow)
    ids = {node["id"] for node in document["nodes"]}
    rows = [row for row in _rows(user, workflow) if row.node_id in ids]
    fresh = digests.up_to_date(document, registry.node_types(), _made(rows))
    return [(row, row.node_id in fresh) for row in rows]


def run_preview(*, user: User, workflow: Workflow, request: RunRequest) -> Preview:
    """Work out what a run of the workflow would do, without starting it."""
    document, types = _document(workflow), registry.node_types()
    rows = list(_rows(user, workflow).defer("step__output", "step__error"))
    fresh = digests.up_to_date(document, types, _made(rows))
    try:
        planned = plan.compile(document, request.inputs, types, only=request.only)
    except InvalidGraph as error:
        return Preview([], [], [], [], error.context["issues"], fresh)
    prepared = cache.prepare(planned, user.pk, look=not request.force)
    known = cache.foreseen(planned, prepared)
    run, passed = list[NodeId](), list[NodeId]()
    for id, node in planned.nodes.items():
        if id not in known:
            works = cache.is_kept(node.node_type) or not node.node_type.deterministic
            (run if works else passed).append(id)
    skipped = [] if request.only is not None else _skipped(document, planned)
    cached = [id for id in planned.nodes if id in known]
    reasons = _reasons(document, request, planned, run, rows)
    expected = forecast(user=user, workflow=workflow, planned=planned, running=run)
    return Preview(run, cached, passed, skipped, [], fresh, reasons, expected)


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
    document: JsonObject,
    request: RunRequest,
    planned: plan.Plan,
    running: list[NodeId],
    rows: list[NodeResult],
) -> dict[NodeId, Why]:
    types = registry.node_types()
    kept = _made(rows)
    now = digests.given(document, request.inputs, types, kept)
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
                kept,
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
        forced=request.force,
    )


def _skipped(document: JsonObject, planned: plan.Plan) -> list[NodeId]:
    types = registry.node_types()
    return [
        node["id"]
        for node in document["nodes"]
        if node["id"] not in planned.nodes
        and (node["type"] not in types or types[node["type"]].runs)
    ]
