"""What a run will probably cost, from the prices of its nodes (`billing/prices.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from workflows.billing.prices import node_price, work_price
from workflows.graph.work import Work

__all__ = ["cost_estimate", "node_price", "number"]


def number(credits: Decimal) -> float | int:
    """Return credits as JSON shows them: whole ones without a point."""
    return int(credits) if credits == credits.to_integral_value() else float(credits)


def cost_estimate(rows: Iterable[Any], tier: str) -> float | int | None:
    """Return what one run costs a tier, or None when no node of it costs anything.

    `rows` is what a workflow's row says it does (`Workflow.work`). How many items a list has is
    often known only while it runs, and then counted as one: this is an estimate.
    """
    cost = work_price((Work(*row) for row in rows), tier)
    return None if cost is None else number(cost)
