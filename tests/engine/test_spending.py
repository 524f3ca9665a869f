"""Caps of keys: calls side by side keep to them, across restarts too, and failures cost nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.engine.runs import create, execute, finish, graph, of
from workflows.billing import calls
from workflows.engine import embedded
from workflows.engine.credentials import Key
from workflows.engine.spending import Hold, Spending
from workflows.errors import KeyCapReached, NodeError
from workflows.graph.ports import Input, Output
from workflows.models import Credential, CreditEntry, Run, User
from workflows.nodes import registry
from workflows.nodes.context import Charged
from workflows.nodes.models.calls import KEY
from workflows.types import JsonObject

OPENAI = "https://api.openai.com/v1"
#: Two cents a call, by the price table.
MODEL = "openai/gpt-image-1-mini"

#: Calls that have begun, those under way, and the most there have been.
begun: Counter[str] = Counter()
busy: Counter[str] = Counter()
most: Counter[str] = Counter()


async def _spends(
    context: object, *, text: str, model: str, usd: float | None, fails: bool, credential: str
) -> JsonObject:
    await context.credential(url=OPENAI)  # type: ignore[attr-defined]
    await context.spend(model)  # type: ignore[attr-defined]
    begun[model] += 1
    busy[model] += 1
    most[model] = max(most[model], busy[model])
    try:
        await asyncio.sleep(0.01)
    finally:
        busy[model] -= 1
    if fails:
        raise NodeError("This one cannot.")
    said = None if usd is None else Decimal(str(usd))
    await context.charged(Charged(model, said, {"input": 7}))  # type: ignore[attr-defined]
    return {"text": text}


@pytest.fixture(autouse=True)
def spending_type() -> Iterator[None]:
    """A node type that calls a model with a key of OpenAI's."""
    for counter in (begun, busy, most):
        counter.clear()
    registry.node(
        "testSpends",
        name="Spends",
        category="Tests",
        description="Test.",
        inputs=(
            Input("text", "text", default="x"),
            Input("model", "text", widget="model", task="image", port=False, default=MODEL),
            Input("usd", "number"),
            Input("fails", "boolean", default=False),
            KEY,
        ),
        outputs=(Output("text", "text"),),
        deterministic=False,
        cacheable=False,
    )(_spends)
    yield
    del registry._registered["testSpends"]


@pytest.fixture
def key(owner: User) -> Credential:
    """A key of the owner's that may spend ten cents a day."""
    made: Credential = Credential.objects.create(
        owner=owner,
        name="work",
        provider="openai",
        allowed_origins=["https://api.openai.com"],
        secret="sk-not-a-key-at-all",
        last4="-all",
        cap_per_day=Decimal("0.10"),
    )
    return made


def lines() -> list[CreditEntry]:
    return list(CreditEntry.objects.filter(kind="call").order_by("pk"))


def many(count: int, **data: object) -> JsonObject:
    return graph(
        {f"n{at}": ("testSpends", data) for at in range(count)} | {"end": "testText"},
        *(f"n{at} > end.more" for at in range(count)),
    )


def code(run: Run) -> str:
    return str(run.error["body"]["code"]) if "body" in run.error else str(run.error["code"])


@pytest.mark.parametrize("usd", [0.02, None])
def test_fifty_calls_at_once_do_not_slip_under_a_cap(
    engine: None, owner: User, key: Credential, usd: float | None
) -> None:
    runs = [create(owner, many(25, usd=usd)) for _ in range(2)]
    for run in runs:
        finish(run)
        run.refresh_from_db()
        assert run.status == "failed"
    # Of fifty that may cost two cents each, five fit under ten cents
    # (those that had begun when another one failed were stopped, and are not counted).
    assert len(lines()) <= 5
    assert 1 <= most[MODEL] <= 5
    assert calls.spent_on(key.public_id, datetime.now(UTC))[0] <= Decimal("0.10")
    failed = [
        event["error"]["body"]
        for run in runs
        for event in run.events.filter(type="error").values_list("data", flat=True)
    ]
    assert {body["code"] for body in failed} == {"KEY_CAP_REACHED"}
    assert failed[0]["cause"] == {"provider": "openai", "credential": key.public_id}


@pytest.mark.parametrize("usd", ["0.02", "0.03", "0.10", "0.11"])
def test_a_cap_lets_through_what_fits_and_no_more(
    engine: None, owner: User, key: Credential, usd: str
) -> None:
    spending, shown = Spending(), Key(key.public_id, key.name, key.provider)

    async def ask() -> list[Hold | None]:
        found = await asyncio.gather(
            *(spending.hold(shown, Decimal(usd)) for _ in range(50)), return_exceptions=True
        )
        assert all(isinstance(one, Hold | KeyCapReached) for one in found)
        return [one for one in found if isinstance(one, Hold)]

    async def twice() -> None:
        fits = int(Decimal("0.10") / Decimal(usd))
        held = await ask()
        assert len(held) == fits
        for one in held:
            spending.release(one)
        assert len(await ask()) == fits

    asyncio.run(twice())


