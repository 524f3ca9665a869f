"""POST /api/workflows/<slug>/changes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.client import Caller, a_node
from workflows.models import Change, Workflow
from workflows.types import Json, JsonObject

pytestmark = pytest.mark.django_db


def batch(version: int, *operations: JsonObject, **more: Json) -> JsonObject:
    return {
        "baseVersion": version,
        "batchId": str(uuid4()),
        "label": "edit",
        "operations": list(operations),
        **more,
    }


def set_text(value: str) -> JsonObject:
    return {"op": "field.set", "id": "a", "field": "text", "value": value}


@pytest.fixture
def path(hers: Caller) -> str:
    slug = hers.create("Edited", nodes=[a_node("a", text="zero")])["slug"]
    return f"/api/workflows/{slug}"


def test_a_batch_is_applied_and_answers_the_new_version(hers: Caller, path: str) -> None:
    sent = batch(1, set_text("one"), {"op": "node.add", "node": a_node("b")})
    response = hers.post(f"{path}/changes", sent)
    assert (response.status_code, response.json()) == (200, {"version": 2, "missed": []})
    assert response["ETag"] == '"v2"'
    nodes = hers.get(path).json()["nodes"]
    assert nodes == [a_node("a", text="one"), a_node("b")]
    change = Change.objects.get()
    assert (change.label, change.operations) == ("edit", sent["operations"])


def test_a_batch_sent_again_has_the_same_answer_and_no_effect(hers: Caller, path: str) -> None:
    first = batch(1, {"op": "node.add", "node": a_node("b")})
    answers = [hers.post(f"{path}/changes", first)]
    hers.post(f"{path}/changes", batch(2, set_text("two")))
    answers.append(hers.post(f"{path}/changes", first))
    assert answers[0].content == answers[1].content
    assert Workflow.objects.get().version == 3
    assert Change.objects.count() == 2


def test_a_stale_version_is_409_with_what_was_missed_and_applies_nothing(
    hers: Caller, path: str
) -> None:
    other = batch(1, set_text("theirs"))
    hers.post(f"{path}/changes", other)
    hers.put(path, {"description": "by the API"})
    response = hers.post(f"{path}/changes", batch(1, set_text("mine")))
    assert response.status_code == 409
    body = response.json()
    assert (body["code"], body["version"]) == ("CONFLICT", 3)
    assert [change["version"] for change in body["missed"]] == [2, 3]
    assert body["missed"][0] == {
        "version": 2,
        "batchId": other["batchId"],
        "label": "edit",
        "operations": [set_text("theirs")],
    }
    assert hers.get(path).json()["nodes"] == [a_node("a", text="theirs")]


def test_a_version_from_the_future_is_409(hers: Caller, path: str) -> None:
    response = hers.post(f"{path}/changes", batch(9, set_text("x")))
    assert (response.status_code, response.json()["missed"]) == (409, [])


def test_one_bad_operation_undoes_the_whole_batch(hers: Caller, path: str) -> None:
    remove = {"op": "node.remove", "id": "ghost"}
    response = hers.post(f"{path}/changes", batch(1, set_text("half"), remove))
    assert response.status_code == 400
    body = response.json()
    assert (body["code"], body["index"], body["field"], body["value"]) == (
        "INVALID_BODY",
        1,
        "id",
        "ghost",
    )
    assert body["expected"]
    assert hers.get(path).json()["nodes"] == [a_node("a", text="zero")]
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"baseVersion": "1"}, "baseVersion"),
        ({"baseVersion": True}, "baseVersion"),
        ({"batchId": "x"}, "batchId"),
        ({"batchId": None}, "batchId"),
        ({"label": 7}, "label"),
        ({"label": "x" * 201}, "label"),
        ({"operations": {}}, "operations"),
        ({"operations": []}, "operations"),
        ({"operations": [{"op": "meta.set", "key": "slug", "value": "x"}]}, "key"),
        ({"operations": [{"op": "meta.set", "key": "isTemplate", "value": True}]}, "key"),
        ({"operations": [{"op": "meta.set", "key": "name"}]}, "name"),
        ({"operations": [{"op": "explode"}]}, "op"),
    ],
)
def test_a_malformed_batch_names_the_field(
    hers: Caller, path: str, changed: JsonObject, field: str
) -> None:
    response = hers.post(f"{path}/changes", {**batch(1, set_text("x")), **changed})
    assert response.status_code == 400, response.content
    assert response.json()["field"] == field
    assert Workflow.objects.get().version == 1


def test_another_person_cannot_change_it_even_when_it_is_a_template(
    hers: Caller, his: Caller, path: str
) -> None:
    hers.put(path, {"isTemplate": True})
    response = his.post(f"{path}/changes", batch(2, set_text("his")))
    missing = his.post("/api/workflows/none/changes", batch(2, set_text("his")))
    assert response.status_code == 404
    assert response.content == missing.content


def test_the_inverse_kept_with_a_change_takes_it_back(hers: Caller, path: str) -> None:
    before = hers.get(path).json()
    hers.post(
        f"{path}/changes",
        batch(
            1,
            {"op": "node.remove", "id": "a"},
            {"op": "meta.set", "key": "name", "value": "Other"},
            {"op": "meta.set", "key": "future", "value": [1]},
        ),
    )
    inverse = Change.objects.get().inverse
    assert hers.post(f"{path}/changes", batch(2, *inverse)).status_code == 200
    after = hers.get(path).json()
    moving = {"version", "updatedAt"}
    assert {k: v for k, v in after.items() if k not in moving} == {
        k: v for k, v in before.items() if k not in moving
    }
