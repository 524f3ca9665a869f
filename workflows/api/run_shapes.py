"""How runs, their nodes and their results look in JSON (contract of `docs/api.md`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, TypedDict

from workflows.api.shapes import STATUS, Status, duration_ms, moment, or_null
from workflows.billing.calls import Paid
from workflows.billing.estimate import number
from workflows.bodies import Meta
from workflows.journal import transitions
from workflows.models import Run, RunStatus, Step, StepStatus, Workflow
from workflows.models.runs import Source
from workflows.services.execution.requests import VARIATIONS
from workflows.types import Edge, Json, JsonObject, Node, Time, Uuid


class ExecutionSummary(TypedDict):
    """A run as lists show it."""

    executionId: Uuid
    requestId: str | None
    workflowSlug: str | None
    name: str
    modelIds: list[str]
    status: Status
    state: str
    pausing: bool
    source: Source
    keyId: str | None
    paidBy: Annotated[str | None, Meta(description="Another user, whose keys and credits it uses.")]
    result: Json
    error: Annotated[Json, or_null("RunError")]
    cost: float
    ms: int | None
    createdAt: Time
    startedAt: Time | None
    completedAt: Time | None


class Money(TypedDict):
    """What providers were paid for calls, in US dollars.

    `usd` is what they say, null where none does; `unknownCalls` are those of which they said none.
    """

    usd: float | None
    calls: int
    unknownCalls: int


class ExecutionNode(TypedDict):
    """A node of a run; one without a step is pending. `money` is null where none was called."""

    id: str
    status: Annotated[str, Meta(extra_json_schema={"enum": ["pending", *StepStatus.values]})]
    ms: int | None
    cost: float
    cached: bool
    error: Annotated[Json, or_null("NodeFailure")]
    outputs: JsonObject | None
    warnings: list[str]
    money: Money | None


class Execution(ExecutionSummary):
    """A run with its nodes; `randomized` has the random numbers it has drawn, by node and field.

    `variations` are those of one node that the run is for, null for any other run.
    """

    progress: float
    inputs: JsonObject
    randomized: dict[str, dict[str, float]]
    variations: Annotated[Json, or_null("Variations")]
    lastSeq: int
    nodes: list[ExecutionNode]


class ExecutionWorkflow(TypedDict):
    """The graph of a run of a workflow, as it was."""

    executionId: Uuid
    workflowSlug: str
    name: str
    createdAt: Time
    inputs: JsonObject
    nodes: list[Node]
    edges: list[Edge]


class PastResult(TypedDict):
    """A result of a node in one run; `cost` is in credits."""

    id: str
    executionId: Uuid
    outputs: JsonObject | None
    ms: int | None
    cached: bool
    cost: float
    finishedAt: Time


class NodeResult(TypedDict):
    """The newest result of a node; an outdated one came of other inputs than now."""

    executionId: Uuid
    outputs: JsonObject | None
    ms: int | None
    cached: bool
    finishedAt: Time
    outdated: bool


def execution(
    run: Run,
    absolute: Callable[[Json], Json],
    steps: list[Step],
    nodes: list[str],
    paid: Mapping[str, Paid],
) -> Execution:
    """Return a run as `GET /api/executions/<id>` shows it."""
    rows = node_rows(steps, nodes, paid)
    return {
        **execution_summary(run, absolute),
        "progress": progress(run, [row["status"] for row in rows]),
        "inputs": run.options.get("inputs", run.inputs),
        "randomized": run.options.get(transitions.RANDOMIZED, {}),
        "variations": run.options.get(VARIATIONS),
        "lastSeq": run.last_seq,
        "nodes": [{**row, "outputs": absolute(row["outputs"])} for row in rows],
    }


def progress(run: Run, nodes: list[str]) -> float:
    """Return the share of a run that is done, 0 to 1, by the statuses of its nodes."""
    if run.status == RunStatus.COMPLETED:
        return 1.0
    done = sum(status in (StepStatus.COMPLETED, StepStatus.SKIPPED) for status in nodes)
    return round(done / len(nodes), 4) if nodes else 0.0


def execution_summary(run: Run, absolute: Callable[[Json], Json]) -> ExecutionSummary:
    """Return a run as lists show it."""
    return {
        "executionId": str(run.pk),
        "requestId": None,
        "workflowSlug": run.workflow.slug if run.workflow else None,
        "name": run.name,
        "modelIds": [run.options["model"]] if "model" in run.options else [],
        "status": STATUS.get(run.status, "processing"),
        "state": run.status,
        "pausing": run.pausing,
        "source": Source(run.source),
        "keyId": None if run.token_id is None else str(run.token_id),
        "paidBy": None if run.payer is None else run.payer.username,
        "result": absolute(run.output),
        "error": run.error,
        "cost": number(run.cost),
        "ms": duration_ms(run),
        "createdAt": moment(run.created_at),
        "startedAt": moment(run.started_at),
        "completedAt": moment(run.finished_at),
    }


def run_workflow(run: Run, workflow: Workflow) -> ExecutionWorkflow:
    """Return the graph of a run of a workflow, as it was."""
    return {
        "executionId": str(run.pk),
        "workflowSlug": workflow.slug,
        "name": workflow.name,
        "createdAt": moment(run.created_at),
        "inputs": run.inputs,
        "nodes": run.snapshot.nodes,
        "edges": run.snapshot.edges,
    }


def node_rows(steps: list[Step], nodes: list[str], paid: Mapping[str, Paid]) -> list[ExecutionNode]:
    """Return one row per node that runs, in plan order; a node without a step is pending."""
    by_id = {step.node_id: step for step in steps}
    ids = list(dict.fromkeys([*nodes, *by_id]))
    return [_node_row(id, by_id.get(id), paid.get(id)) for id in ids]


def money(paid: Paid) -> Money:
    """Return what calls have cost as JSON."""
    usd = None if paid.usd is None else float(paid.usd)
    return {"usd": usd, "calls": paid.calls, "unknownCalls": paid.unknown}


def node_result(step: Step, absolute: Callable[[Json], Json], *, outdated: bool) -> NodeResult:
    """Return a step that has ended as the newest result of its node."""
    assert step.finished_at is not None
    row = _node_row(step.node_id, step)
    return {
        "executionId": str(step.run_id),
        "outputs": absolute(row["outputs"]),
        "ms": row["ms"],
        "cached": row["cached"],
        "finishedAt": moment(step.finished_at),
        "outdated": outdated,
    }


def past_result(step: Step, absolute: Callable[[Json], Json]) -> PastResult:
    """Return a step that has ended as one of the results of its node."""
    assert step.finished_at is not None
    row = _node_row(step.node_id, step)
    return {
        "id": str(step.pk),
        "executionId": str(step.run_id),
        "outputs": absolute(row["outputs"]),
        "ms": row["ms"],
        "cached": row["cached"],
        "cost": row["cost"],
        "finishedAt": moment(step.finished_at),
    }


def _node_row(id: str, step: Step | None, paid: Paid | None = None) -> ExecutionNode:
    if step is None:
        return {
            "id": id,
            "status": "pending",
            "ms": None,
            "cost": 0,
            "cached": False,
            "error": None,
            "outputs": None,
            "warnings": [],
            "money": None if paid is None else money(paid),
        }
    ms = None
    if step.started_at and step.finished_at and step.status != StepStatus.RUNNING:
        ms = round((step.finished_at - step.started_at).total_seconds() * 1000)
    return {
        "id": id,
        "status": step.status,
        "ms": ms,
        "cost": number(step.cost),
        "cached": step.cached,
        "error": step.error,
        "outputs": step.output,
        "warnings": step.warnings,
        "money": None if paid is None else money(paid),
    }
