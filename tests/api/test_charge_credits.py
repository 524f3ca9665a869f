"""Credits: refused before, charged with each node, stopped at the cap; through the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from tests.api.client import Caller, Response, a_node, an_edge
from workflows.billing import ledger
from workflows.engine import embedded
from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.models import CreditEntry, Run, Step, User
from workflows.models.people import Tier
from workflows.nodes import registry
from workflows.services.execution import runs
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = (Input("text", "text"), Input("fail", "boolean", default=False))
JUNE = datetime(2026, 6, 3, tzinfo=UTC)


async def _paid(context: object, *, text: str | None, fail: bool) -> JsonObject:
    if fail:
        raise NodeError("This node cannot.")
    return {"text": f"paid {text}"}


async def _some(context: object, *, count: float) -> JsonObject:
    return {"items": ["a"] * round(count)}


@pytest.fixture(autouse=True)
def paid_type() -> Iterator[None]:
    """A node type that costs 10 credits."""
    registry.node(
        "testPaid",
        name="Paid",
        category="Tests",
        description="Test.",
        inputs=TEXT,
        outputs=(Output("text", "text"),),
        credits=10.0,
        deterministic=False,
        cacheable=False,
    )(_paid)
    registry.node(
        "testSome",
        name="Some",
        category="Tests",
        description="Test.",
        inputs=(Input("count", "number"),),
        outputs=(Output("items", "list<text>"),),
    )(_some)
    yield
    del registry._registered["testPaid"], registry._registered["testSome"]


@pytest.fixture
def pro(her_browser: Caller, alice: User) -> Iterator[Caller]:
    """Alice's browser, on a tier with 35 credits a month."""
    User.objects.filter(pk=alice.pk).update(tier=Tier.PRO)
    alice.refresh_from_db()
    with override_settings(CREDITS_MONTHLY={"pro": 35}, RATES={}):
        yield her_browser


def chain(count: int, **data: object) -> JsonObject:
    """Build p0 > p1 > ... > end, each of which costs 10 credits."""
    nodes = [a_node(f"p{at}", "testPaid", text="x", **data) for at in range(count)]
    edges = [an_edge(f"p{at}", f"p{at + 1}", "text", "text") for at in range(count - 1)]
    end = an_edge(f"p{count - 1}", "end", "text", "result")
    return {"nodes": [*nodes, a_node("end", "responseOutput")], "edges": [*edges, end]}


def run(caller: Caller, **body: object) -> Response:
    return caller.post("/api/workflows/paid/run", {"inputs": {}, **body})


def balance(caller: Caller) -> float:
    return caller.get("/api/account").json()["credits"]["balance"]


def check_ledger(user: User) -> None:
    """Hold a ledger to its promise: each balance is the one before and the amount."""
    before = Decimal(0)
    for entry in CreditEntry.objects.filter(owner=user).order_by("pk"):
        if entry.kind != "usage":
            before += entry.amount
        assert entry.balance_after == before


def test_each_finished_node_is_charged_and_the_answer_says_what_it_cost(
    engine: None, pro: Caller, alice: User
) -> None:
    pro.create("Paid", **chain(3))
    assert pro.get("/api/workflows/paid").json()["estimatedCreditCost"] == 30
    body = run(pro).json()
    assert (body["success"], body["cost"]) == (True, 30)
    shown = pro.get(f"/api/executions/{body['executionId']}").json()
    assert shown["cost"] == 30
    assert {row["id"]: row["cost"] for row in shown["nodes"]} == {
        "p0": 10,
        "p1": 10,
        "p2": 10,
        "end": 0,
    }
    assert balance(pro) == 5
    usage = pro.get("/api/account/usage?days=30").json()
    assert [(row["kind"], row["amount"], row["balanceAfter"]) for row in usage["entries"]] == [
        ("charge", -10, 5),
        ("charge", -10, 15),
        ("charge", -10, 25),
        ("grant", 35, 35),
    ]
    assert {row["nodeId"] for row in usage["entries"]} == {"p0", "p1", "p2", None}
    assert usage["entries"][0]["workflowSlug"] == "paid"
    assert usage["byDay"] == [{"day": timezone.now().date().isoformat(), "amount": 30, "runs": 1}]
    # Deleting the workflow takes nothing out of the ledger.
    assert pro.delete("/api/workflows/paid").status_code == 200
    kept = pro.get("/api/account/usage?days=30").json()["entries"]
    assert [row["workflowSlug"] for row in kept] == [
        row["workflowSlug"] for row in usage["entries"]
    ]
    check_ledger(alice)


