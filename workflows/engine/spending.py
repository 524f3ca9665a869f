"""What may be spent on a stored key: its caps of a day and a month, less what was spent already.

A call counts as what its provider says it has cost, and where it says nothing as what the price
table says such a call usually costs. Calls under way count as that too, so calls side by side
cannot all slip under a cap; their reservation ends when the ledger has their line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from workflows import database
from workflows.billing import calls
from workflows.engine.credentials import Key
from workflows.engine.reserved import Reserved
from workflows.errors import KeyCapReached


@dataclass(frozen=True, slots=True)
class Hold:
    """Money of a key that is reserved, in US dollars."""

    key: str
    usd: Decimal


class Spending:
    """The reservations on all keys by the calls that are made at the moment."""

    def __init__(self, reserved: Reserved | None = None) -> None:
        self._reserved = reserved or Reserved()

    async def hold(self, key: Key, usd: Decimal, now: datetime | None = None) -> Hold | None:
        """Reserve what a call may cost; None for a key without a cap. Raises KeyCapReached."""
        caps = await database.read(calls.caps, key.id)
        if caps == (None, None):
            return None

        def judge(held: Decimal) -> None:
            spent = calls.spent_on(key.id, now or timezone.now())
            for cap, before, words in zip(caps, spent, ("today", "this month"), strict=True):
                if cap is not None and before + held + usd > cap:
                    raise _reached(key, cap, before + held, usd, words)

        await self._reserved.take(f"key:{key.id}", usd, judge)
        return Hold(key.id, usd)

    def release(self, hold: Hold) -> None:
        """Reserve it no longer: the call is over, and what it has cost is in the ledger."""
        self._reserved.release(f"key:{hold.key}", hold.usd)


def _reached(key: Key, cap: Decimal, spent: Decimal, usd: Decimal, words: str) -> KeyCapReached:
    return KeyCapReached(
        f"The key {key.name} may spend ${cap:.2f} {words}: ${_money(spent)} are spent or about to "
        f"be, and this call may cost ${_money(usd)}.",
        field="credential",
        value=key.name,
        expected=f"a higher cap, or a call of at most ${_money(max(cap - spent, Decimal(0)))}",
        cause={"provider": key.provider, "credential": key.id},
    )


def _money(usd: Decimal) -> str:
    return f"{usd:.2f}" if usd >= 1 or not usd else f"{usd:.4f}".rstrip("0").ljust(4, "0")
