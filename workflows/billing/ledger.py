"""The credit ledger: its lines are only ever added, and each knows the balance behind it.

Writers hold the account's row until their transaction ends, so lines of one account come one after
another. What may be spent on a run while it goes on is the matter of `engine/budget.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from workflows.models import CreditEntry, Entry, Run, User
from workflows.types import NodeId

ZERO = Decimal(0)
#: The period of a grant that is given once.
ONCE = "once"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a finished node has cost; `unlimited`: the account spends without a limit."""

    owner_id: int
    node_id: NodeId
    amount: Decimal
    unlimited: bool
    model: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a provider was paid for a call of a node, in US dollars; no credits move for it.

    `usd` is what it says, None where it does not say; `usd_estimate` then counts for the caps of
    the credential. `call` names the call within the node.
    """

    owner_id: int
    node_id: NodeId
    call: str
    model: str
    usd: Decimal | None
    usd_estimate: Decimal | None
    usage: Mapping[str, float]
    credential: str
    credential_name: str


def is_unlimited(tier: str) -> bool:
    """Return whether accounts of a tier spend without a limit."""
    return tier not in settings.CREDITS_MONTHLY and tier not in settings.CREDITS_ONCE


def allowance(tier: str) -> Decimal:
    """Return the credits a tier gets, every month or once; 0 for one without a limit."""
    found = settings.CREDITS_MONTHLY.get(tier, settings.CREDITS_ONCE.get(tier, 0))
    return Decimal(str(found))


def balance(owner_id: int) -> Decimal:
    """Return what an account has, as its last line says."""
    last = CreditEntry.objects.filter(owner_id=owner_id).order_by("-pk")
    found: Decimal | None = last.values_list("balance_after", flat=True).first()
    return ZERO if found is None else found


def balance_now(owner_id: int, tier: str, now: datetime) -> Decimal:
    """Return what an account has, after the grant that is due, if one is.

    A month's grant fills the account up to its tier's credits: what is left of the month before is
    not added, and what staff have added beyond stays.
    """
    if is_unlimited(tier):
        return balance(owner_id)
    period = now.strftime("%Y-%m") if tier in settings.CREDITS_MONTHLY else ONCE
    if not CreditEntry.objects.filter(owner_id=owner_id, period=period).exists():
        _grant(owner_id, allowance(tier), period)
    return balance(owner_id)


def _grant(owner_id: int, credits: Decimal, period: str) -> None:
    with transaction.atomic():
        _hold(owner_id)
        if CreditEntry.objects.filter(owner_id=owner_id, period=period).exists():
            return
        before = balance(owner_id)
        # A debt is not forgiven; what is left is not added to.
        missing = credits if before < 0 else max(ZERO, credits - before)
        _append(owner_id, before, Entry.GRANT, missing, period=period)


def adjust(owner_id: int, credits: Decimal) -> CreditEntry:
    """Add to an account, or take from it with a negative number; staff's business."""
    with transaction.atomic():
        _hold(owner_id)
        return _append(owner_id, balance(owner_id), Entry.ADJUSTMENT, credits)


def write(run_id: UUID, entry: Charge | Spent) -> None:
    """Write what a node has cost in the transaction of its event; a second time: nothing."""
    call = entry.call if isinstance(entry, Spent) else ""
    _hold(entry.owner_id)
    if CreditEntry.objects.filter(run_id=run_id, node_id=entry.node_id, call=call).exists():
        return
    token_id, key_name, slug = Run.objects.values_list(
        "token_id", "token__name", "workflow__slug"
    ).get(pk=run_id)
    facts: dict[str, Any] = {
        "run_id": run_id,
        "node_id": entry.node_id,
        "token_id": token_id,
        "key_name": key_name or "",
        "workflow_slug": slug or "",
        "model": entry.model,
        "call": call,
    }
    before = balance(entry.owner_id)
    if isinstance(entry, Spent):
        facts |= {
            "usd": entry.usd,
            "usd_estimate": entry.usd_estimate,
            "usage": dict(entry.usage),
            "credential": entry.credential,
            "credential_name": entry.credential_name,
        }
        _append(entry.owner_id, before, Entry.CALL, ZERO, **facts)
        return
    kind = Entry.USAGE if entry.unlimited else Entry.CHARGE
    _append(entry.owner_id, before, kind, -entry.amount, **facts)
    Run.objects.filter(pk=run_id).update(cost=F("cost") + entry.amount)


def _hold(owner_id: int) -> None:
    # A key share lock of rows that name the account stays possible; another line's writer waits.
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=owner_id)


def _append(
    owner_id: int, before: Decimal, kind: str, amount: Decimal, **facts: Any
) -> CreditEntry:
    after = before if kind == Entry.USAGE else before + amount
    entry: CreditEntry = CreditEntry.objects.create(
        owner_id=owner_id, kind=kind, amount=amount, balance_after=after, **facts
    )
    return entry
