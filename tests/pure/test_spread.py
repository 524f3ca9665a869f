"""The one rule for lists: single calls, item calls, zipping, many ports, gathering."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.errors import NodeError
from workflows.graph import spread
from workflows.graph.ports import Input, Output
from workflows.graph.spread import Calls, Connected, calls, gather

TEXT = Input("text", "text")
SIZE = Input("size", "number", default=1)
ITEMS = Input("items", "text", many=True)

lists = st.lists(st.text("abc", max_size=3), max_size=5)


def arguments(inputs: list[Input], **connected: Any) -> Calls:
    connections = {
        name: value if isinstance(value, tuple) else (Connected(value),)
        for name, value in connected.items()
    }
    return calls(inputs, {}, connections)


def test_single_values_make_one_call() -> None:
    found = calls([TEXT, SIZE], {"size": 4}, {"text": [Connected("a", "text")]})
    assert found == Calls(None, ({"text": "a", "size": 4},))


def test_an_edge_beats_the_typed_value_unless_it_brings_nothing() -> None:
    assert calls([TEXT], {"text": "typed"}, {"text": [Connected("sent")]}).arguments[0] == {
        "text": "sent"
    }
    assert calls([TEXT], {"text": "typed"}, {"text": [Connected(None)]}).arguments[0] == {
        "text": "typed"
    }
    with pytest.raises(NodeError, match="text is empty") as raised:
        calls([Input("text", "text", required=True)], {}, {"text": [Connected(None)]})
    assert raised.value.context["field"] == "text"


@given(lists.filter(bool), st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_lists_go_in_step_and_the_shorter_repeats_its_last(
    texts: list[str], sizes: list[int]
) -> None:
    found = arguments([TEXT, SIZE, Input("x", "any")], text=texts, size=sizes, x=7)
    assert found.items == max(len(texts), len(sizes))
    for at, row in enumerate(found.arguments):
        assert row["text"] == (texts[at] if at < len(texts) else texts[-1])
        assert row["size"] == (sizes[at] if at < len(sizes) else sizes[-1])
        assert row["x"] == 7


@given(lists, st.lists(lists, max_size=3))
def test_spreading_and_gathering_a_node_that_passes_on_gives_the_list_back(
    first: list[str], nested: list[list[str]]
) -> None:
    found = arguments([TEXT], text=[*first, nested])
    flat = first + [item for inner in nested for item in inner]
    gathered = gather([Output("text", "text")], found.arguments)
    assert gathered == {"text": flat}
    assert found.items == len(flat)


@given(st.lists(lists, max_size=4))
def test_a_many_port_gets_one_flat_list_in_the_order_of_its_edges(parts: list[list[str]]) -> None:
    found = arguments([ITEMS], items=tuple(Connected(part, "list<text>") for part in parts))
    assert found.items is None
    flat = [item for part in parts for item in part]
    assert found.arguments[0]["items"] == (flat if parts else None)


def test_a_many_port_of_lists_gets_one_flat_list_too() -> None:
    port = Input("pictures", "list<text>", many=True)
    connections = (Connected("a", "text"), Connected(["b", "c"], "list<text>"))
    assert arguments([port], pictures=connections).arguments[0] == {"pictures": ["a", "b", "c"]}


def test_many_ports_convert_each_item() -> None:
    found = arguments([ITEMS], items=(Connected(1), Connected([True, ["x"]]), Connected(None)))
    assert found.arguments[0]["items"] == ["1", "true", "x"]


def test_an_empty_list_makes_no_calls_and_gives_empty_lists() -> None:
    found = arguments([TEXT, SIZE], text=[], size=[1, 2])
    assert found == Calls(0, ())
    outputs = [Output("image", "image"), Output("items", "list<text>")]
    assert gather(outputs, found.arguments) == {"image": [], "items": []}


def test_json_and_tables_are_one_value_where_such_belong() -> None:
    rows = [{"a": 1}, {"a": 2}]
    data = Input("data", "json")
    assert arguments([data], data=(Connected(rows, "json"),)).arguments[0] == {"data": rows}
    table = Input("rows", "table")
    assert arguments([table], rows=(Connected(rows, "json"),)).items is None
    assert arguments([table], rows=(Connected([rows, rows], "list<table>"),)).items == 2
    collect = Input("items", "any", many=True)
    both = (
        Connected([1, 2], "json"),
        Connected([3, [4]], "any"),
        Connected([[5], [6]], "list<json>"),
    )
    assert arguments([collect], items=both).arguments[0]["items"] == [[1, 2], 3, 4, [5], [6]]
    assert arguments([TEXT], text=(Connected(["a", "b"], "json"),)).items == 2


def test_a_list_port_takes_a_list_whole() -> None:
    port = Input("names", "list<text>")
    assert arguments([port], names=["a", ["b"]]).arguments[0] == {"names": ["a", "b"]}
    assert arguments([port], names="a").arguments[0] == {"names": ["a"]}


def test_outputs_that_are_lists_already_are_joined_end_to_end() -> None:
    outputs = [Output("parts", "list<text>"), Output("count", "number")]
    answers: list[dict[str, Any]] = [
        {"parts": ["a", "b"], "count": 2},
        {"parts": [], "count": 0},
        {"count": 1},
    ]
    assert gather(outputs, answers) == {"parts": ["a", "b"], "count": [2, 0, 1]}


def test_an_item_that_does_not_fit_is_named_by_its_place() -> None:
    with pytest.raises(NodeError, match="Item 2 of 3: size is") as raised:
        arguments([SIZE], size=[1, "x", 3])
    assert raised.value.context == {
        "field": "size",
        "value": "x",
        "expected": "a number",
        "item": 1,
    }


def test_too_many_items_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "MAX_ITEMS", 3)
    assert arguments([TEXT], text=["a"] * 3).items == 3
    with pytest.raises(NodeError, match="text has 4 items; expected at most 3 items"):
        arguments([TEXT], text=["a"] * 4)
