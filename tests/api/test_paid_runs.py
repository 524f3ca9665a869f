"""Runs that the owner of a shared workflow pays for: whose keys they use, and for what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.api.client import Response, a_node, an_edge
from tests.api.test_borrowed_keys import NODES, World, world
from workflows.media import storage
from workflows.models import CreditEntry, Entry, Run, RunStatus, Snapshot, Workflow
from workflows.services.execution.paid import paid_runs_end
from workflows.types import JsonObject

__all__ = ["world"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("engine"),
    pytest.mark.filterwarnings("ignore:unclosed"),
]

PATH = "/api/workflows/paid"


def request(world: World) -> JsonObject:
    key = world.keys["alice"].public_id
    return a_node("call", "httpRequest", **NODES["httpRequest"](world), credential=key)


def publish(world: World, *nodes: JsonObject, role: str = "run", payer: str = "owner") -> None:
    """Let alice publish a workflow that uses her key, share it with bob, and pay for him."""
    graph = [*(nodes or [request(world)]), a_node("end", "responseOutput")]
    edges = [an_edge("call", "end", "text", "result")]
    world.alice.create("Paid", nodes=graph, edges=edges)
    assert world.alice.post(f"{PATH}/versions", {"publish": True}).status_code == 201
    world.alice.post(f"{PATH}/collaborators", {"user": "bob", "role": role})
    paid = world.alice.put(f"{PATH}/payment", {"payer": payer, "dailyUsd": 5})
    assert paid.json() == {"payer": payer, "dailyUsd": 5, "number": 1}


def run(world: World, query: str = "", **more: Any) -> Response:
    return world.bob.post(f"{PATH}/run{query}", {"inputs": {}, **more})


def change(world: World, *operations: JsonObject) -> Response:
    version = Workflow.objects.get(slug="paid").version
    batch = {"baseVersion": version, "batchId": str(uuid4()), "operations": list(operations)}
    return world.bob.post(f"{PATH}/changes", batch)


def test_what_the_owner_published_runs_with_the_owners_key_and_the_row_says_so(
    world: World,
) -> None:
    publish(world)
    told = world.bob.post(f"{PATH}/plan", {"inputs": {}}).json()["paidFor"]
    assert told == {"user": "alice", "number": 1, "dailyUsd": 5, "spentUsd": 0, "pays": True}
    done = run(world)
    assert done.status_code == 200, done.content
    assert world.arrived() == {"alice"}
    row = Run.objects.get()
    assert row.payer is not None
    assert (row.owner.username, row.payer.username) == ("bob", "alice")
    shown = world.bob.get(f"/api/executions/{row.pk}").json()
    assert shown["paidBy"] == "alice"
    assert world.alice.get(f"/api/executions/{row.pk}").status_code == 404


def test_each_pays_for_own_runs_until_the_owner_says_otherwise(world: World) -> None:
    publish(world, payer="runner")
    assert world.bob.post(f"{PATH}/plan", {"inputs": {}}).json()["paidFor"] is None
    assert run(world).status_code != 200
    assert run(world, "?version=published").status_code != 200
    assert world.arrived() == set()
    assert not Run.objects.filter(payer__isnull=False).exists()


def test_an_editor_has_the_owners_key_sent_nowhere(world: World) -> None:
    publish(world, role="edit")
    theft = {"op": "field.set", "id": "call", "field": "body", "value": "mine now"}
    assert change(world, theft).status_code == 200
    # The draft is bob's as much as hers: he runs it with his own keys.
    drafted = world.bob.post(f"{PATH}/plan", {"inputs": {}}).json()["paidFor"]
    assert (drafted["pays"], drafted["number"]) == (False, 1)
    for query in ("", "?version=draft"):
        assert run(world, query).status_code != 200
    assert world.arrived() == set()
    # Nor does he say what is published.
    for response in (
        world.bob.post(f"{PATH}/versions", {"publish": True}),
        world.bob.put(f"{PATH}/published", {"number": None}),
        run(world, "?version=published", only=["call"], reach="alone"),
        run(world, "?version=published", variations={"node": "call", "fields": {"body": ["x"]}}),
        world.bob.put(f"{PATH}/payment", {"payer": "runner"}),
    ):
        assert response.status_code in (400, 403, 404)
    assert run(world, "?version=published").status_code == 200
    assert world.arrived() == {"alice"}
    assert "mine now" not in str([sent.arguments for sent in world.far.sent])
    opened = {"op": "meta.set", "key": "payer", "value": "owner"}
    change(world, opened)
    assert Workflow.objects.get(slug="paid").payer == "owner"


def test_what_an_editor_published_before_is_not_paid_for(world: World) -> None:
    publish(world, role="edit", payer="runner")
    change(world, {"op": "field.set", "id": "call", "field": "body", "value": "mine now"})
    assert world.bob.post(f"{PATH}/versions", {"publish": True}).status_code == 201
    refused = world.alice.put(f"{PATH}/payment", {"payer": "owner"})
    assert (refused.status_code, refused.json()["field"]) == (400, "payer")
    Workflow.objects.filter(slug="paid").update(payer="owner")
    assert run(world, "?version=published").status_code != 200
    assert world.arrived() == set()


def test_a_workflow_inside_is_paid_for_only_if_the_owner_has_published_it(world: World) -> None:
    inner = world.alice.create(
        "Inner",
        nodes=[request(world), a_node("end", "responseOutput")],
        edges=[an_edge("call", "end", "text", "result")],
    )
    world.alice.post("/api/workflows/inner/collaborators", {"user": "bob", "role": "edit"})
    name = f"workflows/alice/{inner['slug']}"
    outer = a_node("call", "falApp", app=name, arguments={}, sources=[])
    nodes = [outer, a_node("end", "responseOutput")]
    world.alice.create("Paid", nodes=nodes, edges=[an_edge("call", "end", "output", "result")])
    world.alice.post(f"{PATH}/versions", {"publish": True})
    world.alice.post(f"{PATH}/collaborators", {"user": "bob", "role": "run"})
    world.alice.put(f"{PATH}/payment", {"payer": "owner"})
    failed = run(world)
    assert "has not published" in failed.content.decode()
    # What bob publishes of it is not what she pays for.
    world.bob.post("/api/workflows/inner/versions", {"publish": True})
    assert "has not published" in run(world).content.decode()
    assert world.arrived() == set()
    world.alice.post("/api/workflows/inner/versions", {"publish": True})
    assert run(world).status_code == 200
    assert world.arrived() == {"alice"}


def test_a_private_file_of_the_runner_is_not_used_because_the_owner_pays(world: World) -> None:
    mine = storage.asset_create(world.keys["bob"].owner, b"bob's own", "b.txt")
    reference = {"asset": str(mine.pk), "url": f"/media/{mine.pk}"}
    publish(world, request(world), a_node("theft", "upload", asset=reference))
    assert "PRIVATE_FILE" in run(world).content.decode()


def test_a_day_costs_the_owner_no_more_than_the_owner_says(world: World) -> None:
    chat = a_node("call", "chat", prompt="a", model="openai/any")
    publish(world, chat)
    world.keys["alice"].provider = "openai"
    world.keys["alice"].save()
    first = Run.objects.create(
        owner=world.keys["bob"].owner,
        payer=world.keys["alice"].owner,
        snapshot=_snapshot(world),
        status=RunStatus.COMPLETED,
    )
    line = {"run": first, "node_id": "call", "kind": Entry.CALL, "amount": 0, "balance_after": 0}
    CreditEntry.objects.create(owner=world.keys["alice"].owner, usd=Decimal("5"), **line)
    told = world.bob.post(f"{PATH}/plan", {"inputs": {}}).json()["paidFor"]
    assert told["spentUsd"] == 5
    body = run(world).content.decode()
    assert "pays $5.00 a day for your runs" in body
    assert world.arrived() == set()


def _snapshot(world: World) -> Any:
    return Snapshot.objects.create(
        nodes=[], edges=[], sha256="0" * 64, author=world.keys["alice"].owner
    )


@pytest.mark.parametrize("end", ["role", "share", "payer"])
def test_when_it_ends_waiting_runs_end_and_ended_ones_are_not_retried(
    world: World, end: str
) -> None:
    publish(world)
    assert run(world).status_code == 200
    ended = Run.objects.get()
    Run.objects.filter(pk=ended.pk).update(status=RunStatus.FAILED)
    waiting = Run.objects.create(
        owner=ended.owner,
        payer=ended.payer,
        workflow=ended.workflow,
        snapshot=ended.snapshot,
        status=RunStatus.PAUSED,
    )
    alice = world.keys["alice"].owner
    paid_runs_end(user=alice, slug="paid")
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.PAUSED
    if end == "payer":
        world.alice.put(f"{PATH}/payment", {"payer": "runner"})
    else:
        role = None if end == "share" else "view"
        world.alice.post(f"{PATH}/collaborators", {"user": "bob", "role": role})
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.CANCELLED
    again = world.bob.post(f"/api/executions/{ended.pk}/retry", {})
    assert (again.status_code, again.json()["code"]) == (403, "ROLE_FORBIDDEN")


def test_an_owner_pays_for_what_is_published_and_only_there(world: World) -> None:
    world.alice.create("Paid", nodes=[request(world)])
    refused = world.alice.put(f"{PATH}/payment", {"payer": "owner"})
    assert (refused.status_code, refused.json()["field"]) == (400, "payer")
    for wrong, field in (
        ({"payer": "bob"}, "payer"),
        ({"payer": "owner", "dailyUsd": -1}, "dailyUsd"),
    ):
        response = world.alice.put(f"{PATH}/payment", wrong)
        assert (response.status_code, response.json()["field"]) == (400, field)
    assert world.bob.get(f"{PATH}/payment").status_code == 404


def test_a_run_does_not_go_on_with_what_an_editor_has_made_of_it(world: World) -> None:
    publish(world, role="edit")
    assert run(world, "?version=published").status_code == 200
    ended = Run.objects.get()
    Run.objects.filter(pk=ended.pk).update(status=RunStatus.FAILED)
    change(world, {"op": "field.set", "id": "call", "field": "body", "value": "mine now"})
    for version in ("draft", str(Workflow.objects.get(slug="paid").version), "current"):
        again = world.bob.post(
            f"/api/executions/{ended.pk}/retry?version={version}", {"fromNode": "call"}
        )
        assert again.status_code in (400, 403, 404), version
    assert "mine now" not in str([sent.arguments for sent in world.far.sent])
