"""What a run may still spend: its cap, and its owner's balance less what is being spent right now.

A node is asked about before it begins and charged when it has finished. Between the two its price
is reserved, so nodes that run side by side cannot spend the same credits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils import timezone

from workflows.billing.ledger import ZERO, Charge, balance_now, is_unlimited
from workflows.billing.prices import work_price
from workflows.engine.reserved import Reserved
from workflows.errors import CreditsMissing, RunCapReached
from workflows.graph.plan import PlannedNode
from workflows.graph.work import of_calls
from workflows.journal.journal import Journal
from workflows.types import JsonObject


@dataclass(slots=True)
class Budget:
    """The credits of one run. `spent` counts earlier attempts too; `cap` None: no cap."""

    owner_id: int
    tier: str
    reserved: Reserved
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
        self._check_cap(cost)
        # Before anybody waits, so that nodes side by side cannot slip under the cap together.
        self._reserved += cost
        try:
            if not unlimited:
                await self.reserved.take(self._key, cost, partial(self._check_balance, cost))
        except BaseException:
            self._reserved -= cost
            raise
        try:
            yield Charge(self.owner_id, node.id, cost, unlimited, rows[0].model)
            self.spent += cost
            # Within the lock, nobody sees the balance lowered and the price still reserved.
            async with self.reserved.lock(self._key):
                await journal.flush()
                self._release(cost, unlimited)
                cost = ZERO
        finally:
            if cost:
                self._release(cost, unlimited)

    @property
    def _key(self) -> str:
        return f"credits:{self.owner_id}"

    def _release(self, cost: Decimal, unlimited: bool) -> None:
        self._reserved -= cost
        if not unlimited:
            self.reserved.release(self._key, cost)

    def _check_cap(self, cost: Decimal) -> None:
        if self.cap is not None and self.spent + self._reserved + cost > self.cap:
            left = self.cap - self.spent - self._reserved
            raise RunCapReached(
                f"This node costs {_text(cost)} credits, and the run may spend {_text(left)} more.",
                field="maxCredits",
                value=float(cost),
                expected=f"at most {_text(left)} of {_text(self.cap)} credits",
            )

    def _check_balance(self, cost: Decimal, reserved: Decimal) -> None:
        left = balance_now(self.owner_id, self.tier, self.now()) - reserved
        if cost > left:
            raise CreditsMissing(
                f"This node costs {_text(cost)} credits; {_text(left)} are left.",
                value=float(cost),
                expected=f"at most {_text(left)} credits",
            )


def _text(credits: Decimal) -> str:
    return f"{credits.normalize():f}"
