"""What a run may still spend: its cap, and its owner's balance less what is being spent right now.

A node is estimated before it begins and charged when it has finished. Between the two its price
is reserved, so nodes that run side by side cannot spend the same credits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils import timezone

from workflows.billing import calls
from workflows.billing.ledger import ZERO, Charge, balance_now, is_unlimited
from workflows.billing.prices import work_price
from workflows.engine.reserved import Judge, Reserved
from workflows.engine.spending import RunCap
from workflows.errors import CreditsMissing, RunCapReached
from workflows.graph.plan import PlannedNode
from workflows.graph.work import of_calls
from workflows.journal.journal import Journal
from workflows.types import JsonObject


@dataclass(slots=True)
class Budget:
    """The credits of one run; `cap` None: no cap."""

    owner_id: int
    tier: str
    reserved: Reserved
    cap: RunCap | None = None
    now: Callable[[], datetime] = timezone.now

    @asynccontextmanager
    async def reserve(
        self, node: PlannedNode, given: Sequence[JsonObject], journal: Journal
    ) -> AsyncIterator[Charge | None]:
        """Reserve the price of a node's calls while it runs; yields the charge, None: free.

        Leaving without an error waits until the charge is on disk. Raises RunCapReached and
        CreditsMissing instead of beginning.
        """
        rows = of_calls(node.node_type, given)
        cost = work_price(rows, self.tier) or ZERO
        if not cost:
            yield None
            return
        unlimited = is_unlimited(self.tier)
        judges: dict[str, Judge] = {}
        if self.cap is not None:
            judges[f"run-credits:{self.cap.run_id}"] = partial(_check_cap, self.cap, cost)
        if not unlimited:
            judges[f"credits:{self.owner_id}"] = partial(self._check_balance, cost)
        async with AsyncExitStack() as held, AsyncExitStack() as locks:
            for key, judge in judges.items():
                await self.reserved.take(key, cost, judge)
                held.callback(self.reserved.release, key, cost)
            yield Charge(self.owner_id, node.id, cost, unlimited, rows[0].model)
            # Within the locks, no one sees a price that is charged and still reserved.
            for key in judges:
                await locks.enter_async_context(self.reserved.lock(key))
            await journal.flush()
            await held.aclose()

    def _check_balance(self, cost: Decimal, reserved: Decimal) -> None:
        left = balance_now(self.owner_id, self.tier, self.now()) - reserved
        if cost > left:
            raise CreditsMissing(
                f"This node costs {_text(cost)} credits; {_text(left)} are left.",
                value=float(cost),
                expected=f"at most {_text(left)} credits",
            )


def _check_cap(cap: RunCap, cost: Decimal, reserved: Decimal) -> None:
    left = cap.most - calls.credits_in(cap.run_id) - reserved
    if cost > left:
        raise RunCapReached(
            f"This node costs {_text(cost)} credits, and the run may spend {_text(left)} more.",
            field="maxCredits",
            value=float(cost),
            expected=f"at most {_text(left)} of {_text(cap.most)} credits",
        )


def _text(credits: Decimal) -> str:
    return f"{credits.normalize():f}"
