"""What the nodes of a run probably take and cost, from the prices and from earlier runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from statistics import median

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from workflows.billing.prices import node_price, provider_of, usual_usd
from workflows.graph import work
from workflows.graph.plan import Plan
from workflows.graph.work import Work
from workflows.models import CreditEntry, Entry, Run, Step, StepStatus, User, Workflow
from workflows.nodes.models.providers import PROVIDERS
from workflows.types import NodeId

#: How far back times and costs are looked up: runs of the workflow, and calls of the user.
RUNS, CALLS, DAYS = 20, 500, 90
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a node probably takes and costs, all its items together.

    `items` is None where no list is known that runs it per item. `seconds` is None where neither
    the node nor one of its type has run. `usd` is what its calls of providers cost at least and at
    most, None where it calls none.
    """

    items: int | None
    seconds: float | None
    credits: Decimal
    model: str
    usd: tuple[Decimal, Decimal] | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of each node, and of the run: `untimed` nodes count as no time."""

    nodes: Mapping[NodeId, Expected] = field(default_factory=dict)
    seconds: float | None = None
    untimed: int = 0
    credits: Decimal = ZERO
    usd: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """How many of the items of a list run again, of all."""

    rerun: int
    total: int


def forecast(
    *,
    user: User,
    workflow: Workflow | None,
    planned: Plan,
    running: Iterable[NodeId],
    parts: Mapping[NodeId, Part] | None = None,
) -> Forecast:
    """Return what the running nodes of a plan will probably take and cost.

    `parts` says of which nodes not all items run, and how many do.
    """
    ids = list(running)
    does = work.by_node(planned)
    times = _seconds(user, workflow, planned)
    paid = _paid(user, {does[id][0].model for id in ids})
    nodes = {id: _expected(*does[id], times.get(id), user.tier, paid) for id in ids}
    for id, part in (parts or {}).items():
        if id in nodes:
            nodes[id] = _share(nodes[id], part)
    known = [row.usd for row in nodes.values() if row.usd is not None]
    return Forecast(
        nodes,
        _longest(planned, nodes),
        sum(row.seconds is None for row in nodes.values()),
        sum((row.credits for row in nodes.values()), ZERO),
        (sum((low for low, _ in known), ZERO), sum((high for _, high in known), ZERO))
        if known
        else None,
    )


def _share(whole: Expected, part: Part) -> Expected:
    """Return what a part of the items takes and costs."""
    cost = Decimal(part.rerun) / (whole.items or 1)
    return Expected(
        part.rerun,
        None if whole.seconds is None else whole.seconds * part.rerun / (part.total or 1),
        whole.credits * cost,
        whole.model,
        None if whole.usd is None else (whole.usd[0] * cost, whole.usd[1] * cost),
    )


def _expected(
    does: Work,
    items: int | None,
    seconds: float | None,
    tier: str,
    paid: Mapping[str, tuple[Decimal, Decimal]],
) -> Expected:
    credits = node_price(does.type, tier, does.model, does.amount) or ZERO
    usd = None
    if provider_of(does.model) in PROVIDERS:
        calls = 1 if items is None else items
        usual = usual_usd(does.type, does.model, does.amount)
        low, high = paid.get(does.model, (None, None))
        usd = (usual, usual) if low is None or high is None else (low * calls, high * calls)
    return Expected(items, seconds, credits, does.model, usd)


def _seconds(user: User, workflow: Workflow | None, planned: Plan) -> dict[NodeId, float]:
    """Return how long nodes took in earlier runs of the workflow, else others of their type."""
    if workflow is None:
        return {}
    runs = Run.objects.filter(workflow=workflow, owner=user).order_by("-created_at")
    steps = Step.objects.filter(
        run__in=list(runs.values_list("pk", flat=True)[:RUNS]),
        status=StepStatus.COMPLETED,
        cached=False,
        started_at__isnull=False,
        finished_at__isnull=False,
    )
    took: dict[NodeId, list[float]] = defaultdict(list)
    for id, began, ended in steps.values_list("node_id", "started_at", "finished_at"):
        if began is not None and ended is not None:
            took[id].append((ended - began).total_seconds())
    usual = {id: median(found) for id, found in took.items()}
    types: dict[str, list[float]] = defaultdict(list)
    for id, node in planned.nodes.items():
        if id in usual:
            types[node.type].append(usual[id])
    return {
        id: usual[id] if id in usual else median(types[node.type])
        for id, node in planned.nodes.items()
        if id in usual or node.type in types
    }


def _paid(user: User, models: set[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what a call of each model has cost the user lately, at least and at most."""
    named = {model for model in models if provider_of(model) in PROVIDERS}
    if not named:
        return {}
    since = timezone.now() - timedelta(days=DAYS)
    rows = CreditEntry.objects.filter(
        owner=user, kind=Entry.CALL, created_at__gte=since, model__in=named
    ).order_by("-created_at")
    costs: dict[str, list[Decimal]] = defaultdict(list)
    found = rows.annotate(cost=Coalesce(F("usd"), F("usd_estimate")))
    for model, cost in found.values_list("model", "cost")[:CALLS]:
        if cost is not None:
            costs[model].append(cost)
    return {model: (min(known), max(known)) for model, known in costs.items()}


def _longest(planned: Plan, nodes: Mapping[NodeId, Expected]) -> float | None:
    """Return the time of the chain of nodes that takes longest; None when no time is known."""
    if all(row.seconds is None for row in nodes.values()):
        return None
    ends: dict[NodeId, float] = {}
    for id in planned.nodes:
        own = nodes[id].seconds or 0.0 if id in nodes else 0.0
        ends[id] = own + max((ends[source] for source in planned.depends[id]), default=0.0)
    return max(ends.values(), default=0.0)
