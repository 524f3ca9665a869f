"""How much a graph does: models, images, seconds and the items of lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.client import a_node, an_edge
from workflows.graph.operations import apply
from workflows.graph.planner import compile
from workflows.graph.work import Work, of_calls, of_document, of_plan, same_work
from workflows.nodes import registry
from workflows.types import JsonObject

MODEL = "openai/gpt-image-2"


def graph(nodes: list[JsonObject], *edges: JsonObject) -> JsonObject:
    return {"nodes": nodes, "edges": list(edges)}


def of_type(document: JsonObject, type: str) -> list[Work]:
    """Return the work of a type, which document and plan agree about."""
    types = registry.node_types()
    found = [row for row in of_document(document, types) if row.type == type]
    planned = of_plan(compile(document, {}, types))
    assert found == [row for row in planned if row.type == type]
    return found


def paint(id: str = "paint", **data: object) -> JsonObject:
    return a_node(id, "generateImage", **{"prompt": "a fox", "model": MODEL, **data})


def test_images_count_by_their_number() -> None:
    end = a_node("end", "responseOutput")
    document = graph([paint(count=3), end], an_edge("paint", "end", "image", "result"))
    assert of_type(document, "generateImage") == [Work("generateImage", MODEL, 3)]


def test_a_node_behind_a_list_counts_once_per_item() -> None:
    nodes = [
        a_node("list", "list", items=["a", "b", "c", "d"], excluded=[1]),
        paint(count=2),
        a_node("end", "responseOutput"),
    ]
    document = graph(
        nodes,
        an_edge("list", "paint", "items", "prompt"),
        an_edge("paint", "end", "image", "result"),
    )
    assert of_type(document, "generateImage") == [Work("generateImage", MODEL, 6)]


def test_a_list_of_lists_runs_the_node_behind_for_each_image() -> None:
    nodes = [
        a_node("list", "list", items=["a", "b"]),
        paint(count=3),
        a_node("look", "describeImage", model="anthropic/claude-opus-5-5"),
        a_node("end", "responseOutput"),
    ]
    document = graph(
        nodes,
        an_edge("list", "paint", "items", "prompt"),
        an_edge("paint", "look", "images", "image"),
        an_edge("look", "end", "text", "result"),
    )
    [row] = of_type(document, "describeImage")
    assert row.amount == 6


def test_an_empty_list_does_nothing() -> None:
    document = graph(
        [a_node("list", "list", items=[]), paint(), a_node("end", "responseOutput")],
        an_edge("list", "paint", "items", "prompt"),
        an_edge("paint", "end", "image", "result"),
    )
    assert of_type(document, "generateImage") == [Work("generateImage", MODEL, 0)]


@pytest.mark.parametrize(("seconds", "amount"), [(8, 8), (None, 5), ("", 5)])
def test_a_video_counts_its_seconds(seconds: object, amount: float) -> None:
    node = a_node("it", "generateVideo", prompt="x", model="fal/a/b", seconds=seconds)
    assert of_document(graph([node]), registry.node_types()) == [
        Work("generateVideo", "fal/a/b", amount)
    ]


def test_a_model_that_is_left_to_the_type_is_its_default() -> None:
    found = of_document(graph([a_node("it", "speak", text="x")]), registry.node_types())
    assert found == [Work("speak", "local/piper-joe", 1)]


def test_two_models_of_one_type_are_two_rows() -> None:
    document = graph([paint("a"), paint("b", model="fal/a/b"), paint("c")])
    found = of_document(document, registry.node_types())
    assert {(row.model, row.amount) for row in found} == {(MODEL, 2), ("fal/a/b", 1)}


def test_a_cycle_and_a_connection_to_nothing_do_no_harm() -> None:
    document = graph(
        [paint("a"), paint("b"), a_node("x", "fromAnotherServer")],
        an_edge("a", "b", "image", "prompt"),
        an_edge("b", "a", "image", "prompt"),
        an_edge("x", "a", "out", "prompt"),
        an_edge("gone", "a", "out", "prompt"),
        {"id": "n", "source": "a", "target": "b", "sourceHandle": None, "targetHandle": None},
    )
    assert of_document(document, registry.node_types()) == [Work("generateImage", MODEL, 2)]


def test_calls_are_counted_by_what_they_were_given() -> None:
    node_type = registry.node_types()["generateImage"]
    calls: list[JsonObject] = [
        {"model": MODEL, "count": 2},
        {"model": MODEL, "count": 3},
        {"model": "fal/a/b"},
    ]
    assert of_calls(node_type, calls) == [
        Work("generateImage", MODEL, 5),
        Work("generateImage", "fal/a/b", 1),
    ]


#: Edits that change no count, and some of those that do.
_SAME = [
    {"op": "node.set", "id": "paint", "key": "position", "value": {"x": 9, "y": 9}},
    {"op": "field.set", "id": "paint", "field": "prompt", "value": "a fox"},
    {"op": "field.set", "id": "say", "field": "text", "value": "two words"},
    {"op": "meta.set", "key": "name", "value": "Other"},
]
_OTHER = [
    {"op": "field.set", "id": "paint", "field": "count", "value": 4},
    {"op": "field.set", "id": "paint", "field": "model", "value": "other/model"},
    {"op": "field.set", "id": "list", "field": "items", "value": ["a", "b", "c"]},
    {"op": "field.set", "id": "list", "field": "excluded", "value": [0]},
    {"op": "node.set", "id": "paint", "key": "mode", "value": "mute"},
    {"op": "node.remove", "id": "say"},
    {"op": "edge.remove", "id": "list-paint-prompt"},
]


def test_edits_that_count_nothing_else_are_known_and_no_others() -> None:
    types = registry.node_types()
    nodes = [
        a_node("list", "list", items=["a", "b"]),
        paint(prompt="x", count=2),
        a_node("say", "textBox", text="words"),
    ]
    document = {"name": "W", **graph(nodes, an_edge("list", "paint", "items", "prompt"))}
    for operation in _SAME:
        after = apply(document, [operation])
        assert same_work(document, after, types)
        assert of_document(after, types) == of_document(document, types)
    for operation in _OTHER:
        after = apply(document, [operation])
        assert not same_work(document, after, types), operation


@given(st.data())
def test_what_counts_the_same_does_the_same(data: st.DataObject) -> None:
    types = registry.node_types()
    names = ["textBox", "list", "generateImage", "video", "upload", "iterator", "unknown"]
    ids = ["a", "b", "c"]
    nodes = [a_node(id, data.draw(st.sampled_from(names))) for id in ids]
    ends = st.sampled_from(["items", "prompt", "text", "images", "image", "{name}"])
    edges = [an_edge("a", "b", data.draw(ends), data.draw(ends))]
    edges += [an_edge("b", "c", data.draw(ends), data.draw(ends))]
    document = {"name": "W", **graph(nodes, *edges)}
    values = st.sampled_from(
        ["", "x", "{{name}}", None, 0, 1, 2.5, True, [], ["a"], ["a", "b"], [0], {"a": [1]}]
    )
    fields = st.sampled_from(
        ["text", "prompt", "count", "seconds", "model", "items", "excluded", "values", "inputs"]
    )
    for _ in range(6):
        operation = {
            "op": "field.set",
            "id": data.draw(st.sampled_from(ids)),
            "field": data.draw(fields),
            "value": data.draw(values),
        }
        after = apply(document, [operation])
        if same_work(document, after, types):
            assert of_document(after, types) == of_document(document, types)
        document = after
