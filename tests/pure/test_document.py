"""The shape of a document: what is refused and how, what is kept, and when two are the same."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import documents, values
from workflows.errors import InvalidBody, TooLarge
from workflows.graph.document import check, same, sha256, summary


def node(**changes: Any) -> dict[str, Any]:
    return {"id": "n1", "type": "note", "position": {"x": 0, "y": 0}, "data": {}, **changes}


def edge(**changes: Any) -> dict[str, Any]:
    return {"id": "e1", "source": "n1", "target": "n2", **changes}


@given(documents())
def test_a_well_formed_document_passes_whatever_else_it_carries(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    check(document)
    assert same(document, before)


@pytest.mark.parametrize(
    ("document", "field", "expected"),
    [
        ([], "document", "an object"),
        ({"nodes": {}}, "nodes", "a list"),
        ({"edges": None}, "edges", "a list"),
        ({"nodes": ["x"]}, "nodes[0]", "an object"),
        ({"nodes": [node(id="")]}, "nodes[0].id", "text of 1 to 200"),
        ({"nodes": [node(id=7)]}, "nodes[0].id", "text of 1 to 200"),
        ({"nodes": [node(id="x" * 201)]}, "nodes[0].id", "text of 1 to 200"),
        ({"nodes": [node(type=None)]}, "nodes[0].type", "text of 1 to 200"),
        ({"nodes": [node(), node(id="n2"), node()]}, "nodes[2].id", "nodes[0]"),
        ({"nodes": [node(position=None)]}, "nodes[0].position", "the numbers x, y"),
        ({"nodes": [node(position={"x": "1", "y": 0})]}, "nodes[0].position.x", "a finite number"),
        ({"nodes": [node(position={"x": 1})]}, "nodes[0].position.y", "a finite number"),
        ({"nodes": [node(position={"x": True, "y": 0})]}, "nodes[0].position.x", "finite"),
        ({"nodes": [node(position={"x": 10**400, "y": 0})]}, "nodes[0].position.x", "finite"),
        ({"nodes": [node(data=[])]}, "nodes[0].data", "an object"),
        ({"edges": [edge(source=None)]}, "edges[0].source", "text of 1 to 200"),
        ({"edges": [edge(target="")]}, "edges[0].target", "text of 1 to 200"),
        ({"edges": [edge(sourceHandle=3)]}, "edges[0].sourceHandle", "or null"),
        ({"edges": [edge(), edge()]}, "edges[1].id", "edges[0]"),
        ({"viewport": {"x": 0, "y": 0}}, "viewport.zoom", "a finite number"),
        ({"viewport": 1}, "viewport", "the numbers x, y, zoom"),
        ({"name": "  "}, "name", "text of 1 to 200"),
        ({"name": "x" * 201}, "name", "text of 1 to 200"),
        ({"description": None}, "description", "text of at most"),
        ({"tags": "print"}, "tags", "a list of at most 50"),
        ({"tags": ["ok", 1]}, "tags[1]", "text of at most 40"),
        ({"cover": "x"}, "cover", "an object or null"),
        ({"thumbnail": {}}, "thumbnail", "text or null"),
        ({"hidden": 1}, "hidden", "true or false"),
    ],
)
def test_a_malformed_document_is_refused_by_path(document: Any, field: str, expected: str) -> None:
    with pytest.raises(InvalidBody) as raised:
        check(document)
    assert raised.value.context["field"] == field
    assert expected in raised.value.context["expected"]
    assert "value" in raised.value.context


@given(values, st.sampled_from(["nodes", "edges", "viewport", "name", "tags", "cover"]))
def test_whatever_a_document_holds_it_is_checked_or_refused(value: Any, key: str) -> None:
    for document in (value, {key: value}, {"nodes": [value]}, {"edges": [edge(source=value)]}):
        try:
            check(document)
        except InvalidBody as error:
            assert error.context["field"]
            assert error.context["expected"]


def test_the_limits_on_nodes_and_edges_hold_at_the_limit() -> None:
    many = [node(id=f"n{index}") for index in range(3)]
    check({"nodes": many}, max_nodes=3)
    with pytest.raises(TooLarge, match="3 nodes") as raised:
        check({"nodes": many}, max_nodes=2)
    assert raised.value.context["field"] == "nodes"
    edges = [edge(id=f"e{index}") for index in range(3)]
    check({"edges": edges}, max_edges=3)
    with pytest.raises(TooLarge, match="3 edges"):
        check({"edges": edges}, max_edges=2)


def test_the_summary_counts_nodes_by_type() -> None:
    found = summary({"nodes": [node(), node(id="n2"), node(id="n3", type="blurImage")]})
    assert (found.nodes, found.edges) == (3, 0)
    assert found.types == {"note": 2, "blurImage": 1}


@given(documents())
def test_the_digest_ignores_the_order_of_keys(document: dict[str, Any]) -> None:
    turned = [dict(reversed(item.items())) for item in document["nodes"]]
    assert sha256(turned, document["edges"]) == sha256(document["nodes"], document["edges"])


@pytest.mark.parametrize(("a", "b"), [(1, 1.0), (1, True), (0, False), (0.0, -0.0), (1, "1")])
def test_values_of_different_type_are_not_the_same(a: Any, b: Any) -> None:
    assert not same({"x": [a]}, {"x": [b]})
    assert not same(b, a)
    assert sha256([{"x": a}], []) != sha256([{"x": b}], [])


@given(values)
def test_a_copy_is_the_same_and_a_changed_copy_is_not(value: Any) -> None:
    assert same(copy.deepcopy(value), value)
    assert not same([value], [value, value])
    assert not same({"a": value}, {"b": value})
    assert not same([value], [[value]])
