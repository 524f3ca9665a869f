"""Retrying: taking an ended run up where it stopped, or from one of its nodes, as it was or as its
workflow is in another version.

What is done and would be done alike stays; the preview of a retry says what is not, and why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated
from uuid import UUID

import msgspec
from django.db import transaction

from workflows.bodies import Body, Meta
from workflows.engine import held, queue
from workflows.errors import InvalidBody, InvalidGraph, NotRetryable
from workflows.graph import digests, planner, why
from workflows.graph.reach import holding
from workflows.graph.why import Why
from workflows.journal import transitions
from workflows.journal.events import Completion, Items, Progress
from workflows.journal.past import Past, replay
from workflows.models import Event, Run, RunStatus, Step, StepStatus, User, Workflow
from workflows.models.runs import TERMINAL
from workflows.nodes import registry
from workflows.services.execution.forecast import Forecast, Part, forecast
from workflows.services.execution.requests import VARIATIONS
from workflows.services.execution.runs import run_get
from workflows.services.execution.starting import check_room, snapshot_of
from workflows.services.execution.variations import Variations, varied
from workflows.services.library.paying import check_paid
from workflows.services.locks import hold
from workflows.types import JsonObject, NodeId

#: Items that a retry may name.
MAX_RETRIED = 10_000


class Retry(Body):
    """What to run again of a run that has ended."""

    items: Annotated[
        Annotated[list[Annotated[int, Meta(ge=0)]], Meta(min_length=1, max_length=MAX_RETRIED)]
        | None,
        Meta(
            description="Places in the list of `fromNode`, from 0: only these items run again.",
            extra={"expected": "a list of places in the list of fromNode, from 0"},
        ),
    ] = None

    from_node: Annotated[
        str | None,
        Meta(
            description="The id of a node that runs again with all that follows it; null: what "
            "has failed or was not reached."
        ),
    ] = None

    failed_only: Annotated[
        bool | None,
        Meta(
            description="Whether items that are done stay: yes, but for those of `fromNode` and "
            "of what follows it. False without a node: all runs again."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a retry would do: nodes that work, those that stay, those that only hand values on.

    `problems` prevent it, as JSON; `reasons` and `expected` are of what runs.
    """

    run: list[NodeId] = field(default_factory=list)
    kept: list[NodeId] = field(default_factory=list)
    passed: list[NodeId] = field(default_factory=list)
    problems: list[JsonObject] = field(default_factory=list)
    reasons: Mapping[NodeId, Why] = field(default_factory=dict)
    expected: Forecast = field(default_factory=Forecast)


@transaction.atomic
def run_retry(
    *,
    user: User,
    run_id: UUID | str,
    request: Retry | None = None,
    workflow: Workflow | None = None,
) -> Run:
    """Take up an ended run where it stopped, or from one of its nodes; it counts like a new one.

    `workflow` is the run's own in the version that it goes on with; None: as it was. Of a list,
    only the items run again that have no result, or that it names. Raises ExecutionNotFound,
    NotRetryable for a run that goes on and for one in which there is nothing to do, InvalidBody for
    a node or an item that it does not have, InvalidGraph, TooManyRuns, and RoleForbidden where the
    owner of the workflow has paid for it and does not pay for this.
    """
    hold(f"owner:{user.pk}")
    run = run_get(user=user, run_id=run_id)
    check_paid(run, workflow)
    again = _Again(run, request or Retry(), workflow)
    version = None
    if workflow is not None:
        version = workflow.version
        run.snapshot = snapshot_of(run.workflow, again.graph, user)
        if again.plan.randomized:
            run.options[transitions.RANDOMIZED] = dict(again.plan.randomized)
        run.save(update_fields=["snapshot", "options"])
    transitions.requeue(run.pk, again.steps, again.recomputed, again.items, version)
    queue.place(run, check_room(user, new=0))
    run.save(update_fields=queue.COLUMNS)
    return run_get(user=user, run_id=run.pk)


def retry_preview(
    *, user: User, run_id: UUID | str, request: Retry, workflow: Workflow | None = None
) -> Preview:
    """Work out what a retry would do, without starting it.

    Raises ExecutionNotFound, NotRetryable and InvalidBody.
    """
    run = run_get(user=user, run_id=run_id)
    try:
        again = _Again(run, request, workflow)
    except InvalidGraph as error:
        return Preview(problems=error.context["issues"])
    reasons = again.reasons()
    works = [id for id in reasons if again.plan.nodes[id].node_type.works]
    parts = again.parts(reasons)
    expected = forecast(
        user=user, workflow=run.workflow, planned=again.plan, running=works, parts=parts
    )
    return Preview(
        works,
        [id for id in again.plan.nodes if id not in reasons],
        [id for id in reasons if id not in works],
        [],
        reasons,
        expected,
    )


