"""The difference of two documents: applying it gives the second, whatever the two are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import documents
from workflows.graph.diff import diff
from workflows.graph.document import same
from workflows.graph.operations import apply


@given(documents(), documents())
def test_applying_the_difference_gives_the_second_document(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert same(apply(before, diff(before, after)), after)


@given(documents())
def test_a_document_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert diff(document, document) == []


@given(documents(), st.randoms(use_true_random=False))
def test_a_shuffled_document_differs_by_order_alone(document: dict[str, Any], random: Any) -> None:
    shuffled = dict(document)
    for key in ("nodes", "edges"):
        shuffled[key] = random.sample(document[key], len(document[key]))
    operations = diff(document, shuffled)
    assert {operation["op"] for operation in operations} <= {"node.order", "edge.order"}
    assert same(apply(document, operations), shuffled)


def test_one_field_is_one_operation() -> None:
    node = {"id": "n1", "type": "note", "position": {"x": 0, "y": 0}, "data": {"a": 1, "b": 2}}
    before = {"nodes": [node], "edges": [], "slug": "a"}
    after = {"nodes": [{**node, "data": {"a": 1.0, "b": 2}}], "edges": [], "slug": "b"}
    assert diff(before, after) == [{"op": "field.set", "id": "n1", "field": "a", "value": 1.0}]
    assert diff(after, {**after, "nodes": []}) == [{"op": "node.remove", "id": "n1"}]
