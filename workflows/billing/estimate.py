"""What a run will probably cost, from the prices of its nodes (`billing/prices.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflows.billing.prices import node_price

__all__ = ["cost_estimate", "node_price", "number"]


def number(credits: Decimal) -> float | int:
    """Return credits as JSON shows them: whole ones without a point."""
    return int(credits) if credits == credits.to_integral_value() else float(credits)


def cost_estimate(node_types: Mapping[str, int], tier: str) -> float | int | None:
    """Return what one run costs a tier, or None when no node of it costs anything.

    `node_types` counts the nodes of a document by type. A node that runs once per item of a list
    costs more in the end: this is an estimate.
    """
    priced = [(count, node_price(type, tier)) for type, count in node_types.items()]
    costs = [count * price for count, price in priced if price is not None]
    return number(sum(costs, Decimal(0))) if costs else None