def test_a_run_that_costs_more_than_there_is_is_refused_before_it_begins(
    engine: None, pro: Caller
) -> None:
    pro.create("Paid", **chain(4))
    refused = run(pro)
    assert refused.status_code == 402
    body = refused.json()
    assert (body["code"], body["required"], body["balance"]) == ("INSUFFICIENT_CREDITS", 40, 35)
    assert not Run.objects.exists()
    assert run(pro, only=["p2"]).status_code == 200
    assert balance(pro) == 5


def test_a_node_that_fails_costs_nothing_and_those_before_it_stay_charged(
    engine: None, pro: Caller, alice: User
) -> None:
    document = chain(3)
    document["nodes"][1]["data"]["fail"] = True
    pro.create("Paid", **document)
    failed = run(pro)
    assert (failed.status_code, failed.json()["nodeId"]) == (500, "p1")
    assert balance(pro) == 25
    id = failed.json()["executionId"]
    assert pro.get(f"/api/executions/{id}").json()["cost"] == 10
    pro.post(f"/api/executions/{id}/retry")
    assert wait(id) == "failed"
    assert balance(pro) == 25, "a retry pays a finished node once"
    check_ledger(alice)


def wait(id: str) -> str:
    import asyncio
    from uuid import UUID

    asyncio.run(runs.run_wait(run_id=UUID(id)))
    return Run.objects.get(pk=id).status


@pytest.mark.parametrize("how", ["body", "setting"])
def test_a_cap_stops_before_the_node_that_would_exceed_it(
    engine: None, hers: Caller, how: str
) -> None:
    hers.create("Paid", **chain(4))
    with override_settings(RUN_MAX_CREDITS=25 if how == "setting" else None):
        stopped = run(hers, **({"maxCredits": 25} if how == "body" else {"maxCredits": 99}))
    assert stopped.status_code == 500
    body = stopped.json()
    (error,) = body["nodeErrors"]
    assert (body["nodeId"], error["body"]["code"]) == ("p2", "RUN_CAP_REACHED")
    assert "costs 10 credits" in body["error"]
    assert "5 more" in body["error"]
    shown = hers.get(f"/api/executions/{body['executionId']}").json()
    assert shown["cost"] == 20
    assert {row["id"]: row["status"] for row in shown["nodes"]} == {
        "p0": "completed",
        "p1": "completed",
        "p2": "failed",
        "p3": "skipped",
        "end": "skipped",
    }


def test_nodes_side_by_side_keep_to_the_cap_together(engine: None, hers: Caller) -> None:
    nodes = [a_node(f"p{at}", "testPaid", text="x") for at in range(20)]
    edges = [an_edge(f"p{at}", "end", "text", "result") for at in range(20)]
    hers.create("Paid", nodes=[*nodes, a_node("end", "responseOutput")], edges=edges)
    stopped = run(hers, maxCredits=55).json()
    assert stopped["code"] == "EXECUTION_FAILED"
    assert Run.objects.get(pk=stopped["executionId"]).cost <= 50


@pytest.mark.parametrize("levels", [1, 2])
def test_runs_inside_a_run_keep_to_its_cap_together(
    engine: None, hers: Caller, levels: int
) -> None:
    hers.create("Inner 0", **chain(2))
    for level in range(1, levels):
        below = a_node("a", "falApp", app=f"workflows/alice/inner-{level - 1}", arguments={})
        hers.create(f"Inner {level}", nodes=[below])
    app = f"workflows/alice/inner-{levels - 1}"
    nodes = [a_node(f"in{at}", "falApp", app=app, arguments={}) for at in range(3)]
    hers.create("Paid", nodes=[a_node("own", "testPaid", text="x"), *nodes])
    only = ["own", "in0", "in1", "in2"]
    stopped = run(hers, maxCredits=45, only=only).json()
    assert stopped["code"] == "EXECUTION_FAILED"
    everything = Run.objects.filter(owner__username="alice")
    assert everything.filter(nested=True).exists()
    assert all(made.options["maxCredits"] == 45 for made in everything)
    assert sum(made.cost for made in everything) <= 40
    outer = Run.objects.get(pk=stopped["executionId"])
    assert "the run may spend" in outer.error["message"]


def test_a_cap_of_zero_runs_what_is_free(engine: None, hers: Caller) -> None:
    hers.create(
        "Free",
        nodes=[a_node("t", "textBox", text="x"), a_node("end", "responseOutput")],
        edges=[an_edge("t", "end", "text", "result")],
    )
    body = {"inputs": {}, "maxCredits": 0}
    answer = hers.post("/api/workflows/free/run", body)
    assert (answer.status_code, answer.json()["cost"]) == (200, 0)


@pytest.mark.parametrize("cap", [-1, "5", True, []])
def test_a_cap_that_is_no_number_is_named(hers: Caller, cap: object) -> None:
    hers.create("Paid", **chain(1))
    refused = run(hers, maxCredits=cap)
    assert (refused.status_code, refused.json()["field"]) == (400, "maxCredits")