class _Again:
    """A retry of one run.

    `graph` is what it executes, as it is stored. Of the completed nodes `steps` run again: all the
    items of those that are `recomputed` too, and those of `items` by node.
    """

    def __init__(self, run: Run, request: Retry, workflow: Workflow | None) -> None:
        if run.status not in TERMINAL or run.status == RunStatus.INVALID:
            raise NotRetryable(status=run.status)
        self.run = run
        before: JsonObject = {"nodes": run.snapshot.nodes, "edges": run.snapshot.edges}
        self.graph = before if workflow is None else _graph(run, workflow)
        results = held.held_by(run.pk, run.options)
        outputs = held.outputs_of(results)
        document, types = holding(self.graph, outputs), registry.node_types()
        only, randomized = run.options.get("only"), run.options.get(transitions.RANDOMIZED)
        self.plan = planner.compile(document, run.inputs, types, only, randomized)
        self.own = self.plan.nodes.keys() - results.keys()
        rows = Step.objects.filter(run=run).values_list("node_id", "status")
        self.statuses = {id: status for id, status in rows if id in self.own}
        events = Event.objects.filter(run_id=run.pk).exclude(type=Progress.type).order_by("seq")
        self.events = list(events.values_list("type", "data"))
        #: Nodes that are not what they were, with the fields that differ, and all below them.
        self.changed: dict[NodeId, tuple[str, ...]] = {}
        moved = set[NodeId]()
        if workflow is not None:
            made = {id: result.made for id, result in results.items()}
            was = digests.given(holding(before, outputs), run.inputs, types, made)
            now = digests.given(document, run.inputs, types, made)
            old, new = digests.digests_of(was), digests.digests_of(now)
            moved = {id for id in self.own if old.get(id) != new.get(id)}
            for id in moved & was.keys() & now.keys():
                if fields := why.differences(now[id], was[id]):
                    self.changed[id] = fields
        self.items: dict[NodeId, list[int]] = {}
        self.recomputed: set[NodeId] = set()
        #: Nodes that the request itself wants again.
        self.requested: set[NodeId] = set()
        steps = self._wanted(request)
        self.recomputed |= self.changed.keys()
        self.steps = steps | self._following(moved)
        if run.status == RunStatus.COMPLETED and not self.steps:
            raise NotRetryable(status=run.status)

    def reasons(self) -> dict[NodeId, Why]:
        """Return the nodes that run, in an order in which they can, and why each does."""
        found: dict[NodeId, Why] = {}
        for id in self.plan.nodes:
            done = self.statuses.get(id) == StepStatus.COMPLETED
            if id not in self.own or (done and id not in self.steps):
                continue
            source = next((each for each in self.plan.depends[id] if each in found), None)
            if id in self.changed:
                found[id] = Why("changed", self.changed[id])
            elif id in self.items or id in self.requested:
                found[id] = Why("forced")
            elif id in self._incomplete:
                found[id] = Why("failed")
            elif done and source is not None:
                found[id] = Why("source", source=source)
            else:
                found[id] = Why("forced" if done else "unreached")
        return found

    def parts(self, running: Collection[NodeId]) -> dict[NodeId, Part]:
        """Return how many items of lists run, at most, and how many there are."""
        past = Past()
        replay(self.events, past)
        found: dict[NodeId, Part] = {}
        for id, total in self._counts.items():
            if id not in running:
                continue
            done = {at for at, _ in past.items.get(id, {})} - set(self.items.get(id, ()))
            rerun = total if id in self.recomputed else total - len(done)
            above = [found[each] for each in self.plan.depends[id] if each in found]
            # What comes of other items is other than it was.
            rerun = max([rerun, *(min(part.rerun, total) for part in above)])
            if any(part.total != total for part in above):
                rerun = total
            found[id] = Part(rerun, total)
        return found

    @cached_property
    def _counts(self) -> dict[NodeId, int]:
        """Count the items of lists, sources first."""
        counts = {
            data["node_id"]: data.get("count", data.get("items")) or 0
            for type, data in self.events
            if type in (Items.type, Completion.type) and ("count" in data or "items" in data)
        }
        return {id: counts[id] for id in self.plan.nodes if id in counts}

    @cached_property
    def _incomplete(self) -> set[NodeId]:
        """Return the nodes that have failed, or some of their items."""
        failed = {id for id, status in self.statuses.items() if status == StepStatus.FAILED}
        lacking = {
            data["node_id"]: data.get("failed")
            for type, data in self.events
            if type == Completion.type
        }
        return failed | {id for id, count in lacking.items() if count and id in self.own}

    def _wanted(self, request: Retry) -> set[NodeId]:
        """Return the nodes that are to run again; note the items that are."""
        node_id = request.from_node
        if node_id is None:
            if request.items is not None:
                raise InvalidBody(
                    "Items are those of a node.",
                    field="fromNode",
                    expected="the id of the node whose items run again",
                )
            if request.failed_only is False:
                self.recomputed = self.requested = set(self.own)
                return set(self.own)
            return self._following(self._incomplete)
        if node_id not in self.own:
            raise InvalidBody(
                "This run has no such node.",
                field="fromNode",
                value=node_id,
                expected="the id of a node that the run executes",
            )
        steps = self._following({node_id})
        if request.items is not None:
            # What follows them runs again for what has changed.
            self.items = {node_id: self._places(node_id, request.items)}
        elif not request.failed_only:
            self.recomputed, self.requested = set(steps), {node_id}
        return steps

    def _places(self, node_id: str, items: list[int]) -> list[int]:
        """Return places in the list of a node, each once. Raises InvalidBody."""
        most = self._counts.get(node_id, 0)
        for at in items:
            if at >= most:
                raise InvalidBody(
                    f"The node has {most} items in this run.",
                    field="items",
                    value=at,
                    expected=f"a place from 0 to {most - 1}"
                    if most
                    else "a node that a list has run",
                )
        return sorted(set(items))

    def _following(self, nodes: Collection[NodeId]) -> set[NodeId]:
        named = {id for id in nodes if id in self.plan.nodes}
        return (named | self.plan.following(named)) & self.own


def _graph(run: Run, workflow: Workflow) -> JsonObject:
    """Return a workflow's graph as the run takes it. Raises InvalidBody."""
    document: JsonObject = {"nodes": workflow.nodes, "edges": workflow.edges}
    stored = run.options.get(VARIATIONS)
    if stored is None:
        return document
    return varied(document, msgspec.convert(stored, Variations), registry.node_types())
