"""What a client that was written for the documented API relies on, from end to end, in one place.

The edges of each of these are tested where they belong; here stands that the whole of it holds.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from tests.api.client import ECHO, Caller, a_node, an_edge
from tests.api.conftest import TokenCaller
from tests.api.receiver import receiver
from workflows.models import Token, User
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_windows() -> Iterator[None]:
    rates.forget()
    yield
    rates.forget()


def test_one_name_is_numbered_across_people(hers: Caller, his: Caller) -> None:
    made = [caller.create("Poster Maker!")["slug"] for caller in (hers, his, hers)]
    assert made == ["poster-maker", "poster-maker-2", "poster-maker-3"]


def test_a_rename_leaves_the_slug_and_a_slug_in_the_body_is_ignored(hers: Caller) -> None:
    hers.create("Poster")
    body = {"name": "Poster v2", "tags": ["print", "a3"], "slug": "stolen"}
    saved = hers.put("/api/workflows/poster", body)
    assert saved.status_code == 200
    assert (saved.json()["slug"], saved.json()["name"]) == ("poster", "Poster v2")


def test_nobody_overrides_ownership(
    hers: Caller, alice: User, bob: User, token: TokenCaller
) -> None:
    hers.create("Poster")
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    admin = token(bob, "*")
    for answer in (
        admin.get("/api/workflows/poster"),
        admin.put("/api/workflows/poster", {"name": "x"}),
        admin.put("/api/workflows/poster/move", {"folderId": None}),
        admin.delete("/api/workflows/poster"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "WORKFLOW_NOT_FOUND")


def test_a_key_that_reads_does_not_write(alice: User, token: TokenCaller) -> None:
    reader = token(alice, "workflow:read")
    assert reader.get("/api/workflows").status_code == 200
    refused = reader.post("/api/workflows", {"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "CAPABILITY_DENIED")
    assert refused.json()["required"] == "workflow:write"


def test_get_then_put_of_the_same_loses_nothing(hers: Caller) -> None:
    node = {**a_node("n", "fromTheFuture", deep=[1, 1.0, -0.0, None]), "zIndex": 3}
    edge = {**an_edge("n", "m", "a", "b"), "animated": True}
    hers.create("Round", nodes=[node], edges=[edge], futureKey={"x": [2**60]})
    first = hers.get("/api/workflows/round").json()
    assert hers.put("/api/workflows/round", first).status_code == 200
    second = hers.get("/api/workflows/round").json()
    assert {**second, "updatedAt": None} == {**first, "updatedAt": None}
    assert (second["nodes"], second["edges"]) == ([node], [edge])


def test_get_then_post_makes_a_second_workflow_of_the_callers(
    hers: Caller, his: Caller, bob: User
) -> None:
    hers.create("Twin", nodes=[a_node()], isTemplate=True)
    copy = his.post("/api/workflows", his.get("/api/workflows/twin").json())
    assert copy.status_code == 201
    assert (copy.json()["slug"], copy.json()["createdBy"]) == ("twin-2", str(bob.pk))
    assert copy.json()["nodes"] == [a_node()]


def test_the_list_is_a_bare_array_of_own_rows_and_templates(hers: Caller, his: Caller) -> None:
    hers.create("Mine")
    his.create("Shared", isTemplate=True)
    his.create("His")
    rows = hers.get("/api/workflows").json()
    assert [row["slug"] for row in rows] == ["mine", "shared"]
    assert all(row["estimatedCreditCost"] is None for row in rows)
    assert all(row["folderId"] is None for row in rows)


def test_templates_do_not_count_against_the_cap(hers: Caller) -> None:
    with override_settings(MAX_WORKFLOWS={**settings.MAX_WORKFLOWS, "enterprise": 1}):
        hers.create("Only")
        refused = hers.post("/api/workflows", {"name": "Second"})
        assert (refused.status_code, refused.json()["code"]) == (403, "WORKFLOW_LIMIT_REACHED")
        assert hers.create("Template", isTemplate=True)["isTemplate"] is True


def test_the_public_schema_is_there_while_the_playground_is_public(
    hers: Caller, nobody: Caller
) -> None:
    hers.create("Echo", **ECHO)
    path = "/api/workflows/echo/public-schema"
    assert nobody.get(path).status_code == 404
    hers.put("/api/workflows/echo", {"publicPlayground": True})
    answer = nobody.get(path)
    assert answer.status_code == 200
    assert "estimatedCreditCost" not in answer.json()
    assert "estimatedCreditCost" in hers.get("/api/workflows/echo/schema").json()


def test_a_workflow_that_asks_for_nothing_runs_with_no_inputs(engine: None, hers: Caller) -> None:
    nodes = [a_node("say", text="hello"), a_node("end", "responseOutput")]
    hers.create("Quiet", nodes=nodes, edges=[an_edge("say", "end", "text", "result")])
    assert hers.get("/api/workflows/quiet/schema").json()["fields"] == []
    answer = hers.post("/api/workflows/quiet/run", {"inputs": {}})
    assert answer.status_code == 200
    assert answer.json()["result"] == {"text": "hello"}
    bodies: list[Any] = [{}, {"inputs": []}, {"inputs": None}]
    for body in bodies:
        refused = hers.post("/api/workflows/quiet/run", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_INPUTS")


def test_no_key_is_401_and_an_uppercase_slug_400(hers: Caller, nobody: Caller) -> None:
    answer = nobody.get("/api/workflows")
    assert (answer.status_code, answer.content) == (401, b'{"error":"Unauthorized"}')
    refused = hers.get("/api/workflows/Poster")
    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_SLUG")


def test_a_429_tells_its_limit_and_routes_share_no_bucket(alice: User, token: TokenCaller) -> None:
    User.objects.filter(pk=alice.pk).update(tier="pro")
    alice.refresh_from_db()
    caller = token(alice, "workflow:read")
    with override_settings(RATES={"pro": 1}):
        first, refused = caller.get("/api/workflows"), caller.get("/api/workflows")
        other = caller.get("/api/folders")
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    assert all(name in first and name in refused for name in names)
    assert (first.status_code, refused.status_code, other.status_code) == (200, 429, 200)
    assert int(refused["Retry-After"]) == refused.json()["retryAfter"] > 0
    assert refused.json()["code"] == "RATE_LIMIT_EXCEEDED"
    assert (refused.json()["tier"], refused.json()["limit"]) == ("pro", 1)


def test_a_webhooks_signature_verifies_as_documented(
    engine: None, alice: User, token: TokenCaller, her_browser: Caller
) -> None:
    secret = "a secret of sixteen characters"
    caller = token(alice, "workflow:*", "webhook:receive")
    caller.create("Echo", **ECHO)
    with receiver() as hook:
        path = f"/api/api-keys/{Token.objects.get().pk}/webhook"
        assert her_browser.put(path, {"url": hook.url, "secret": secret}).status_code == 200
        started = caller.post("/api/workflows/echo/run?async=true", {"inputs": {}}).json()
        assert started["webhookDelivery"] == {"configured": True, "url": hook.url}
        got = hook.wait()
    time, given = (part.split("=")[1] for part in got.headers["x-knouds-signature"].split(","))
    signed = hmac.new(secret.encode(), f"{time}.".encode() + got.body, hashlib.sha256)
    assert hmac.compare_digest(signed.hexdigest(), given)


def test_a_list_runs_its_included_items_and_nothing_unconnected_runs(
    engine: None, hers: Caller
) -> None:
    hers.create(
        "Batch",
        nodes=[
            a_node("list", "list", items=["a", "b", "c"], excluded=[1]),
            a_node("say", "template", text="<{x}>"),
            a_node("alone", "template", text="never"),
            a_node("end", "responseOutput"),
        ],
        edges=[an_edge("list", "say", "items", "x"), an_edge("say", "end", "text", "result")],
    )
    body = hers.post("/api/workflows/batch/run", {"inputs": {}}).json()
    assert body["result"] == {"texts": ["<a>", "<c>"]}
    assert body["cost"] == 0
    ran = hers.get(f"/api/executions/{body['executionId']}").json()["nodes"]
    assert {node["id"] for node in ran} == {"list", "say", "end"}


def test_create_is_201_delete_is_200_and_move_is_put(hers: Caller) -> None:
    made = hers.post("/api/workflows", {"name": "Whole"})
    assert (made.status_code, made["Location"]) == (201, "/api/workflows/whole")
    moved = hers.put("/api/workflows/whole/move", {"folderId": None})
    assert (moved.status_code, moved.json()["folderId"]) == (200, None)
    gone = hers.delete("/api/workflows/whole")
    assert (gone.status_code, gone.json()) == (200, {"success": True, "slug": "whole"})
    assert hers.delete("/api/workflows/whole").status_code == 404
