"""Ids are never used again: what POST /changes refuses, what comes back, and what PUT may do."""

from __future__ import annotations

import importlib
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from tests.api.client import Caller, Response, a_node
from workflows.models import Change, DeletedId, Workflow
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db

EDGE = {"id": "e", "source": "a", "sourceHandle": "text-out", "target": "b"}
GONE = [{"op": "edge.remove", "id": "e"}, {"op": "node.remove", "id": "b"}]


@pytest.fixture
def path(hers: Caller) -> str:
    nodes = [a_node("a", text="zero"), a_node("b", text="first")]
    slug = hers.create("Edited", nodes=nodes, edges=[EDGE])["slug"]
    return f"/api/workflows/{slug}"


def change(caller: Caller, path: str, *operations: JsonObject, **more: Any) -> Response:
    version = Workflow.objects.get().version
    batch = {"baseVersion": version, "batchId": str(uuid4()), "operations": list(operations)}
    return caller.post(f"{path}/changes", {**batch, **more})


def add(node: JsonObject) -> JsonObject:
    return {"op": "node.add", "node": node}


def test_another_node_under_a_deleted_id_is_refused_and_nothing_is_applied(
    hers: Caller, path: str
) -> None:
    change(hers, path, *GONE)
    named = {"op": "meta.set", "key": "description", "value": "not applied"}
    response = change(hers, path, named, add(a_node("b", text="another")))
    body = response.json()
    assert (response.status_code, body["code"]) == (422, "ID_REUSED")
    assert (body["field"], body["value"], body["index"]) == ("node.id", "b", 1)
    assert body["expected"].startswith("an id that no node of this workflow has had")
    found = hers.get(path).json()
    assert (found["version"], found["description"]) == (2, "")
    # Nor can one batch take an id from one node and give it to another.
    swap = [{"op": "node.remove", "id": "a"}, add(a_node("a", "textBox", text="swapped"))]
    assert change(hers, path, *swap).json()["code"] == "ID_REUSED"
    fresh = {"op": "node.remove", "id": "a"}
    twice = [*swap, fresh, add(a_node("a", "textBox", text="swapped"))]
    assert change(hers, path, *twice).json()["code"] == "ID_REUSED"
    another = add(a_node("b", text="another"))
    hidden = [another, {"op": "node.remove", "id": "b"}, another]
    assert change(hers, path, *hidden).json()["code"] == "ID_REUSED"
    edge = {"op": "edge.add", "edge": {**EDGE, "source": "a", "target": "a"}}
    assert change(hers, path, edge).json()["field"] == "edge.id"
    assert change(hers, path, add(a_node("c"))).status_code == 200
    # What a batch adds itself it may delete, and then it is deleted.
    passing = [add(a_node("d")), {"op": "node.remove", "id": "d"}]
    assert change(hers, path, *passing).status_code == 200
    assert change(hers, path, add(a_node("d", text="another"))).json()["code"] == "ID_REUSED"


def test_what_was_deleted_comes_back_as_it_was_and_may_go_again(hers: Caller, path: str) -> None:
    for _ in range(2):
        change(hers, path, {"op": "field.set", "id": "b", "field": "text", "value": "newer"}, *GONE)
        (change_made,) = Change.objects.order_by("-version")[:1]
        back = [row for row in change_made.inverse if row["op"] != "field.set"]
        assert change(hers, path, *back).status_code == 200
    change(hers, path, *GONE)
    assert change(hers, path, add(a_node("b", text="first"))).status_code == 422


def test_undo_and_redo_bring_back_what_their_step_knew(hers: Caller, path: str) -> None:
    adds, deletes = str(uuid4()), str(uuid4())
    change(hers, path, add(a_node("new", text="one")), step=adds)
    change(hers, path, {"op": "node.remove", "id": "new"}, step=deletes)
    # Its page has not seen what another user wrote before it was deleted.
    seen = add(a_node("new", text="as the page knows it"))
    assert change(hers, path, seen).status_code == 422
    undone = change(hers, path, seen, step=deletes, action="undo")
    assert undone.status_code == 200
    gone = {"op": "node.remove", "id": "new"}
    change(hers, path, gone, step=adds, action="undo")
    again = change(hers, path, add(a_node("new", text="one")), step=adds, action="redo")
    assert again.status_code == 200
    change(hers, path, gone)
    # A step of something else, or another type, is no undo.
    assert change(hers, path, seen, step=str(uuid4()), action="undo").status_code == 422
    other = add(a_node("new", "template", text="one"))
    assert change(hers, path, other, step=adds, action="redo").status_code == 422


def test_put_restores_and_imports_keep_the_ids_they_have(hers: Caller, path: str) -> None:
    whole = hers.get(path).json()
    change(hers, path, *GONE)
    put = hers.put(path, {"nodes": whole["nodes"], "edges": whole["edges"]})
    assert (put.status_code, put.json()["nodes"]) == (200, whole["nodes"])
    change(hers, path, *GONE)
    other = [a_node("a", text="zero"), a_node("b", "textBox", text="quite another")]
    put = hers.put(path, {"nodes": other})
    assert (put.status_code, put.json()["nodes"]) == (200, other)
    assert hers.post(f"{path}/restore", {"version": 1}).status_code == 200
    assert hers.get(path).json()["nodes"] == whole["nodes"]
    everything = [{"op": "edge.remove", "id": "e"}]
    everything += [{"op": "node.remove", "id": id} for id in ("a", "b")]
    imported = [add(node) for node in other]
    assert change(hers, path, *everything, *imported).status_code == 422
    assert change(hers, path, *everything, *imported, whole=True).status_code == 200
    # What leaves something of the old document is no other document.
    part = [{"op": "node.remove", "id": "a"}, add(a_node("a", text="x"))]
    assert change(hers, path, *part, whole=True).status_code == 422


def test_an_edit_asks_for_few_ids_and_reads_no_log(
    hers: Caller, path: str, django_assert_max_num_queries: Any
) -> None:
    change(hers, path, *GONE)
    for number in range(50):
        change(hers, path, add(a_node(f"n{number}")))
        change(hers, path, {"op": "node.remove", "id": f"n{number}"})
    named = {"op": "meta.set", "key": "description", "value": "x"}
    with django_assert_max_num_queries(40) as few:
        change(hers, path, named)
    with django_assert_max_num_queries(len(few) + 1):
        change(hers, path, *(add(a_node(f"m{number}")) for number in range(50)))


def test_the_logs_of_before_are_read_once(hers: Caller, path: str) -> None:
    change(hers, path, *GONE, add(a_node("c")))
    change(hers, path, add(a_node("d")), {"op": "node.remove", "id": "c"})
    kept = set(DeletedId.objects.values_list("noun", "item", "version"))
    assert kept == {("edge", "e", 2), ("node", "b", 2), ("node", "c", 3)}
    DeletedId.objects.all().delete()
    importlib.import_module("workflows.migrations.0026_deleted_ids").read_logs(apps, None)
    assert set(DeletedId.objects.values_list("noun", "item", "version")) == kept
