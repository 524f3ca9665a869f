"""What a run may still spend: its cap, and its owner's balance less what is being spent right now.

A node is asked about before it begins and charged when it has finished. Between the two its price
is reserved, so nodes that run side by side cannot spend the same credits.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from workflows import database
from workflows.billing.ledger import ZERO, Charge, balance_now, is_unlimited
from workflows.billing.prices import work_price
from workflows.errors import CreditsMissing, RunCapReached
from workflows.graph.plan import PlannedNode
from workflows.graph.work import of_calls
from workflows.journal.journal import Journal
from workflows.types import JsonObject


class Reservations:
    """The credits that all running nodes of an engine have reserved, by owner."""

    def __init__(self) -> None:
        self.credits: defaultdict[int, Decimal] = defaultdict(Decimal)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def lock(self, owner_id: int) -> asyncio.Lock:
        """Return the lock under which an owner's balance is compared and changed."""
        return self._locks[owner_id]


@dataclass(slots=True)
class Budget:
    """The credits of one run. `spent` counts earlier attempts too; `cap` None: no cap."""

    owner_id: int
    tier: str
    reservations: Reservations
    spent: Decimal = ZERO
    cap: Decimal | None = None
    now: Callable[[], datetime] = timezone.now
    _reserved: Decimal = field(default=ZERO)

    @asynccontextmanager
    async def reserve(
        self, node: PlannedNode, calls: Sequence[JsonObject], journal: Journal
    ) -> AsyncIterator[Charge | None]:
        """Reserve the price of a node's calls while it runs; yields the charge, None: free.

        Leaving without an error waits until the charge is on disk. Raises RunCapReached and
        CreditsMissing instead of beginning.
        """
        rows = of_calls(node.node_type, calls)
        cost = work_price(rows, self.tier) or ZERO
        if not cost:
            yield None
            return
        unlimited = is_unlimited(self.tier)
        async with self.reservations.lock(self.owner_id):
            await self._check(cost, unlimited)
            self._reserved += cost
            self.reservations.credits[self.owner_id] += cost
        try:
            yield Charge(self.owner_id, node.id, cost, unlimited, rows[0].model)
            self.spent += cost
            # Within the lock, nobody sees the balance lowered and the price still reserved.
            async with self.reservations.lock(self.owner_id):
                await journal.flush()
                self._release(cost)
                cost = ZERO
        finally:
            self._release(cost)

    def _release(self, cost: Decimal) -> None:
        self._reserved -= cost
        self.reservations.credits[self.owner_id] -= cost

    async def _check(self, cost: Decimal, unlimited: bool) -> None:
        if self.cap is not None and self.spent + self._reserved + cost > self.cap:
            left = self.cap - self.spent - self._reserved
            raise RunCapReached(
                f"This node costs {_text(cost)} credits, and the run may spend {_text(left)} more.",
                field="maxCredits",
                value=float(cost),
                expected=f"at most {_text(left)} of {_text(self.cap)} credits",
            )
        if unlimited:
            return
        balance = await database.read(balance_now, self.owner_id, self.tier, self.now())
        left = balance - self.reservations.credits[self.owner_id]
        if cost > left:
            raise CreditsMissing(
                f"This node costs {_text(cost)} credits; {_text(left)} are left.",
                value=float(cost),
                expected=f"at most {_text(left)} credits",
            )


def _text(credits: Decimal) -> str:
    return f"{credits.normalize():f}"
