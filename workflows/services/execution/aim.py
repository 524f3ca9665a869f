"""What a run is aimed at: the nodes it is for, and the results of earlier runs that it takes.

A node that runs alone needs what feeds it. That is what the cache has of the workflow as it is,
else what the canvas shows, else the newest result of any run, of the user's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import timezone

from workflows.engine import cache
from workflows.engine.held import Held, outputs_of
from workflows.errors import InvalidGraph, Problem
from workflows.graph import digests, planner
from workflows.graph.reach import feeding, following, holding
from workflows.media.references import assets_in
from workflows.models import NodeResult, Step, StepStatus, User, Workflow
from workflows.nodes import registry
from workflows.services.execution.requests import RunRequest
from workflows.types import JsonObject, NodeId


@dataclass(frozen=True, slots=True)
class Aim:
    """A graph as a run executes it, and the nodes that it is for; None: its sinks.

    `held` are results that it takes as they are. `earlier` names those of them that are not known
    to be of the workflow as it is.
    """

    document: JsonObject
    only: list[NodeId] | None
    held: Mapping[NodeId, Held] = field(default_factory=dict)
    earlier: frozenset[NodeId] = frozenset()


def aim(*, user: User, workflow: Workflow | None, document: JsonObject, request: RunRequest) -> Aim:
    """Work out what a run of a graph covers. Raises InvalidGraph where results are missing."""
    goals, types = request.goals, registry.node_types()
    if goals is None or request.reach == "to":
        return Aim(document, goals)
    if request.reach == "from":
        return Aim(document, following(document, types, goals))
    needed = feeding(document, types, goals)
    held, earlier = _results(user, workflow, document, request.inputs, needed)
    missing = [id for id in needed if id not in held]
    if missing:
        raise InvalidGraph([_missing(id, document) for id in missing])
    return Aim(holding(document, outputs_of(held)), goals, held, frozenset(earlier))


def _missing(node_id: NodeId, document: JsonObject) -> Problem:
    node = next(node for node in document["nodes"] if node["id"] == node_id)
    node_type = registry.node_types().get(node["type"])
    title = node["data"].get("label") or (node_type.name if node_type else node["type"])
    return Problem(
        "NO_RESULT",
        f"{title} has no result yet. Run it first, or run to here.",
        node_id,
        field="reach",
        value="alone",
        expected="a node with a result of an earlier run",
    )


def _results(
    user: User,
    workflow: Workflow | None,
    document: JsonObject,
    inputs: JsonObject,
    nodes: Collection[NodeId],
) -> tuple[dict[NodeId, Held], set[NodeId]]:
    """Return the results of nodes, and which of them are not known to be of this graph."""
    types, now = registry.node_types(), timezone.now()
    shown = NodeResult.objects.filter(owner=user, workflow=workflow).select_related("step")
    steps = {row.node_id: row.step for row in shown if row.step.status == StepStatus.COMPLETED}
    made = {
        id: digests.Made(step.digest, step.started_at, step.finished_at)
        for id, step in steps.items()
        if step.started_at and step.finished_at
    }
    fresh = digests.up_to_date(document, types, made)
    current = digests.digests(document, inputs, types, made)
    keys, hits = _kept(user, document, inputs, nodes)
    held = {id: Held(hit.output, current[id], keys[id], now, now) for id, hit in hits.items()}
    rest = [id for id in nodes if id not in held]
    # Runs by key do not show on the canvas.
    others = Step.objects.filter(
        run__owner=user,
        run__workflow=workflow,
        node_id__in=[id for id in rest if id not in steps],
        status=StepStatus.COMPLETED,
        discarded=False,
    )
    newest = others.order_by().values_list("node_id").annotate(Max("pk"))
    for step in Step.objects.filter(pk__in=[pk for _, pk in newest]):
        steps[step.node_id] = step
    found = {id: steps[id] for id in rest if id in steps and steps[id].output is not None}
    files = {id: set(assets_in(step.output)) for id, step in found.items()}
    present = cache.present(set().union(*files.values()), user.pk)
    earlier = set[NodeId]()
    for id, step in found.items():
        if not files[id] <= present:
            continue
        same = step.cache_key if step.cache_key == keys.get(id) else None
        # What has no digest counts as different from all that there are.
        digest = step.digest or f"step {step.pk}"
        held[id] = Held(
            step.output or {}, digest, same or "", step.started_at or now, step.finished_at or now
        )
        if id not in fresh and same is None:
            earlier.add(id)
    return held, earlier


def _kept(
    user: User, document: JsonObject, inputs: JsonObject, nodes: Collection[NodeId]
) -> tuple[Mapping[NodeId, str], dict[NodeId, cache.Hit]]:
    """Return the keys of nodes in a whole run of the graph, and what the cache has of them."""
    try:
        whole = planner.compile(document, inputs, registry.node_types(), only=nodes)
    except InvalidGraph:
        return {}, {}  # what could not run now may have run before
    prepared = cache.prepare(whole, user.pk, lookup=True)
    known = cache.foreseen(whole, prepared)
    return prepared.keys, {
        id: prepared.hits[prepared.keys[id]]
        for id in nodes
        if id in known and prepared.keys.get(id) in prepared.hits
    }
