"""GET /api/workflows/<slug>/schema and /public-schema; what a run costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from tests.api.client import ECHO, Caller, a_node, an_edge
from tests.api.conftest import TokenCaller
from workflows.models import User

pytestmark = pytest.mark.django_db

FIELDS: list[dict[str, Any]] = [
    {"name": "prompt", "label": "Prompt", "type": "textarea", "required": True, "note": "CANARY"},
    {"name": "ratio", "type": "pills", "options": ["1:1", "9:16"], "default": "1:1"},
]
ASKING = a_node("ask", "requestInput", fields=FIELDS, values={"prompt": "jazz"}, secret="CANARY")


def test_the_schema_shows_fields_values_and_cost(hers: Caller) -> None:
    slug = hers.create("Asking", description="Asks", nodes=[ASKING])["slug"]
    assert hers.get(f"/api/workflows/{slug}/schema").json() == {
        "name": "Asking",
        "description": "Asks",
        "cover": None,
        "fields": FIELDS,
        "values": {"prompt": "jazz", "ratio": "1:1"},
        "estimatedCreditCost": None,
        "version": None,
    }


def test_a_workflow_that_asks_for_nothing_has_no_fields(hers: Caller) -> None:
    slug = hers.create("Quiet", nodes=[a_node()])["slug"]
    body = hers.get(f"/api/workflows/{slug}/schema").json()
    assert (body["fields"], body["values"]) == ([], {})


def test_a_template_shows_its_schema_to_everybody_and_a_private_one_to_nobody(
    hers: Caller, his: Caller
) -> None:
    slug = hers.create("Private", nodes=[ASKING])["slug"]
    missing = his.get("/api/workflows/nothing/schema")
    refused = his.get(f"/api/workflows/{slug}/schema")
    assert (refused.status_code, refused.content) == (404, missing.content)
    hers.put(f"/api/workflows/{slug}", {"isTemplate": True})
    assert his.get(f"/api/workflows/{slug}/schema").status_code == 200


def test_the_public_schema_opens_and_closes_with_the_playground(
    hers: Caller, nobody: Caller
) -> None:
    slug = hers.create("Door", nodes=[ASKING], isTemplate=True)["slug"]
    path = f"/api/workflows/{slug}/public-schema"
    missing = nobody.get("/api/workflows/never-was/public-schema")
    assert missing.status_code == 404
    for caller in (nobody, hers):
        closed = caller.get(path)
        assert (closed.status_code, closed.content) == (404, missing.content)
    hers.put(f"/api/workflows/{slug}", {"publicPlayground": True})
    assert nobody.get(path).json().keys() == {
        "name",
        "description",
        "cover",
        "fields",
        "values",
    }
    hers.put(f"/api/workflows/{slug}", {"publicPlayground": False})
    assert nobody.get(path).content == missing.content


def test_the_public_schema_shows_fields_as_they_were_declared(hers: Caller, nobody: Caller) -> None:
    fields = [
        {"type": "text", "x-order": 3, "name": "prompt", "help": "Say it", "label": "Prompt"},
        {"name": "size", "type": "integer", "unit": "px", "max": 9, "min": 1},
    ]
    node = a_node("ask", "requestInput", fields=fields, values={})
    slug = hers.create("Declared", nodes=[node], publicPlayground=True)["slug"]
    own = hers.get(f"/api/workflows/{slug}/schema").json()
    del own["estimatedCreditCost"], own["version"]
    shown = nobody.get(f"/api/workflows/{slug}/public-schema")
    assert shown.json() == own
    assert [list(field) for field in shown.json()["fields"]] == [list(field) for field in fields]


def test_the_public_schema_tells_nothing_but_what_is_asked(hers: Caller, nobody: Caller) -> None:
    folder = hers.post("/api/folders", {"name": "CANARY folder"}).json()["id"]
    hidden = a_node("n", "template", text="CANARY {x}", label="CANARY")
    fields = [{key: field[key] for key in field if key != "note"} for field in FIELDS]
    asking = a_node("ask", "requestInput", fields=fields, values={"prompt": "jazz"}, s="CANARY")
    slug = hers.create(
        "Open",
        nodes=[asking, hidden],
        publicPlayground=True,
        folderId=folder,
        tags=["CANARY"],
        canary="CANARY",
    )["slug"]
    answer = nobody.get(f"/api/workflows/{slug}/public-schema")
    assert answer.status_code == 200
    assert b"CANARY" not in answer.content
    assert b"alice" not in answer.content
    assert answer.json()["values"] == {"prompt": "jazz", "ratio": "1:1"}


def test_nothing_a_stranger_sends_changes_the_public_schema(
    hers: Caller, nobody: Caller, her_browser: Caller
) -> None:
    slug = hers.create("Same", nodes=[ASKING], publicPlayground=True)["slug"]
    path = f"/api/workflows/{slug}/public-schema"
    plain = nobody.get(path)
    answers = [
        nobody.get(f"{path}?data=1&fields=all&owner=1"),
        nobody.get(path, x_api_key="nonsense"),
        nobody.get(path, Authorization="Bearer pb_x"),
        nobody.send("GET", path, '{"nodes": []}'),
        her_browser.get(path),
        hers.get(path),
    ]
    assert {answer.content for answer in answers} == {plain.content}
    assert {answer.status_code for answer in answers} == {200}


def test_a_slug_that_cannot_be_is_named(hers: Caller, nobody: Caller) -> None:
    for caller, path in ((hers, "schema"), (nobody, "public-schema")):
        response = caller.get(f"/api/workflows/UPPER/{path}")
        assert (response.status_code, response.json()["code"]) == (400, "INVALID_SLUG")


@override_settings(CREDIT_PRICES={"gradient": 8, "outline": 0.5}, CREDIT_PERCENTS={"pro": 50})
def test_the_cost_adds_up_priced_nodes_by_the_callers_tier(
    hers: Caller, bob: User, token: TokenCaller
) -> None:
    nodes = [a_node("a", "gradient"), a_node("b", "gradient"), a_node("c", "outline"), a_node("d")]
    hers.create("Dear", nodes=nodes, isTemplate=True)
    hers.create("Free", nodes=[a_node()])
    User.objects.filter(pk=bob.pk).update(tier="pro")
    bob.refresh_from_db()
    his = token(bob)
    for caller, cost in ((hers, 16.5), (his, 8.25)):
        assert caller.get("/api/workflows/dear").json()["estimatedCreditCost"] == cost
        assert caller.get("/api/workflows/dear/schema").json()["estimatedCreditCost"] == cost
        (row,) = [row for row in caller.get("/api/workflows").json() if row["slug"] == "dear"]
        assert row["estimatedCreditCost"] == cost
    assert hers.get("/api/workflows/free/schema").json()["estimatedCreditCost"] is None


@override_settings(CREDIT_PRICES={"openai/*": 6}, CREDIT_PERCENTS={"pro": 50})
def test_the_cost_counts_models_images_and_items_and_models_here_cost_nothing(
    hers: Caller, bob: User, token: TokenCaller
) -> None:
    User.objects.filter(pk=bob.pk).update(tier="pro")
    bob.refresh_from_db()
    nodes = [
        a_node("list", "list", items=["a fox", "a hen", "a cat"]),
        a_node("paint", "generateImage", model="openai/gpt-image-2", count=2),
        a_node("any", "generateImage", prompt="a fox", model="xai/grok-imagine"),
        a_node("say", "speak", text="hello"),
    ]
    edges = [an_edge("list", "paint", "items", "prompt")]
    hers.create("Models", nodes=nodes, edges=edges, isTemplate=True)
    for caller, cost in ((hers, 40), (token(bob), 20)):
        assert caller.get("/api/workflows/models/schema").json()["estimatedCreditCost"] == cost
    changed = hers.put("/api/workflows/models", {"nodes": nodes[3:], "edges": []})
    assert changed.json()["estimatedCreditCost"] == 0
    hers.create("None", nodes=[a_node()])
    assert hers.get("/api/workflows/none").json()["estimatedCreditCost"] is None


def test_a_schema_needs_the_right_to_read(alice: User, token: TokenCaller, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    response = token(alice, "workflow:run").get("/api/workflows/echo/schema")
    assert (response.status_code, response.json()["required"]) == (403, "workflow:read")
