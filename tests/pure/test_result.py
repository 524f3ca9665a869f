"""The result of a run: its keys by what came over the edges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pure.types import TYPES, edge, graph, node
from workflows.graph.planner import compile
from workflows.graph.result import Part, result_of, shape


def media(name: str, kind: str = "image/png") -> dict[str, Any]:
    return {"asset": name, "url": f"/media/{name}", "content_type": kind}


A, B, CLIP = media("a"), media("b"), media("c", "video/mp4")


@pytest.mark.parametrize(
    ("part", "result"),
    [
        (Part(A, "image"), {"images": [A]}),
        (Part([A, B], "image"), {"images": [A, B]}),
        (Part([A], "list<image>"), {"images": [A]}),
        (Part([], "image"), {"images": []}),
        (Part(A, "mask"), {"images": [A]}),
        (Part("https://x/y", "video"), {"videos": ["https://x/y"]}),
        (Part(media("s", "audio/wav"), "any"), {"audios": [media("s", "audio/wav")]}),
        (Part([A, CLIP], "list<any>"), {"files": [A, CLIP]}),
        (Part(media("z", "application/zip"), "file"), {"files": [media("z", "application/zip")]}),
        (Part("hello", "text"), {"text": "hello"}),
        (Part("hello", "any"), {"text": "hello"}),
        (Part("#fff", "color"), {"text": "#fff"}),
        (Part(["a", "b"], "text"), {"texts": ["a", "b"]}),
        (Part([], "text"), {"texts": []}),
        (Part(3, "number"), {"number": 3}),
        (Part(False, "boolean"), {"boolean": False}),
        (Part({"url": "u"}, "json"), {"json": {"url": "u"}}),
        (Part({"url": "u"}, "any"), {"json": {"url": "u"}}),
        (Part("quoted", "json"), {"json": "quoted"}),
        (Part(None, "image"), {}),
        (Part("x", "text", "label", "source"), {"text": "x"}),
    ],
)
def test_one_edge_gives_one_key_by_its_type(part: Part, result: Any) -> None:
    assert shape([part]) == result


def test_several_edges_are_merged() -> None:
    assert shape([Part(A, "image"), Part("x", "text"), Part([B], "image")]) == {
        "images": [A, B],
        "text": "x",
    }
    assert shape([Part("x", "text"), Part("y", "text"), Part(["z"], "text")]) == {
        "texts": ["x", "y", "z"]
    }
    assert shape([Part({"a": 1}, "json"), Part([2], "json")]) == {"json": [{"a": 1}, [2]]}
    assert shape([]) == {}


def test_a_label_of_an_edge_names_a_key_of_its_own() -> None:
    parts = [Part(A, "image", "cover"), Part("x", "text"), Part(B, "image")]
    assert shape(parts) == {"images": [B], "text": "x", "cover": [A]}


def test_the_labels_of_nodes_tell_several_of_one_kind_apart() -> None:
    parts = [
        Part("x", "text", source_label="Title"),
        Part("y", "text", source_label="Title"),
        Part("z", "text", source_label="images"),
        Part(A, "image", source_label="unused"),
    ]
    assert shape(parts) == {"images": [A], "Title": "x", "Title-2": "y", "images-2": "z"}


def test_the_result_of_a_plan_follows_its_edges_in_order() -> None:
    document = graph(
        node("t", text="x", label="Title"),
        node("u", "upload"),
        node("out", "responseOutput"),
        edge("u", "out"),
        edge("t", "out", data={"label": "caption"}),
    )
    outputs: dict[str, dict[str, Any]] = {"t": {"text": "x"}, "u": {"image": A}, "out": {}}
    assert result_of(compile(document, {}, TYPES), outputs) == {"images": [A], "caption": "x"}


def test_without_a_response_output_the_last_nodes_give_the_result() -> None:
    document = graph(node("t", text="x"), node("s", "split"), edge("t", "s"))
    plan = compile(document, {}, TYPES)
    assert result_of(plan, {"t": {"text": "x"}, "s": {"parts": ["x"]}}) == {"texts": ["x"]}
    assert result_of(plan, {}) == {}
