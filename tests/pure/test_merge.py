"""Merging a copy with the newer original: both keep their changes, the copy's come first."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import documents
from workflows.graph.document import check, same
from workflows.graph.merge import merge


def node(id: str, x: float = 0, **data: Any) -> dict[str, Any]:
    return {"id": id, "type": "textBox", "position": {"x": x, "y": 0}, "data": data}


def edge(id: str, source: str, target: str) -> dict[str, Any]:
    return {"id": id, "source": source, "target": target, "targetHandle": "in"}


def graph(*nodes: dict[str, Any], edges: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"name": "A", "nodes": list(nodes), "edges": list(edges)}


@given(documents(), documents())
def test_a_copy_that_nobody_has_changed_becomes_the_newer_original(
    base: dict[str, Any], theirs: dict[str, Any]
) -> None:
    found = merge(base, theirs, base)
    assert found.left_out == 0
    assert sorted_(found.document) == sorted_(theirs)


@given(documents(), documents())
def test_an_original_that_is_as_it_was_changes_nothing(
    base: dict[str, Any], mine: dict[str, Any]
) -> None:
    found = merge(base, base, mine)
    assert found.left_out == 0
    assert same(found.document, mine)


@given(st.tuples(documents(), documents(), documents()))
def test_whatever_is_merged_is_a_document(three: tuple[dict[str, Any], ...]) -> None:
    base, theirs, mine = three
    check(merge(base, theirs, mine).document)


def test_different_fields_of_a_node_are_both_taken_and_the_same_one_stays_mine() -> None:
    base = graph(node("n", a=1, b=1, c=1))
    theirs = graph(node("n", x=9, a=2, b=1, c=2))
    mine = graph(node("n", a=1, b=3, c=3))
    found = merge(base, theirs, mine)
    assert found.document["nodes"] == [node("n", x=9, a=2, b=3, c=3)]
    assert found.left_out == 1


def test_a_node_that_i_changed_stays_though_the_original_has_removed_it() -> None:
    base = graph(node("kept", a=1), node("gone", a=1))
    found = merge(base, graph(), graph(node("kept", a=2), node("gone", x=5, a=1)))
    assert (found.document["nodes"], found.left_out) == ([node("kept", a=2)], 1)


def test_a_node_that_i_removed_does_not_come_back() -> None:
    base = graph(node("n", a=1), node("m", a=1))
    found = merge(base, graph(node("n", a=2), node("m", a=1)), graph())
    assert (found.document["nodes"], found.left_out) == ([], 1)


def test_an_input_keeps_the_edge_that_i_have_made() -> None:
    nodes = (node("a"), node("b"), node("c"))
    base = graph(*nodes, edges=(edge("1", "a", "c"),))
    theirs = graph(*nodes, edges=(edge("2", "b", "c"),))
    mine = graph(*nodes, node("d"), edges=(edge("3", "d", "c"),))
    found = merge(base, theirs, mine)
    assert (found.document["edges"], found.left_out) == ([edge("3", "d", "c")], 1)
    assert merge(base, theirs, base).document["edges"] == [edge("2", "b", "c")]


def test_keys_that_are_skipped_stay_mine() -> None:
    base, theirs = {**graph(), "own": 1}, {**graph(), "name": "B", "own": 2}
    found = merge(base, theirs, base, skip=frozenset({"name"}))
    assert (found.document["name"], found.document["own"]) == ("A", 2)


def sorted_(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as text whose nodes and edges stand by their ids."""
    lists = {key: sorted(document[key], key=lambda item: item["id"]) for key in ("nodes", "edges")}
    return {key: repr(_plain({**document, **lists}[key])) for key in sorted(document)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    return [_plain(item) for item in value] if isinstance(value, list) else value
