"""POST /api/workflows."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tests.api.client import Caller, a_node
from tests.api.conftest import TokenCaller
from workflows.models import User, Workflow

pytestmark = pytest.mark.django_db


def test_a_new_workflow_is_answered_whole_with_its_url(hers: Caller, alice: User) -> None:
    response = hers.post("/api/workflows", {"name": "Poster Maker!", "nodes": [a_node()]})
    assert response.status_code == 201
    assert response["Location"] == "/api/workflows/poster-maker"
    assert response["ETag"] == '"v1"'
    body = response.json()
    assert body["slug"] == "poster-maker"
    assert body["createdBy"] == str(alice.pk)
    assert body["nodes"] == [a_node()]
    assert body == hers.get("/api/workflows/poster-maker").json()


def test_every_documented_field_is_emitted_with_its_default(hers: Caller) -> None:
    body = hers.create("Plain")
    expected = {
        "description": "",
        "tags": [],
        "nodes": [],
        "edges": [],
        "viewport": {"x": 0, "y": 0, "zoom": 1},
        "publicPlayground": False,
        "isTemplate": False,
        "hidden": False,
        "archived": False,
        "cover": None,
        "thumbnail": None,
        "folderId": None,
        "estimatedCreditCost": None,
        "version": 1,
        "nodeCount": 0,
        "lastRun": None,
        "canEdit": True,
    }
    assert {key: body[key] for key in expected} == expected


def test_one_name_gives_numbered_slugs_across_people(hers: Caller, his: Caller) -> None:
    slugs = [caller.create("Ä Cup!")["slug"] for caller in (hers, his, hers)]
    assert slugs == ["a-cup", "a-cup-2", "a-cup-3"]


@pytest.mark.parametrize("name", [None, "", "   ", 7, ["x"], "x" * 201])
def test_a_missing_blank_or_wrong_name_is_refused(hers: Caller, name: object) -> None:
    response = hers.post("/api/workflows", {} if name is None else {"name": name})
    assert response.status_code == 400
    body = response.json()
    assert (body["code"], body["field"]) == ("INVALID_BODY", "name")
    assert not Workflow.objects.exists()


def test_a_name_of_symbols_alone_gets_the_fallback_slug(hers: Caller) -> None:
    assert hers.create("🙂🙂")["slug"] == "untitled-workflow"


def test_what_get_answers_can_be_posted_as_a_copy(hers: Caller, his: Caller, bob: User) -> None:
    first = hers.create("Round", nodes=[a_node(text="ä\u2028")], futureKey={"deep": [1, 2.0, None]})
    response = his.post("/api/workflows", first)
    assert response.status_code == 201
    copy = response.json()
    server = {"slug", "appId", "createdBy", "createdAt", "updatedAt", "epoch"}
    assert {k: v for k, v in copy.items() if k not in server} == {
        k: v for k, v in first.items() if k not in server
    }
    assert (copy["slug"], copy["createdBy"]) == ("round-2", str(bob.pk))


def test_an_unknown_folder_is_404(hers: Caller) -> None:
    for folder in ("77", "x", 10**30, "٣"):
        response = hers.post("/api/workflows", {"name": "In", "folderId": folder})
        assert (response.status_code, response.json()["code"]) == (404, "FOLDER_NOT_FOUND")


def test_an_unknown_node_type_is_kept(hers: Caller) -> None:
    node = {**a_node(type="fromTheFuture"), "zIndex": 3}
    assert hers.create("Future", nodes=[node])["nodes"] == [node]


def test_a_fault_in_a_node_is_named_by_its_path(hers: Caller) -> None:
    node = {**a_node(), "position": {"x": "left", "y": 0}}
    response = hers.post("/api/workflows", {"name": "Bad", "nodes": [a_node("b"), node]})
    assert response.status_code == 400
    body = response.json()
    assert body["field"] == "nodes[1].position.x"
    assert body["value"] == "left"
    assert body["expected"]


def test_more_nodes_than_allowed_are_413(hers: Caller, settings: object) -> None:
    from django.conf import settings as site

    with override_settings(LIMITS={**site.LIMITS, "nodes": 2}):
        within = hers.post("/api/workflows", {"name": "Two", "nodes": [a_node("a"), a_node("b")]})
        beyond = hers.post("/api/workflows", {"name": "3", "nodes": [a_node(i) for i in "abc"]})
    assert within.status_code == 201
    assert (beyond.status_code, beyond.json()["code"]) == (413, "TOO_LARGE")


def test_a_reader_may_not_create(alice: User, token: TokenCaller) -> None:
    response = token(alice, "workflow:read").post("/api/workflows", {"name": "X"})
    assert response.status_code == 403
    assert response.json()["required"] == "workflow:write"


@override_settings(MAX_WORKFLOWS={"enterprise": 2})
def test_the_cap_counts_own_workflows_but_not_templates(hers: Caller) -> None:
    hers.create("One")
    hers.create("Two")
    response = hers.post("/api/workflows", {"name": "Three"})
    assert response.status_code == 403
    body = response.json()
    assert body["code"] == "WORKFLOW_LIMIT_REACHED"
    assert (body["limit"], body["current"], body["tier"]) == (2, 2, "enterprise")
    template = hers.create("Shared", isTemplate=True)
    assert template["isTemplate"] is True
    back = hers.put(f"/api/workflows/{template['slug']}", {"isTemplate": False})
    assert back.json()["code"] == "WORKFLOW_LIMIT_REACHED"
    copied = hers.post(f"/api/workflows/{template['slug']}/duplicate")
    assert copied.json()["code"] == "WORKFLOW_LIMIT_REACHED"


@override_settings(TEMPLATE_PUBLISHERS="staff")
def test_only_staff_publish_templates_where_the_site_says_so(hers: Caller, alice: User) -> None:
    refused = hers.post("/api/workflows", {"name": "T", "isTemplate": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "TEMPLATE_FORBIDDEN")
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert hers.post("/api/workflows", {"name": "T", "isTemplate": True}).status_code == 201


def test_a_workflow_is_not_older_than_its_last_change(hers: Caller) -> None:
    hers.create("One")
    hers.post("/api/workflows/one/duplicate")
    for row in Workflow.objects.all():
        assert row.created_at == row.updated_at


def test_a_repeat_under_one_key_makes_one_workflow(hers: Caller, his: Caller) -> None:
    first = hers.post("/api/workflows", {"name": "Once"}, Idempotency_Key="k").json()
    hers.put("/api/workflows/once", {"description": "changed meanwhile"})
    again = hers.post("/api/workflows", {"name": "Once"}, Idempotency_Key="k")
    assert again.status_code == 201
    assert (again.json()["slug"], again.json()["description"]) == (
        first["slug"],
        "changed meanwhile",
    )
    copies = [
        hers.post("/api/workflows/once/duplicate", {"name": "Twin"}, Idempotency_Key="copy").json()
        for _ in range(2)
    ]
    assert {copy["slug"] for copy in copies} == {"twin"}
    # Another user's key is another one.
    assert (
        his.post("/api/workflows", {"name": "Once"}, Idempotency_Key="k").json()["slug"] == "once-2"
    )
    assert Workflow.objects.count() == 3


def test_a_key_names_one_request(hers: Caller) -> None:
    hers.post("/api/workflows", {"name": "Once"}, Idempotency_Key="k")
    for path, body in (("", {"name": "Other"}), ("/once/duplicate", {"name": "Once"})):
        refused = hers.post(f"/api/workflows{path}", body, Idempotency_Key="k")
        assert (refused.status_code, refused.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    for key in ("", "k" * 201):
        refused = hers.post("/api/workflows", {"name": "Once"}, Idempotency_Key=key)
        assert (refused.status_code, refused.json()["field"]) == (400, "Idempotency-Key")
    assert Workflow.objects.count() == 1
    hers.delete("/api/workflows/once")
    assert hers.post("/api/workflows", {"name": "Other"}, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("cover", [{}, {"image": None}, {"video": "/media/x"}, {"image": 7}])
def test_a_cover_without_an_image_is_refused(hers: Caller, cover: object) -> None:
    response = hers.post("/api/workflows", {"name": "Cover", "cover": cover})
    assert (response.status_code, response.json()["field"]) == (400, "cover.image")
