"""Modes: what runs when nodes are muted, bypassed or pinned; the browser has the same rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.pure.types import TYPES, edge, graph, node
from workflows.errors import InvalidGraph
from workflows.graph.digests import Made, digests, up_to_date
from workflows.graph.modes import effective
from workflows.graph.planner import compile
from workflows.graph.ports import Input, NodeType, Output
from workflows.graph.work import of_document, of_plan

SHARED = json.loads((Path(__file__).parent / "modes_cases.json").read_text("utf-8"))


def declared(name: str, row: dict[str, Any]) -> NodeType:
    many = row.get("many", [])
    return NodeType(
        name,
        name,
        "test",
        "",
        tuple(Input(port, type, many=port in many) for port, type in row.get("inputs", {}).items()),
        tuple(Output(port, type) for port, type in row.get("outputs", {}).items()),
        sink=row.get("sink", False),
        dynamic=row.get("dynamic"),
    )


KINDS = {name: declared(name, row) for name, row in SHARED["types"].items()}
PICTURE = {"asset": "6f", "url": "/media/6f", "content_type": "image/png"}


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["name"])
def test_the_shared_cases(case: dict[str, Any]) -> None:
    modes = case.get("modes", {})
    nodes = [
        {**node(id, type), **({"mode": modes[id]} if id in modes else {})}
        for id, type in case["nodes"].items()
    ]
    for item in nodes:
        if item["id"] in case.get("pinned", []):
            item["pinned"] = {"outputs": {"image": PICTURE}}
    edges = [edge(*row.split(">", 1)) for row in case["edges"]]
    document = graph(*nodes, *edges)
    before = json.dumps(document)
    found = effective(document, KINDS)
    expected = case["runs"]
    ends = [
        f"{edge['source']}.{edge['sourceHandle']}>{edge['target']}.{edge['targetHandle']}"
        for edge in found.document["edges"]
    ]
    assert ends == expected["edges"]
    assert [item["id"] for item in found.document["nodes"]] == expected["left"]
    assert found.missing == expected.get("missing", {})
    assert sorted(found.pinned) == expected.get("pinned", [])
    assert json.dumps(document) == before


def chain(*, b: dict[str, Any] | None = None, a: dict[str, Any] | None = None) -> dict[str, Any]:
    return graph(
        {**node("a", "upload", asset=PICTURE), **(a or {})},
        {**node("b", "blur"), **(b or {})},
        node("out", "responseOutput"),
        edge("a.image", "b.image"),
        edge("b.image", "out.result"),
    )


HELD = {"pinned": {"outputs": {"image": PICTURE, "gone": 1}, "since": "2026-01-01T00:00:00Z"}}


def test_a_plan_leaves_a_bypassed_node_out() -> None:
    found = compile(chain(b={"mode": "bypass"}), {}, TYPES)
    assert list(found.nodes) == ["a", "out"]
    assert found.nodes["out"].links == {"result": (("a", "image"),)}


def test_a_pinned_node_needs_nothing_above_it() -> None:
    found = compile(chain(b=HELD), {}, TYPES)
    assert list(found.nodes) == ["b", "out"]
    assert found.nodes["b"].pinned == {"image": PICTURE}
    assert (found.depends["b"], found.nodes["b"].values) == ((), {})


@pytest.mark.parametrize(
    ("mode", "only", "message"),
    [
        ("mute", None, "There is nothing to run: Blur needs Upload, which is muted."),
        ("mute", ["a"], "Upload is muted."),
        ("mute", ["out"], "Responseoutput needs Upload, which is muted."),
        ("bypass", ["a"], "Upload is bypassed."),
        ("bypass", ["b"], "Blur needs Upload, which is bypassed and passes nothing on."),
    ],
)
def test_a_run_of_nothing_says_which_mode_it_is(mode: str, only: Any, message: str) -> None:
    with pytest.raises(InvalidGraph) as raised:
        compile(chain(a={"mode": mode}), {}, TYPES, only)
    assert [found.message for found in raised.value.problems] == [message]


def test_fields_of_a_muted_input_stay_declared() -> None:
    fields = node("in", "requestInput", fields=[{"name": "prompt", "type": "text"}])
    document = graph({**fields, "mode": "mute"}, *chain()["nodes"], *chain()["edges"])
    assert list(compile(document, {"prompt": "hat"}, TYPES).nodes) == ["a", "b", "out"]


def test_a_pinned_node_costs_nothing() -> None:
    names = {work.type for work in of_plan(compile(chain(b=HELD), {}, TYPES))}
    assert names == {"responseOutput"}
    document = chain(b={"mode": "bypass"})
    assert {work.type for work in of_document(document, TYPES)} == {"upload", "responseOutput"}


def test_a_result_made_before_stays_up_to_date_when_its_source_is_pinned() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = {id: Made(digest, at, at) for id, digest in digests(chain(), {}, TYPES).items()}
    assert up_to_date(chain(), TYPES, made) == {"a", "b", "out"}
    assert up_to_date(chain(b=HELD), TYPES, made) == {"a", "b", "out"}
    other = chain(b=HELD)
    other["nodes"][0]["data"] = {"asset": {**PICTURE, "asset": "70"}}
    assert up_to_date(other, TYPES, made) == {"b", "out"}
    assert "out" not in up_to_date(chain(b={"mode": "bypass"}), TYPES, made)
