"""Credits as users meet them: refusing a run that costs too much, the balance, the usage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from workflows.billing import ledger
from workflows.billing.calls import Paid, summed
from workflows.billing.estimate import number
from workflows.billing.prices import work_price
from workflows.errors import InsufficientCredits
from workflows.graph.plan import Plan
from workflows.graph.work import of_plan
from workflows.models import CreditEntry, Entry, User

MAX_ENTRIES = 500
MAX_DAYS = 366
_SPENT = (Entry.CHARGE, Entry.USAGE)
T = TypeVar("T")
#: What was spent on something, and in how many runs.
Sum = tuple[T, Decimal, int]


@dataclass(slots=True)
class Usage:
    """An account's lines of some days, newest first, and their sums in credits and in money.

    Each sum is what it is of, what was spent and in how many runs: days in order, keys (id and
    name; None: no key) and workflows (their slug; "": none) the dearest first. Calls of providers
    are summed by day, by credential (id and name) and by model.
    """

    entries: list[CreditEntry]
    by_day: list[Sum[date]]
    by_key: list[Sum[tuple[int | None, str]]]
    by_workflow: list[Sum[str]]
    calls_by_day: list[tuple[date, Paid]]
    calls_by_credential: list[tuple[tuple[str, str], Paid]]
    calls_by_model: list[tuple[str, Paid]]


class Credits(TypedDict):
    """What an account has, what it gets a month, and whether it has no limit at all."""

    balance: float
    monthly: float
    unlimited: bool


def plan_cost(plan: Plan, tier: str) -> Decimal:
    """Return what the nodes that would run cost a tier, once per item of lists that are known."""
    return work_price(of_plan(plan), tier) or ledger.ZERO


def check(*, owner: User, cost: Decimal) -> None:
    """Raise InsufficientCredits when a run's estimated cost is more than its owner has."""
    if not cost or ledger.is_unlimited(owner.tier):
        return
    balance = ledger.balance_now(owner.pk, owner.tier, timezone.now())
    if cost > balance:
        raise InsufficientCredits(required=number(cost), balance=number(balance))


def account_credits(*, user: User) -> Credits:
    """Return the credits of an account."""
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


def usage(
    *,
    user: User,
    days: int,
    token_id: int | None = None,
    slug: str | None = None,
    now: datetime | None = None,
) -> Usage:
    """Return the last days of an account's ledger; a day begins at midnight UTC.

    `token_id` and `slug` leave the lines of one key and of one workflow.
    """
    now = now or timezone.now()
    rows = CreditEntry.objects.filter(owner=user, created_at__gt=now - timedelta(days=days))
    if token_id is not None:
        rows = rows.filter(token=token_id)
    if slug is not None:
        rows = rows.filter(workflow_slug=slug)
    lines = list(
        rows.filter(kind__in=_SPENT).values_list(
            "created_at", "amount", "run_id", "token_id", "key_name", "workflow_slug"
        )
    )
    by_day = _sums((at.date(), amount, run_id) for at, amount, run_id, *_ in lines)
    by_key = _sums(((key, name), amount, run) for _, amount, run, key, name, _ in lines)
    by_workflow = _sums((slug, amount, run_id) for _, amount, run_id, _, _, slug in lines)
    return Usage(
        list(rows.order_by("-pk")[:MAX_ENTRIES]),
        sorted(by_day),
        sorted(by_key, key=_dearest),
        sorted(by_workflow, key=_dearest),
        *_calls(rows.filter(kind=Entry.CALL)),
    )


def _calls(rows: QuerySet[CreditEntry]) -> tuple[list[Any], list[Any], list[Any]]:
    """Sum calls by day, credential and model, the dearest first but for days."""
    days = summed(rows.annotate(day=TruncDate("created_at", tzinfo=UTC)), "day")
    keys, models = summed(rows, "credential", "credential_name"), summed(rows, "model")
    return (
        [(day, paid) for (day,), paid in sorted(days.items())],
        sorted(keys.items(), key=_most_paid),
        sorted(((model, paid) for (model,), paid in models.items()), key=_most_paid),
    )


def _most_paid(row: tuple[Any, Paid]) -> tuple[Decimal, int, str]:
    name, paid = row
    return -((paid.usd or ledger.ZERO) + paid.estimate), -paid.calls, str(name)


def _sums(lines: Iterable[tuple[T, Decimal, object]]) -> list[Sum[T]]:
    amounts: dict[T, Decimal] = defaultdict(Decimal)
    runs: dict[T, set[object]] = defaultdict(set)
    for of, amount, run_id in lines:
        amounts[of] -= amount
        runs[of].add(run_id)
    return [(of, amount, len(runs[of])) for of, amount in amounts.items()]


def _dearest(row: Sum[Any]) -> tuple[Decimal, str]:
    return -row[1], str(row[0])
