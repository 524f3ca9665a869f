"""Calls of providers as the ledger has them: what each key has spent, in US dollars.

Where a provider does not say what a call has cost, the line's estimate is counted in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from workflows.models import Credential, CreditEntry, Entry, Run, User
from workflows.types import NodeId

ZERO = Decimal(0)
_MONEY = DecimalField(max_digits=20, decimal_places=8)
#: What a line counts as, known or estimated.
_COUNTED = Coalesce(F("usd"), F("usd_estimate"), ZERO, output_field=_MONEY)


@dataclass(frozen=True, slots=True)
class Paid:
    """What some calls have cost: `usd` is what is known (None: nothing is), `estimate` the rest."""

    calls: int = 0
    unknown: int = 0
    usd: Decimal | None = None
    estimate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How a key was used: this month's calls, what they cost, and today's part of it."""

    calls: int = 0
    today: Decimal = ZERO
    month: Decimal = ZERO


def day_of(now: datetime) -> datetime:
    """Return when a day of UTC began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def caps(credential: str) -> tuple[Decimal | None, Decimal | None]:
    """Return what may be spent on a key in a day and a month, None each for no cap."""
    rows = Credential.objects.filter(public_id=credential)
    return rows.values_list("cap_per_day", "cap_per_month").first() or (None, None)


def spent_on(credential: str, now: datetime) -> tuple[Decimal, Decimal]:
    """Return what was spent on a key today and this month, known or estimated."""
    today = day_of(now)
    rows = CreditEntry.objects.filter(
        credential=credential, kind=Entry.CALL, created_at__gte=today.replace(day=1)
    )
    sums = rows.aggregate(
        today=Coalesce(Sum(_COUNTED, filter=Q(created_at__gte=today)), ZERO, output_field=_MONEY),
        month=Coalesce(Sum(_COUNTED), ZERO, output_field=_MONEY),
    )
    return sums["today"], sums["month"]


def spent_for(payer_id: int, user_id: int, now: datetime) -> Decimal:
    """Return what calls in a user's runs have cost another today, who pays for them."""
    rows = CreditEntry.objects.filter(
        owner=payer_id,
        kind=Entry.CALL,
        created_at__gte=day_of(now),
        run__payer=payer_id,
        run__owner=user_id,
    )
    sums = rows.aggregate(usd=Coalesce(Sum(_COUNTED), ZERO, output_field=_MONEY))
    return Decimal(sums["usd"])


def spent_in(run_id: UUID) -> Decimal:
    """Return what the calls of a run, and of the runs that its nodes wait for, have cost."""
    rows = CreditEntry.objects.filter(run__in=_with_nested(run_id), kind=Entry.CALL)
    sums = rows.aggregate(usd=Coalesce(Sum(_COUNTED), ZERO, output_field=_MONEY))
    return Decimal(sums["usd"])


def credits_in(run_id: UUID) -> Decimal:
    """Return the credits that the nodes of a run, and of the runs they wait for, have cost."""
    rows = Run.objects.filter(pk__in=_with_nested(run_id))
    return Decimal(rows.aggregate(cost=Sum("cost"))["cost"] or ZERO)


def _with_nested(run_id: UUID) -> list[UUID]:
    """Return a run and all that wait below it, however deep."""
    ids, found = [run_id], [run_id]
    while ids:
        parents = Q()
        for id in ids:
            parents |= Q(idempotency_key__startswith=nested_key(id))
        ids = list(Run.objects.filter(parents, nested=True).values_list("pk", flat=True))
        found += ids
    return found


def nested_key(parent: UUID) -> str:
    """Return how the idempotency keys of the runs begin that nodes of a run wait for."""
    return f"nested:{parent}:"


def key_uses(*, user: User, now: datetime) -> dict[str, KeyUse]:
    """Map the ids of a user's keys to how each was used this month."""
    today = day_of(now)
    rows = CreditEntry.objects.filter(
        owner=user, kind=Entry.CALL, created_at__gte=today.replace(day=1)
    ).exclude(credential="")
    found = rows.values("credential").annotate(
        calls=Count("pk"),
        today=Coalesce(Sum(_COUNTED, filter=Q(created_at__gte=today)), ZERO, output_field=_MONEY),
        month=Coalesce(Sum(_COUNTED), ZERO, output_field=_MONEY),
    )
    return {row["credential"]: KeyUse(row["calls"], row["today"], row["month"]) for row in found}


def paid_by_node(run_id: UUID) -> dict[NodeId, Paid]:
    """Map the nodes of a run that have called providers to what that has cost."""
    rows = CreditEntry.objects.filter(run_id=run_id, kind=Entry.CALL)
    return {node_id: paid for (node_id,), paid in summed(rows, "node_id").items()}


def summed(rows: QuerySet[CreditEntry], *by: str) -> dict[tuple[Any, ...], Paid]:
    """Map the values of some columns to what the calls with them have cost."""
    found = (
        rows.order_by()
        .values_list(*by)
        .annotate(
            number=Count("pk"),
            known=Count("usd"),
            paid=Sum("usd"),
            guessed=Sum("usd_estimate", filter=Q(usd__isnull=True)),
        )
    )
    return {
        tuple(key): Paid(calls, calls - known, usd, estimate or ZERO)
        for *key, calls, known, usd, estimate in found
    }
