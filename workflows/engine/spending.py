"""What may be spent on a stored key: its caps of a day and a month, less what was spent already.

A call counts as what its provider says it has cost, and where it says nothing as what the price
table says such a call usually costs. Calls under way count as that too, so calls side by side
cannot all slip under a cap; their reservation ends when the ledger has their line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from workflows import database
from workflows.billing import calls
from workflows.engine.credentials import Key
from workflows.engine.reserved import Reserved
from workflows.errors import KeyCapReached, PayerCapReached, RunCapReached

#: The option of a run that another user pays for: what they pay a day for its user.
PAYER_USD = "payerUsd"


@dataclass(frozen=True, slots=True)
class Hold:
    """Money that is reserved under a name, in US dollars."""

    name: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class RunCap:
    """What a run may spend, in US dollars at providers or in credits: those that its nodes wait for
    included.

    `run_id` is the one that no other run waits for.
    """

    run_id: UUID
    most: Decimal


@dataclass(frozen=True, slots=True)
class UserCap:
    """What one user may cost another in a day who pays for their runs."""

    payer_id: int
    user_id: int
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

        return await self._take(f"key:{key.id}", usd, judge)

    async def hold_of_run(self, cap: RunCap, usd: Decimal) -> Hold:
        """Reserve what a call may cost of what its run may spend. Raises RunCapReached."""

        def judge(held: Decimal) -> None:
            spent = calls.spent_in(cap.run_id) + held
            if spent + usd > cap.most:
                raise RunCapReached(
                    f"The run may spend ${cap.most:.2f}: ${_money(spent)} are spent or about to "
                    f"be, and this call may cost ${_money(usd)}.",
                    field="maxUsd",
                    value=float(cap.most),
                    expected=f"a call of at most ${_money(max(cap.most - spent, Decimal(0)))}",
                )

        return await self._take(f"run:{cap.run_id}", usd, judge)

    async def hold_of_user(self, cap: UserCap, usd: Decimal, now: datetime | None = None) -> Hold:
        """Reserve what a call may cost of what its payer spends on a user a day.

        Raises PayerCapReached.
        """

        def judge(held: Decimal) -> None:
            spent = calls.spent_for(cap.payer_id, cap.user_id, now or timezone.now()) + held
            if spent + usd > cap.usd:
                raise PayerCapReached(
                    f"The owner of this workflow pays ${cap.usd:.2f} a day for your runs: "
                    f"${_money(spent)} are spent or about to be, and this call may cost "
                    f"${_money(usd)}.",
                    value=float(usd),
                    expected="a higher limit, which the owner sets, or a run with your own keys",
                )

        return await self._take(f"user:{cap.payer_id}:{cap.user_id}", usd, judge)

    async def _take(self, name: str, usd: Decimal, judge: Callable[[Decimal], None]) -> Hold:
        await self._reserved.take(name, usd, judge)
        return Hold(name, usd)

    def release(self, hold: Hold) -> None:
        """Reserve it no longer: the call is over, and what it has cost is in the ledger."""
        self._reserved.release(hold.name, hold.usd)


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
