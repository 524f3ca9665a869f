"""What a node costs: the one price table, by node type and by the tier of whoever pays.

A node type declares its price in credits (`NodeType.credits`, None: free); CREDIT_PRICES overrides
it on this server, and CREDIT_PERCENTS says what part of it each tier pays.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

from workflows.nodes import registry

#: Credits are counted to a thousandth, as the ledger keeps them.
SMALLEST = Decimal("0.001")


def node_price(node_type: str, tier: str) -> Decimal | None:
    """Return the credits one execution of a node costs a tier, or None when it costs nothing."""
    known = registry.get(node_type)
    declared = known.node_type.credits if known else None
    price = settings.CREDIT_PRICES.get(node_type, declared)
    if known is None or price is None:
        return None
    percent = settings.CREDIT_PERCENTS.get(tier, 100)
    return (Decimal(str(price)) * Decimal(str(percent)) / 100).quantize(SMALLEST)