def test_a_list_calls_until_the_cap_and_what_it_paid_is_kept(
    engine: None, owner: User, key: Credential
) -> None:
    document = graph(
        {"l": ("testNumbers", {"count": 50}), "a": ("testSpends", {"usd": 0.02})},
        "l.items > a",
    )
    run, events = execute(owner, document)
    assert run.status == "failed"
    assert 1 <= len(lines()) <= 5
    assert sum(line.usd for line in lines()) == Decimal("0.02") * len(lines())
    assert {event["call"] for event in of(events, "charged")} == {line.call for line in lines()}
    assert run.cost == 0


def test_the_ledger_counts_after_a_restart_and_a_higher_cap_lets_calls_go_on(
    engine: None, owner: User, key: Credential
) -> None:
    for _ in range(5):
        assert execute(owner, many(1, usd=0.02))[0].status == "completed"
    embedded.stop()
    embedded.start()
    assert execute(owner, many(1, usd=0.02))[0].status == "failed"
    Credential.objects.filter(pk=key.pk).update(cap_per_day=Decimal("0.12"))
    assert execute(owner, many(1, usd=0.02))[0].status == "completed"
    Credential.objects.filter(pk=key.pk).update(cap_per_day=None, cap_per_month=Decimal("0.13"))
    assert execute(owner, many(1, usd=0.02))[0].status == "failed"
    # The month before does not count.
    CreditEntry.objects.filter(kind="call").update(
        created_at=datetime.now(UTC).replace(day=1) - timedelta(days=2)
    )
    assert execute(owner, many(1, usd=0.02))[0].status == "completed"


def test_a_call_that_fails_costs_nothing_and_frees_what_it_had_reserved(
    engine: None, owner: User, key: Credential
) -> None:
    for _ in range(10):
        assert execute(owner, many(1, fails=True))[0].status == "failed"
    assert begun[MODEL] == 10
    assert lines() == []
    assert execute(owner, many(1))[0].status == "completed"


def test_a_line_says_which_key_which_model_and_what_was_counted(
    engine: None, owner: User, key: Credential
) -> None:
    run, _ = execute(owner, many(1))
    Credential.objects.filter(pk=key.pk).delete()
    [line] = lines()
    assert (line.credential, line.credential_name, line.model) == (key.public_id, "work", MODEL)
    # The provider has said nothing of money, which is not the same as nothing.
    assert (line.usd, line.usd_estimate, line.usage) == (None, Decimal("0.02"), {"input": 7})
    assert (line.amount, line.run_id, line.node_id) == (0, run.pk, "n0")
    assert calls.paid_by_node(run.pk) == {
        "n0": calls.Paid(calls=1, unknown=1, usd=None, estimate=Decimal("0.02"))
    }


def test_a_run_stops_before_the_call_that_would_pass_its_own_cap(
    engine: None, owner: User, key: Credential
) -> None:
    Credential.objects.filter(pk=key.pk).update(cap_per_day=None)
    document = graph(
        {"l": ("testNumbers", {"count": 50}), "a": ("testSpends", {"usd": 0.02})},
        "l.items > a",
    )
    run, _ = execute(owner, document, maxUsd=0.1)
    assert (run.status, code(run)) == ("failed", "RUN_CAP_REACHED")
    assert 1 <= len(lines()) <= 5
    spent = calls.spent_in(run.pk)
    assert spent == Decimal("0.02") * len(lines()) <= Decimal("0.10")
    assert run.error["body"]["field"] == "maxUsd"
    # Another run has its own, and what the first has paid counts when it is retried.
    assert execute(owner, many(3, usd=0.02), maxUsd=0.1)[0].status == "completed"
    assert execute(owner, many(1, usd=0.02), maxUsd=0.01)[0].status == "failed"


def test_what_a_run_inside_a_run_spends_counts_for_the_outer_one(
    engine: None, owner: User, key: Credential
) -> None:
    outer = create(owner, many(1, usd=0.02))
    finish(outer)
    inner = create(owner, many(1, usd=0.02))
    finish(inner)
    Run.objects.filter(pk=inner.pk).update(
        nested=True, idempotency_key=f"{calls.nested_key(outer.pk)}n0:0"
    )
    assert calls.spent_in(outer.pk) == Decimal("0.04")
    assert calls.spent_in(inner.pk) == Decimal("0.02")
