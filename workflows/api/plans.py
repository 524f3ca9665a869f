"""What a plan says of the nodes that would run: why, how often, for how long and for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypedDict

from workflows.billing.estimate import number
from workflows.graph import why
from workflows.services.execution.forecast import Forecast


class MoneyRange(TypedDict):
    """US dollars, at least and at most."""

    low: float
    high: float


class PlannedNode(TypedDict):
    """A node that a run would run: why, how often, and what that probably takes and costs.

    `fields` are the names of the node's fields or inputs that have changed, or are drawn again;
    `source` is the node that feeds it something else. `items` is null where no list is known that
    runs it per item, `seconds` where nothing like it has run, `usd` where it calls no provider.
    """

    id: str
    reason: why.Reason
    fields: list[str]
    source: str | None
    items: int | None
    seconds: float | None
    credits: float
    model: str
    usd: MoneyRange | None


class Costs(TypedDict):
    """The nodes of a plan that run, and what they probably take and cost together.

    `seconds` is the time of the chain of them that takes longest, `untimed` how many of them count
    as nothing in it; `credits` and `usd` are the sums.
    """

    nodes: list[PlannedNode]
    seconds: float | None
    untimed: int
    credits: float
    usd: MoneyRange | None


def costs(running: Iterable[str], reasons: Mapping[str, why.Why], expected: Forecast) -> Costs:
    """Return the nodes that run, and what they probably take and cost."""
    return {
        "nodes": [_planned(id, reasons[id], expected) for id in running],
        "seconds": expected.seconds,
        "untimed": expected.untimed,
        "credits": number(expected.credits),
        "usd": _range(expected.usd),
    }


def _planned(id: str, reason: why.Why, forecast: Forecast) -> PlannedNode:
    expected = forecast.nodes[id]
    return {
        "id": id,
        "reason": reason.reason,
        "fields": list(reason.fields),
        "source": reason.source,
        "items": expected.items,
        "seconds": expected.seconds,
        "credits": number(expected.credits),
        "model": expected.model,
        "usd": _range(expected.usd),
    }


def _range(usd: tuple[Decimal, Decimal] | None) -> MoneyRange | None:
    return None if usd is None else {"low": float(usd[0]), "high": float(usd[1])}
