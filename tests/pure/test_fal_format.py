"""fal's format: every variant is read, nothing is lost, and what cannot run is refused."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.fal_contents import BUILDER, DRAW, JOIN, OUT, VARIANTS, contents
from workflows.errors import InvalidBody
from workflows.graph.document import check, same
from workflows.graph.fal_format import apps_of, from_document, to_document, unwrap


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_comes_back_as_it_was(name: str) -> None:
    before = copy.deepcopy(VARIANTS[name])
    assert exactly(from_document(to_document(VARIANTS[name]))) == exactly(before)
    assert same(VARIANTS[name], before)


@given(contents(), st.randoms(use_true_random=False))
def test_whatever_is_valid_comes_back_as_it_was(value: dict[str, Any], random: Random) -> None:
    value = shuffled(value, random)
    document = json.loads(json.dumps(to_document(value)))
    check(document)
    assert exactly(from_document(document)) == exactly(value)


def exactly(value: Any) -> str:
    """Return JSON in which the order of members tells."""
    return json.dumps(value)


def shuffled(value: Any, random: Random) -> Any:
    """Return a JSON value with the members of its objects in another order."""
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    random.shuffle(names)
    return {name: shuffled(value[name], random) for name in names}


def test_what_a_change_leaves_alone_keeps_its_order() -> None:
    odd = {
        "version": "1",
        "output": {"z": "$draw.images", "a": "$input.subject"},
        "nodes": {
            "draw": {
                "depends": ["input"],
                "app": "demo/x",
                "type": "run",
                "id": "draw",
                "input": {"prompt": "$input.subject"},
            }
        },
        "schema": {"output": {}, "input": {"subject": {"type": "string", "name": "subject"}}},
        "name": "odd",
    }
    document = to_document(odd)
    nodes = {node["id"]: node for node in document["nodes"]}
    nodes["draw"]["data"]["app"] = "demo/y"
    nodes["draw"]["position"] = {"x": 7, "y": 7}
    nodes["input"]["data"]["fields"][0]["label"] = "Subject"
    expected = copy.deepcopy(odd)
    expected["nodes"]["draw"]["app"] = "demo/y"
    expected["nodes"]["draw"]["metadata"] = {"position": {"x": 7, "y": 7}}
    expected["schema"]["input"]["subject"]["label"] = "Subject"
    assert exactly(from_document(document)) == exactly(expected)


@pytest.mark.parametrize("order", [7, {"keys": 3, "in": []}, {"keys": [1, "gone"], "in": {"x": 1}}])
def test_an_order_that_somebody_has_spoilt_changes_nothing_but_the_order(order: Any) -> None:
    document = to_document(BUILDER)
    document["fal"]["order"] = order
    assert same(from_document(document), BUILDER)


def test_edges_follow_references_and_declared_dependencies() -> None:
    nodes = {"draw": DRAW, "join": JOIN, "out": {**OUT, "depends": ["join", "draw"]}}
    document = to_document({"nodes": nodes})
    ends = {
        (edge["source"], edge["sourceHandle"], edge["target"], edge["targetHandle"])
        for edge in document["edges"]
    }
    assert ends == {
        ("input", "subject-out", "draw", "$input.subject-in"),
        ("draw", "output-out", "join", "$draw-in"),
        ("join", "output-out", "out", "$join-in"),
        ("draw", "output-out", "out", "after-in"),
    }


def test_a_dependency_that_is_not_declared_is_found() -> None:
    document = to_document({"nodes": {"draw": DRAW, "join": {**JOIN, "depends": []}}})
    assert ("draw", "join") in {(edge["source"], edge["target"]) for edge in document["edges"]}


def test_ids_with_dots_are_named_by_the_longest_that_fits() -> None:
    id = "fal_ai/x/v1.5/pro"
    nodes = {
        id: {"app": "a/b"},
        "end": {"type": "display", "fields": {"a": f"${id}.images.0.url"}},
    }
    edges = to_document({"nodes": nodes})["edges"]
    assert [(edge["source"], edge["target"]) for edge in edges] == [(id, "end")]


def test_the_fields_of_both_schema_dialects_are_read() -> None:
    builder = to_document(BUILDER)["nodes"][0]["data"]["fields"]
    assert [(row["name"], row["type"], row["required"]) for row in builder] == [
        ("subject", "text", True)
    ]
    package = to_document(VARIANTS["V6 package"])["nodes"][0]["data"]["fields"]
    assert [(row["name"], row["type"], row["required"]) for row in package] == [
        ("subject", "text", True),
        ("steps", "number", False),
    ]


def test_a_display_that_shows_the_output_is_one_node_with_it() -> None:
    one = {**BUILDER, "output": OUT["fields"]}
    assert [node["id"] for node in to_document(one)["nodes"]] == ["input", "draw", "join", "out"]
    assert [node["id"] for node in to_document(BUILDER)["nodes"]][-1] == "output"


def test_what_is_changed_on_the_canvas_is_written() -> None:
    document = to_document(BUILDER)
    nodes = {node["id"]: node for node in document["nodes"]}
    nodes["draw"]["data"]["arguments"]["num_images"] = 4
    nodes["join"]["position"] = {"x": 9, "y": 8}
    nodes["input"]["data"]["fields"][0]["label"] = "Motif"
    document["edges"] = [edge for edge in document["edges"] if edge["target"] != "out"]
    expected = copy.deepcopy(BUILDER)
    expected["nodes"]["draw"]["input"]["num_images"] = 4
    expected["nodes"]["join"]["metadata"] = {"position": {"x": 9, "y": 8}}
    expected["schema"]["input"]["subject"]["label"] = "Motif"
    expected["nodes"]["out"]["depends"] = []
    assert from_document(document) == expected


def test_an_edge_that_is_moved_changes_the_reference() -> None:
    other = {"id": "other", "type": "run", "app": "demo/x", "depends": []}
    document = to_document({"nodes": {"draw": DRAW, "join": JOIN, "other": other}})
    edge = next(edge for edge in document["edges"] if edge["source"] == "draw")
    edge["source"] = "other"
    join = from_document(document)["nodes"]["join"]
    assert join["input"]["image_urls"] == ["$other.images.0.url", "$other.images.1.url"]
    assert join["depends"] == ["other"]


def test_a_workflow_made_on_the_canvas_is_written_as_the_builder_does() -> None:
    made = {
        "name": "Mine",
        "nodes": [
            {
                "id": "input",
                "type": "requestInput",
                "position": {"x": 0, "y": 0},
                "data": {
                    "fields": [
                        {"name": "prompt", "type": "text", "label": "Prompt", "required": True}
                    ]
                },
            },
            {
                "id": "a",
                "type": "falApp",
                "position": {"x": 1, "y": 0},
                "data": {
                    "app": "demo/x",
                    "arguments": {"prompt": "$input.prompt"},
                    "sources": ["input.prompt"],
                },
            },
            {
                "id": "end",
                "type": "falOutput",
                "position": {"x": 2, "y": 0},
                "data": {"fields": {"image": "$a.image"}, "sources": ["a"]},
            },
        ],
        "edges": [
            {
                "id": "1",
                "source": "input",
                "sourceHandle": "prompt-out",
                "target": "a",
                "targetHandle": "$input.prompt-in",
            },
            {
                "id": "2",
                "source": "a",
                "sourceHandle": "output-out",
                "target": "end",
                "targetHandle": "$a-in",
            },
        ],
    }
    written = from_document(made)
    assert written == {
        "name": "Mine",
        "version": "1",
        "nodes": {
            "a": {
                "id": "a",
                "type": "run",
                "app": "demo/x",
                "depends": ["input"],
                "input": {"prompt": "$input.prompt"},
                "metadata": {"position": {"x": 1, "y": 0}},
            },
            "end": {
                "id": "end",
                "type": "display",
                "depends": ["a"],
                "fields": {"image": "$a.image"},
                "metadata": {"position": {"x": 2, "y": 0}},
            },
        },
        "output": {"image": "$a.image"},
        "schema": {
            "input": {
                "prompt": {"name": "prompt", "label": "Prompt", "type": "string", "required": True}
            },
            "output": {},
        },
        "metadata": {"input": {"position": {"x": 0, "y": 0}}},
    }
    assert from_document(to_document(written)) == written


def test_nodes_fal_does_not_know_are_written_as_lists() -> None:
    node = {"id": "t", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {"text": "hi"}}
    document = {"name": "Mine", "nodes": [node], "edges": []}
    assert from_document(document) == {"nodes": [node], "edges": []}


def test_the_wrapper_of_a_saved_workflow_is_told_from_its_contents() -> None:
    assert unwrap({"name": "n", "title": "T", "contents": BUILDER}) == (
        BUILDER,
        {"name": "n", "title": "T"},
    )
    assert unwrap(BUILDER) == (BUILDER, {})


def test_apps_are_listed_once() -> None:
    nodes = {"draw": DRAW, "again": {**DRAW, "id": "again"}, "join": JOIN}
    assert apps_of(to_document({"nodes": nodes})) == ["demo/text-to-image", "demo/side-by-side"]


@pytest.mark.parametrize(
    ("nodes", "field"),
    [
        ({"a": {**DRAW, "id": "b"}}, "nodes.a.id"),
        ({"draw": {**DRAW, "depends": ["gone"]}}, "nodes.draw.depends"),
        ({"draw": {**DRAW, "input": {"p": "$gone.images.0"}}}, "nodes.draw.input"),
        ({"draw": {**DRAW, "input": {"p": "$input.prompt and more"}}}, "nodes.draw.input"),
        ({"draw": {**DRAW, "type": "loop"}}, "nodes.draw.type"),
        ({"draw": {**DRAW, "app": ""}}, "nodes.draw.app"),
        ({"draw": {**DRAW, "input": {"p": "$draw.image"}}}, "nodes.draw"),
        ({"input": DRAW}, "nodes.input"),
        ({"draw": "run"}, "nodes.draw"),
        ({"a": {"app": "x/y", "input": "$b.c"}, "b": {"app": "x/y", "input": "$a.c"}}, "nodes.a"),
    ],
)
def test_what_cannot_run_is_refused_naming_the_node(nodes: Any, field: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        to_document({"nodes": nodes})
    assert caught.value.context["field"] == field
    assert caught.value.context["expected"]


def test_dollars_that_are_no_references_stay_text() -> None:
    prices = {"a": "$5 off", "b": "$", "c": "$price", "d": "$5.50", "e": "a $draw"}
    document = to_document({"nodes": {"draw": {"app": "x/y", "input": prices}}})
    assert document["nodes"][0]["data"]["sources"] == []
