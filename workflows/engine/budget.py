"""What a run may still spend: its cap, and its owner's balance less what is being spent right now.

A node is asked about before it begins and charged when it has finished. Between the two its price
is set aside, so nodes that run side by side cannot spend the same credits.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from workflows import database
from workflows.billing.ledger import ZERO, Charge, balance_now, is_unlimited
from workflows.billing.prices import node_price
from workflows.errors import CreditsMissing, RunCapReached
from workflows.graph.plan import PlannedNode
from workflows.journal.journal import Journal


class Till:
    """What all runs of an engine have set aside, by owner."""

    def __init__(self) -> None:
        self.aside: defaultdict[int, Decimal] = defaultdict(Decimal)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def lock(self, owner_id: int) -> asyncio.Lock:
        """Return the lock under which an owner's balance is compared and changed."""
        return self._locks[owner_id]


@dataclass(slots=True)
class Purse:
    """The credits of one run. `spent` counts earlier attempts too; `cap` None: no cap."""

    owner_id: int
    tier: str
    till: Till
    spent: Decimal = ZERO
    cap: Decimal | None = None
    now: Callable[[], datetime] = timezone.now
    _aside: Decimal = field(default=ZERO)

    @asynccontextmanager
    async def paying(
        self, node: PlannedNode, calls: int, journal: Journal
    ) -> AsyncIterator[Charge | None]:
        """Set a node's price aside while it runs; yields what it is to be charged, None: free.

        Leaving without an error waits until the charge is on disk. Raises RunCapReached and
        CreditsMissing instead of beginning.
        """
        cost = (node_price(node.type, self.tier) or ZERO) * calls
        if not cost:
            yield None
            return
        unlimited = is_unlimited(self.tier)
        async with self.till.lock(self.owner_id):
            await self._check(cost, unlimited)
            self._aside += cost
            self.till.aside[self.owner_id] += cost
        try:
            yield Charge(self.owner_id, node.id, cost, unlimited)
            self.spent += cost
            # Within the lock, nobody sees the balance lowered and the price still set aside.
            async with self.till.lock(self.owner_id):
                await journal.flush()
                self._put_back(cost)
                cost = ZERO
        finally:
            self._put_back(cost)

    def _put_back(self, cost: Decimal) -> None:
        self._aside -= cost
        self.till.aside[self.owner_id] -= cost

    async def _check(self, cost: Decimal, unlimited: bool) -> None:
        if self.cap is not None and self.spent + self._aside + cost > self.cap:
            left = self.cap - self.spent - self._aside
            raise RunCapReached(
                f"This node costs {_text(cost)} credits, and the run may spend {_text(left)} more.",
                field="maxCredits",
                value=float(cost),
                expected=f"at most {_text(left)} of {_text(self.cap)} credits",
            )
        if unlimited:
            return
        balance = await database.read(balance_now, self.owner_id, self.tier, self.now())
        left = balance - self.till.aside[self.owner_id]
        if cost > left:
            raise CreditsMissing(
                f"This node costs {_text(cost)} credits; {_text(left)} are left.",
                value=float(cost),
                expected=f"at most {_text(left)} credits",
            )


def _text(credits: Decimal) -> str:
    return f"{credits.normalize():f}"
