"""Credits as people meet them: refusing a run that costs too much, the balance, the usage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from workflows.engine import ledger
from workflows.engine.prices import node_price
from workflows.errors import InsufficientCredits
from workflows.graph.plan import Plan
from workflows.models import CreditEntry, Entry, User
from workflows.services.prices import number
from workflows.types import JsonObject

MAX_ENTRIES = 500
MAX_DAYS = 366
_SPENT = (Entry.CHARGE, Entry.USAGE)


@dataclass(slots=True)
class Usage:
    """An account's lines of some days, newest first, and what each day cost in how many runs."""

    entries: list[CreditEntry]
    by_day: list[tuple[date, Decimal, int]] = field(default_factory=list)


def plan_cost(plan: Plan, tier: str) -> Decimal:
    """Return what the nodes that would run cost a tier, each counted once."""
    prices = (node_price(node.type, tier) for node in plan.nodes.values())
    return sum((price for price in prices if price is not None), ledger.ZERO)


def check(*, owner: User, cost: Decimal) -> None:
    """Raise InsufficientCredits when a run's estimated cost is more than its owner has."""
    if not cost or ledger.is_unlimited(owner.tier):
        return
    balance = ledger.balance_now(owner.pk, owner.tier, timezone.now())
    if cost > balance:
        raise InsufficientCredits(required=number(cost), balance=number(balance))


def account_credits(*, user: User) -> JsonObject:
    """Return what an account has, what it gets a month, and whether it has a limit at all."""
    balance = ledger.balance_now(user.pk, user.tier, timezone.now())
    return {
        "balance": number(balance),
        "monthly": number(ledger.allowance(user.tier)),
        "unlimited": ledger.is_unlimited(user.tier),
    }


def spent(*, user: User, start: datetime, end: datetime) -> list[CreditEntry]:
    """List the lines of a span of time that say what nodes have cost, newest first."""
    rows = CreditEntry.objects.filter(owner=user, kind__in=_SPENT)
    return list(rows.filter(created_at__gte=start, created_at__lte=end).order_by("-pk"))


def usage(*, user: User, days: int, now: datetime | None = None) -> Usage:
    """Return the last days of an account's ledger; a day begins at midnight UTC."""
    now = now or timezone.now()
    rows = CreditEntry.objects.filter(owner=user, created_at__gt=now - timedelta(days=days))
    amounts: dict[date, Decimal] = defaultdict(Decimal)
    runs: dict[date, set[object]] = defaultdict(set)
    for at, amount, run_id in rows.filter(kind__in=_SPENT).values_list(
        "created_at", "amount", "run_id"
    ):
        amounts[at.date()] -= amount
        runs[at.date()].add(run_id)
    by_day = [(day, amounts[day], len(runs[day])) for day in sorted(amounts)]
    return Usage(list(rows.order_by("-pk")[:MAX_ENTRIES]), by_day)
