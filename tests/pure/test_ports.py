"""Port types: which fit which, which handle means which port, and ports that follow from data."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.types import TYPES as NODE_TYPES
from workflows.api.nodes import catalogue
from workflows.graph.node_ports import inputs_of, outputs_of, placeholders, port_name
from workflows.graph.ports import AUTOMATIC, PARSED, TYPES, Input, NodeType, Output, fits


def test_every_pair_of_types_fits_as_the_tables_say_and_no_other() -> None:
    for source, target in itertools.product(TYPES, TYPES):
        expected = (
            "same"
            if source == target
            else "any"
            if "any" in (source, target)
            else "automatic"
            if (source, target) in AUTOMATIC
            else "parsed"
            if source == "text" and target in PARSED
            else None
        )
        assert fits(source, target) == expected, (source, target)
        assert fits(source, f"list<{target}>") == expected
        each = expected if target in ("any", "json") else expected and f"each:{expected}"
        assert fits(f"list<{source}>", target) == each, (source, target)


@pytest.mark.parametrize(
    ("handle", "side", "names", "port"),
    [
        ("image-out", "out", {"image", "mask"}, "image"),
        ("image", "out", {"image", "mask"}, "image"),
        ("check-in", "in", {"check-in", "check"}, "check-in"),
        ("check-in", "in", {"check"}, "check"),
        ("image-in", "out", {"image"}, None),
        (None, "in", {"only"}, "only"),
        (None, "in", {"a", "b"}, None),
        (3, "in", {"only"}, None),
        ("", "in", {"only"}, None),
    ],
)
def test_a_handle_means_the_port_it_names(
    handle: Any, side: Any, names: set[str], port: str | None
) -> None:
    assert port_name(handle, side, names) == port


def test_placeholders_become_required_text_inputs() -> None:
    data = {"text": "{a} {{b}} {c} {a} {1x} { d } {e-f} {text}"}
    assert placeholders(data["text"]) == ["a", "c", "text"]
    found = inputs_of(NODE_TYPES["template"], data)
    assert [(port.name, port.required) for port in found] == [
        ("text", False),
        ("a", True),
        ("c", True),
    ]
    assert inputs_of(NODE_TYPES["template"], {"text": 3}) == NODE_TYPES["template"].inputs


@given(st.text("{}ab1", max_size=60))
def test_placeholders_of_any_text_are_names(text: str) -> None:
    names = placeholders(text)
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and "{" + name + "}" in text for name in names)


def test_fields_become_outputs_and_malformed_ones_are_passed_over() -> None:
    rows = [{"name": "p", "type": "slider"}, {"name": ""}, "x", {"name": "q", "type": "new"}]
    found = outputs_of(NODE_TYPES["requestInput"], {"fields": rows})
    assert [(port.name, port.type) for port in found] == [
        ("p", "number"),
        ("q", "any"),
        ("params", "json"),
    ]
    assert [port.name for port in outputs_of(NODE_TYPES["requestInput"], {})] == ["params"]


def test_the_sources_of_references_are_inputs() -> None:
    node_type = NodeType("app", "App", "test", "", dynamic="sources")
    found = inputs_of(node_type, {"sources": ["draw", "input.prompt", "draw", 7, ""]})
    assert [(port.name, port.type) for port in found] == [
        ("$draw", "any"),
        ("$input.prompt", "any"),
    ]
    assert inputs_of(node_type, {"sources": "draw"}) == ()


DECLARING = NodeType(
    "declaring",
    "Declaring",
    "Tests",
    "Test.",
    (Input("graph", "json", port=False), Input("tags", "json", port=False)),
    (Output("files", "list<file>"),),
    dynamic="declared",
)
CASES = json.loads((Path(__file__).parent / "declared_ports_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_ports_a_node_declares_are_those_the_canvas_sees(case: dict[str, Any]) -> None:
    found = inputs_of(DECLARING, case["data"])[2:]
    rows = [[port.name, port.type, port.label, port.required, port.widget] for port in found]
    assert rows == case["inputs"]
    outputs = outputs_of(DECLARING, case["data"])
    assert [[port.name, port.type, port.label] for port in outputs[:-1]] == case["outputs"]
    assert outputs[-1].name == "files"


def test_the_tables_of_the_browsers_tests_are_those_the_catalogue_has() -> None:
    recorded = json.loads((Path(__file__).parent / "port_tables.json").read_text("utf-8"))
    assert recorded == {key: value for key, value in catalogue()[0].items() if key != "nodeTypes"}


def test_a_choice_that_is_a_number_is_written_as_the_canvas_writes_it() -> None:
    numbers = [1.0, 2.5, -0.0, 1e-6, 1e-7, 0.00012, 1e16, 1e21, 1.5e300, 2**64, True, 10.0]
    data = {"inputs": [{"name": "a", "type": "select", "options": numbers}]}
    assert inputs_of(DECLARING, data)[2].options == (
        *("1", "2.5", "0", "0.000001", "1e-7", "0.00012", "10000000000000000", "1e+21"),
        *("1.5e+300", "18446744073709551616", "10"),
    )
