"""Operations: every batch can be undone exactly, nothing is mutated, and faults are named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.effort import lines
from tests.pure.strategies import coordinates, documents, edges, extra_keys, ids, nodes, values
from workflows.errors import InvalidBody, TooLarge
from workflows.graph.document import check, same
from workflows.graph.operations import SHAPES, apply, apply_and_invert, invert

#: Operations with the right names and anything at all in them.
hostile = st.builds(
    lambda op, rest: {"op": op, **rest},
    st.sampled_from(list(SHAPES)),
    st.dictionaries(
        st.sampled_from(["id", "key", "field", "value", "ids", "index", "node", "edge"]),
        st.one_of(ids, values, nodes(), edges()),
        max_size=4,
    ),
)


@st.composite
def batches(draw: st.DrawFn, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw operations that fit the document as it is when each one's turn comes."""
    state, batch = document, []
    for _ in range(draw(st.integers(1, 6))):
        operation = draw(_operation(state))
        if operation is not None:
            state = apply(state, [operation])
            batch.append(operation)
    return batch


@st.composite
def _operation(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any] | None:
    noun = draw(st.sampled_from(["node", "edge"]))
    items = document[noun + "s"]
    taken = [item["id"] for item in items]
    verb = draw(st.sampled_from(["add", "remove", "set", "order", "field", "meta", "position"]))
    maybe_value = draw(st.one_of(st.just({}), st.builds(lambda v: {"value": v}, values)))
    if verb == "meta":
        key = draw(st.sampled_from(["name", "tags", "stranger", "viewport"]))
        known = {
            "name": "Blue",
            "tags": ["a"],
            "viewport": {"x": 1, "y": 2.5, "zoom": 1},
            "stranger": draw(values),
        }
        return {"op": "meta.set", "key": key, "value": known[key]}
    if verb == "add":
        item = draw(nodes() if noun == "node" else edges())
        if item["id"] in taken:
            return None
        operation: dict[str, Any] = {"op": f"{noun}.add", noun: item}
        if draw(st.booleans()):
            operation["index"] = draw(st.integers(0, len(items)))
        return operation
    if verb == "order":
        return {"op": f"{noun}.order", "ids": draw(st.permutations(taken))}
    if not items:
        return None
    id = draw(st.sampled_from(taken))
    if verb == "remove":
        return {"op": f"{noun}.remove", "id": id}
    if verb == "set":
        return {"op": f"{noun}.set", "id": id, "key": draw(extra_keys), **maybe_value}
    if noun == "edge":
        return {"op": "edge.set", "id": id, "key": "source", "value": draw(ids)}
    if verb == "field":
        return {"op": "field.set", "id": id, "field": draw(extra_keys), **maybe_value}
    position = {"x": draw(coordinates), "y": draw(coordinates)}
    return {"op": "node.set", "id": id, "key": "position", "value": position}


@given(st.data())
def test_a_batch_followed_by_its_inverse_changes_nothing(data: st.DataObject) -> None:
    document = data.draw(documents())
    batch = data.draw(batches(document))
    before, batch_before = copy.deepcopy(document), copy.deepcopy(batch)
    changed, inverse = apply_and_invert(document, batch)
    check(changed)
    assert same(apply(changed, inverse), before)
    assert same(document, before), "the document was mutated"
    assert same(batch, batch_before), "the operations were mutated"
    assert same(apply(document, invert(changed, inverse)), changed), "redo"


def make(node_id: str = "n1", **data: Any) -> dict[str, Any]:
    return {"id": node_id, "type": "textBox", "position": {"x": 0, "y": 0}, "data": data}


def document() -> dict[str, Any]:
    return {
        "name": "Sticker",
        "nodes": [make("n1", text="a"), make("n2")],
        "edges": [{"id": "e1", "source": "n1", "target": "n2", "targetHandle": "text-in"}],
    }


def test_each_operation_does_what_its_name_says() -> None:
    changed = apply(
        document(),
        [
            {"op": "node.add", "node": make("n0"), "index": 0},
            {"op": "node.add", "node": make("n3")},
            {"op": "node.remove", "id": "n2"},
            {"op": "node.set", "id": "n1", "key": "position", "value": {"x": 4, "y": 2}},
            {"op": "node.set", "id": "n1", "key": "width", "value": 300},
            {"op": "field.set", "id": "n1", "field": "text", "value": "b"},
            {"op": "field.set", "id": "n1", "field": "size", "value": None},
            {"op": "edge.set", "id": "e1", "key": "target", "value": "n3"},
            {"op": "edge.set", "id": "e1", "key": "targetHandle"},
            {"op": "edge.add", "edge": {"id": "e2", "source": "n0", "target": "n1"}},
            {"op": "edge.order", "ids": ["e2", "e1"]},
            {"op": "node.order", "ids": ["n3", "n1", "n0"]},
            {"op": "meta.set", "key": "tags", "value": ["print"]},
            {"op": "meta.set", "key": "name"},
        ],
    )
    n1 = {
        "id": "n1",
        "type": "textBox",
        "position": {"x": 4, "y": 2},
        "data": {"text": "b", "size": None},
        "width": 300,
    }
    assert changed == {
        "nodes": [make("n3"), n1, make("n0")],
        "edges": [
            {"id": "e2", "source": "n0", "target": "n1"},
            {"id": "e1", "source": "n1", "target": "n3"},
        ],
        "tags": ["print"],
    }


