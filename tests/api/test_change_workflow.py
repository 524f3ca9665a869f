"""POST /api/workflows/<slug>/changes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.client import Caller, a_node
from workflows.models import Change, User, Workflow
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
    epoch = sent["batchId"]
    assert response.json() == {"version": 2, "epoch": epoch, "missed": []}
    assert response.status_code == 200
    assert hers.get(path).json()["epoch"] == epoch
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


def test_a_batch_id_with_other_operations_is_422(hers: Caller, path: str) -> None:
    first = batch(1, set_text("one"))
    hers.post(f"{path}/changes", first)
    response = hers.post(f"{path}/changes", {**first, "operations": [set_text("two")]})
    assert response.status_code == 422
    body = response.json()
    assert (body["code"], body["field"], body["value"]) == (
        "BATCH_REUSED",
        "batchId",
        first["batchId"],
    )
    assert hers.get(path).json()["nodes"] == [a_node("a", text="one")]


def test_edits_of_an_older_version_go_on_top_and_bring_what_they_missed(
    hers: Caller, path: str
) -> None:
    other = batch(1, set_text("theirs"), {"op": "node.add", "node": a_node("b")})
    hers.post(f"{path}/changes", other)
    hers.put(path, {"description": "by the API"})
    mine = batch(1, set_text("mine"), {"op": "node.add", "node": a_node("c"), "index": 1})
    response = hers.post(f"{path}/changes", mine)
    assert response.status_code == 200
    body = response.json()
    assert body["version"] == 4
    assert [change["version"] for change in body["missed"]] == [2, 3, 4]
    assert body["missed"][0] == {
        "version": 2,
        "batchId": other["batchId"],
        "follows": None,
        "baseVersion": 1,
        "label": "edit",
        "author": {"id": str(User.objects.get(username="alice").pk), "name": "alice"},
        "operations": other["operations"],
    }
    assert [change["follows"] for change in body["missed"][1:]] == [
        change["batchId"] for change in body["missed"][:-1]
    ]
    assert body["missed"][2]["baseVersion"] == 1
    document = hers.get(path).json()
    assert document["nodes"] == [a_node("a", text="mine"), a_node("c"), a_node("b")]
    assert document["description"] == "by the API"
    # Later the response is the same, whatever came since.
    hers.put(path, {"description": "later"})
    assert hers.post(f"{path}/changes", mine).json() == body


def test_an_edit_whose_target_is_gone_is_409_with_what_was_missed_and_applies_nothing(
    hers: Caller, path: str
) -> None:
    hers.post(f"{path}/changes", batch(1, {"op": "node.remove", "id": "a"}))
    added = {"op": "node.add", "node": a_node("b")}
    response = hers.post(f"{path}/changes", batch(1, added, set_text("mine")))
    assert response.status_code == 409
    body = response.json()
    assert (body["code"], body["version"]) == ("CONFLICT", 2)
    assert [change["version"] for change in body["missed"]] == [2]
    assert hers.get(path).json()["nodes"] == []


def test_a_version_or_an_epoch_of_another_history_is_409(hers: Caller, path: str) -> None:
    hers.post(f"{path}/changes", batch(1, set_text("one")))
    hers.post(f"{path}/changes", batch(2, set_text("two")))
    future = hers.post(f"{path}/changes", batch(9, set_text("x")))
    elsewhere = hers.post(f"{path}/changes", batch(2, set_text("x"), epoch=str(uuid4())))
    newest = hers.post(f"{path}/changes", batch(3, set_text("x"), epoch=str(uuid4())))
    epoch = hers.get(path).json()["epoch"]
    for response in (future, elsewhere, newest):
        assert response.status_code == 409
        body = response.json()
        assert (body["code"], body["version"], body["epoch"]) == ("OTHER_HISTORY", 3, epoch)
    assert Workflow.objects.get().version == 3
    assert hers.post(f"{path}/changes", batch(3, set_text("x"), epoch=epoch)).status_code == 200


def test_what_was_missed_can_be_read(hers: Caller, path: str) -> None:
    for text in ("one", "two", "three"):
        hers.post(f"{path}/changes", batch(Workflow.objects.get().version, set_text(text)))
    body = hers.get(f"{path}/changes?since=2").json()
    assert [change["operations"] for change in body["changes"]] == [
        [set_text("two")],
        [set_text("three")],
    ]
    assert (body["version"], body["epoch"]) == (4, body["changes"][-1]["batchId"])
    assert hers.get(f"{path}/changes?since=4").json()["changes"] == []
    assert hers.get(f"{path}/changes?since=9").json()["changes"] is None
    Change.objects.filter(version=3).delete()
    assert hers.get(f"{path}/changes?since=2").json()["changes"] is None
    assert hers.get(f"{path}/changes?since=-1").status_code == 400


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
        ({"epoch": "x"}, "epoch"),
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
    moving = {"version", "epoch", "updatedAt"}
    assert {k: v for k, v in after.items() if k not in moving} == {
        k: v for k, v in before.items() if k not in moving
    }