def test_a_list_pays_for_every_item_and_stops_where_the_balance_ends(
    engine: None, pro: Caller, alice: User
) -> None:
    listed, some = a_node("l", "list", excluded=[]), a_node("l", "testSome")
    for source, count, expected in ((listed, 4, 402), (some, 4, 500), (some, 3, 200)):
        # What is known before is refused before.
        data = {"items": ["a"] * count} if source is listed else {"count": count}
        nodes = [
            {**source, "data": {**source["data"], **data}},
            a_node("p", "testPaid"),
            a_node("end", "responseOutput"),
        ]
        edges = [an_edge("l", "p", "items", "text"), an_edge("p", "end", "text", "result")]
        slug = pro.create("List", nodes=nodes, edges=edges)["slug"]
        answer = pro.post(f"/api/workflows/{slug}/run", {"inputs": {}})
        assert answer.status_code == expected, answer.content
        if expected == 402:
            assert answer.json()["required"] == 40
        if expected == 500:
            (error,) = answer.json()["nodeErrors"]
            assert error["body"]["code"] == "INSUFFICIENT_CREDITS"
            assert balance(pro) == 35
    assert balance(pro) == 5
    check_ledger(alice)


def test_runs_at_once_never_spend_the_same_credits(engine: None, pro: Caller, alice: User) -> None:
    pro.create("Paid", **chain(1))

    def one(_: int) -> int:
        try:
            caller = Caller(pro.headers, enforce_csrf_checks=True)
            caller.client.cookies = pro.client.cookies
            return run(caller).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(one, range(16)))
    assert statuses.count(200) == 3
    assert set(statuses) <= {200, 402, 500}
    assert balance(pro) == 5
    check_ledger(alice)


def test_an_account_without_a_limit_spends_and_its_usage_is_noted(
    engine: None, hers: Caller, alice: User
) -> None:
    hers.create("Paid", **chain(5))
    assert run(hers).json()["cost"] == 50
    assert ledger.balance(alice.pk) == 0
    assert set(CreditEntry.objects.values_list("kind", flat=True)) == {"usage"}
    check_ledger(alice)


def test_a_node_is_paid_once_whatever_is_written_twice(
    engine: None, pro: Caller, alice: User
) -> None:
    pro.create("Paid", **chain(1))
    done = Run.objects.get(pk=run(pro).json()["executionId"])
    with transaction.atomic():
        ledger.write(done.pk, ledger.Charge(alice.pk, "p0", Decimal(10), False))
    assert balance(pro) == 25
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditEntry.objects.create(
            owner=alice, run=done, node_id="p0", amount=-10, balance_after=15
        )
    done.refresh_from_db()
    assert (done.cost, Step.objects.get(run=done, node_id="p0").cost) == (10, 10)


def test_a_stop_between_two_nodes_charges_each_once(pro: Caller, alice: User) -> None:
    pro.create("Paid", **chain(3))
    id = pro.post("/api/workflows/paid/run?async=true", {"inputs": {}}).json()["executionId"]
    for _ in range(3):
        embedded.start()
        embedded.stop()
    embedded.start()
    try:
        assert wait(id) == "completed"
    finally:
        embedded.stop()
    assert Run.objects.get(pk=id).cost == 30
    assert balance(pro) == 5
    check_ledger(alice)


def test_a_month_fills_up_and_does_not_add_up(alice: User) -> None:
    def now(month: int) -> Decimal:
        return ledger.balance_now(alice.pk, "pro", JUNE.replace(month=month))

    with override_settings(CREDITS_MONTHLY={"pro": 100}, CREDITS_ONCE={"free": 7}):
        assert now(6) == now(6) == 100
        ledger.adjust(alice.pk, Decimal(-30))
        assert now(6) == 70
        assert now(7) == 100
        ledger.adjust(alice.pk, Decimal(500))
        assert now(8) == 600, "what staff have added stays"
        ledger.adjust(alice.pk, Decimal(-650))
        assert now(9) == 50, "a debt is not forgiven"
        assert ledger.balance_now(alice.pk, "free", JUNE) == 50
    check_ledger(alice)


def test_a_trial_is_given_once(bob: User) -> None:
    with override_settings(CREDITS_ONCE={"free": 250}):
        assert ledger.balance_now(bob.pk, "free", JUNE) == 250
        ledger.adjust(bob.pk, Decimal(-250))
        assert ledger.balance_now(bob.pk, "free", JUNE.replace(month=9)) == 0


def test_grants_at_once_are_one_grant(bob: User) -> None:
    def one(_: int) -> Decimal:
        try:
            return ledger.balance_now(bob.pk, "free", JUNE)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(16))) == {Decimal(250)}
    assert CreditEntry.objects.filter(owner=bob).count() == 1