@pytest.mark.parametrize(
    ("operation", "field", "expected"),
    [
        ("node.remove", "op", "an object"),
        ({}, "op", "one of node.add"),
        ({"op": "node.explode"}, "op", "one of node.add"),
        ({"op": ["node.add"]}, "op", "one of node.add"),
        ({"op": "node.remove"}, "id", "node.remove with id"),
        ({"op": "node.remove", "id": "n9"}, "id", "the id of a node"),
        ({"op": "node.remove", "id": ["n1"]}, "id", "the id of a node"),
        ({"op": "node.remove", "id": "n1", "why": 1}, "why", "no key 'why'"),
        ({"op": "node.add", "node": 3}, "node", "an object"),
        ({"op": "node.add", "node": make("n1")}, "node.id", "no node has yet"),
        ({"op": "node.add", "node": {**make("n9"), "data": 1}}, "node.data", "an object"),
        ({"op": "node.add", "node": make("n9"), "index": 3}, "index", "0 to 2"),
        ({"op": "node.add", "node": make("n9"), "index": -1}, "index", "0 to 2"),
        ({"op": "node.add", "node": make("n9"), "index": True}, "index", "an integer"),
        ({"op": "node.set", "id": "n1", "key": "id", "value": "n3"}, "key", "other than data"),
        ({"op": "node.set", "id": "n1", "key": "data", "value": {}}, "key", "other than data"),
        ({"op": "node.set", "id": "n1", "key": "type"}, "node.type", "text of 1"),
        ({"op": "node.set", "id": "n1", "key": "position", "value": 1}, "node.position", "x, y"),
        ({"op": "field.set", "id": "n1", "field": 1, "value": 1}, "field", "the name"),
        ({"op": "edge.add", "edge": {"id": "e1"}}, "edge.source", "text of 1"),
        ({"op": "edge.set", "id": "e1", "key": "source"}, "edge.source", "text of 1"),
        ({"op": "edge.set", "id": "e1", "key": "id", "value": "x"}, "key", "other than id"),
        ({"op": "node.order", "ids": ["n1"]}, "ids", "the ids of all 2 nodes"),
        ({"op": "node.order", "ids": ["n1", "n1"]}, "ids", "the ids of all 2 nodes"),
        ({"op": "node.order", "ids": [["n1"], "n2"]}, "ids", "a list of ids"),
        ({"op": "meta.set", "key": "nodes", "value": []}, "key", "its owner may set"),
        ({"op": "meta.set", "key": "slug", "value": "x"}, "key", "its owner may set"),
        ({"op": "meta.set", "key": "name", "value": ""}, "name", "text of 1"),
    ],
)
def test_a_bad_operation_is_refused_by_index_and_field(
    operation: Any, field: str, expected: str
) -> None:
    good = {"op": "meta.set", "key": "hidden", "value": True}
    with pytest.raises(InvalidBody) as raised:
        apply(document(), [good, operation])
    assert raised.value.context["index"] == 1
    assert raised.value.context["field"] == field
    assert expected in raised.value.context["expected"]
    assert "value" in raised.value.context


CASES = json.loads(Path(__file__).with_name("operations_cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_cases_that_hold_in_every_language_hold_here(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(InvalidBody) as raised:
            apply(case["document"], case["operations"])
        assert raised.value.context["field"] == case["refused"]
        return
    changed, inverse = apply_and_invert(case["document"], case["operations"])
    assert same(changed, case["result"])
    assert same(apply(changed, inverse), case["document"])


@given(documents(), st.lists(st.one_of(values, hostile), max_size=4))
def test_whatever_is_sent_is_applied_or_refused(document: dict[str, Any], batch: list[Any]) -> None:
    try:
        changed, inverse = apply_and_invert(document, batch)
    except InvalidBody as error:
        assert error.context["index"] < len(batch)
        return
    check(changed)
    assert same(apply(changed, inverse), document)


def test_operations_must_be_a_list() -> None:
    with pytest.raises(InvalidBody, match="a list of operations"):
        apply(document(), {"op": "node.remove", "id": "n1"})  # type: ignore[arg-type]


def test_no_batch_goes_above_the_limits() -> None:
    additions = [{"op": "node.add", "node": make("n3")}, {"op": "node.add", "node": make("n4")}]
    assert len(apply(document(), additions, max_nodes=4)["nodes"]) == 4
    with pytest.raises(TooLarge) as raised:
        apply(document(), additions, max_nodes=3)
    assert raised.value.context == {
        "field": "node",
        "value": 4,
        "expected": "at most 3",
        "index": 1,
    }
    swap = [{"op": "node.remove", "id": "n1"}, additions[0]]
    assert len(apply(document(), swap, max_nodes=2)["nodes"]) == 2


def test_untouched_parts_are_shared_and_not_copied() -> None:
    start = document()
    moved = apply(start, [{"op": "node.set", "id": "n1", "key": "width", "value": 1}])
    assert moved["edges"] is start["edges"]
    assert moved["nodes"][1] is start["nodes"][1]
    assert moved["nodes"][0]["data"] is start["nodes"][0]["data"]


def test_removing_many_nodes_and_undoing_it_costs_the_same_for_each() -> None:
    assert _effort_of_removing(2_000) < 2.3 * _effort_of_removing(1_000)


def _effort_of_removing(count: int) -> int:
    many = {"nodes": [make(f"n{index}") for index in range(count)], "edges": []}
    batch = [{"op": "node.remove", "id": f"n{index}"} for index in range(count - 1, -1, -1)]
    emptied, inverse = apply_and_invert(many, batch)
    assert emptied["nodes"] == []
    assert same(apply(emptied, inverse), many)
    return lines(lambda: apply(*(apply_and_invert(many, batch))))
