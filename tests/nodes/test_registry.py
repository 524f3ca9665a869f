"""What every node type has to declare."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from workflows.graph.ports import Input, Output
from workflows.nodes import registry
from workflows.types import JsonObject

from . import context as _context  # noqa: F401 - registers the built-in types

EXPECTED = {
    "requestInput",
    "responseOutput",
    "upload",
    "textBox",
    "template",
    "joinText",
    "list",
    "loadImage",
    "gradient",
    "pattern",
    "drawText",
    "resizeImage",
    "cropImage",
    "padImage",
    "rotateImage",
    "adjustImage",
    "curvesImage",
    "blurImage",
    "blendImages",
    "maskFromImage",
    "applyMask",
    "cutOut",
    "outline",
    "contactSheet",
    "convertImage",
    "httpRequest",
    "preview",
    "note",
}

BUILTIN = sorted(EXPECTED)


def test_every_promised_type_is_there() -> None:
    assert set(registry.node_types()) >= EXPECTED


@pytest.mark.parametrize("type", BUILTIN)
def test_a_type_says_what_it_is_for(type: str) -> None:
    node_type = registry.node_types()[type]
    assert node_type.name
    assert node_type.description.endswith(".")
    assert len(node_type.description) <= 100
    assert len(node_type.aliases) >= 4
    assert len(set(node_type.aliases)) == len(node_type.aliases)
    assert node_type.width in (280, 320)
    assert node_type.credits is None


@pytest.mark.parametrize("type", BUILTIN)
def test_a_types_ports_are_labelled_and_choices_begin_with_one(type: str) -> None:
    node_type = registry.node_types()[type]
    ports: list[Input | Output] = [*node_type.inputs, *node_type.outputs]
    assert all(port.label for port in ports)
    for port in node_type.inputs:
        assert port.widget not in ("select", "pills") or port.default in port.options


async def _nothing(context: object) -> JsonObject:
    return {}


async def _takes_x(context: object, *, x: object) -> JsonObject:
    return {}


def _waits_for_nobody(context: object) -> JsonObject:
    return {}


WRONG: dict[str, tuple[dict[str, Any], Any]] = {
    "node type 'wrong type'": ({"type": "wrong type"}, _nothing),
    "name is ''": ({"name": ""}, _nothing),
    "category is None": ({"category": None}, _nothing),
    "aliases is (1,); expected texts": ({"aliases": (1,)}, _nothing),
    "version is 0; expected a number greater than 0": ({"version": 0}, _nothing),
    "timeout_seconds is True": ({"timeout_seconds": True}, _nothing),
    "inputs has 'x'; expected Input(": ({"inputs": ("x",)}, _takes_x),
    "outputs has Input(": ({"outputs": (Input("x", "text"),)}, _nothing),
    "input 'a b': expected a Python name": ({"inputs": (Input("a b", "text"),)}, _nothing),
    "output 'x' is declared twice": ({"outputs": (Output("x", "text"),) * 2}, _nothing),
    "output 'x': its type is 'list<txt>'": ({"outputs": (Output("x", "list<txt>"),)}, _nothing),
    "its widget is 'wheel'": ({"inputs": (Input("x", "text", widget="wheel"),)}, _takes_x),  # type: ignore[arg-type]
    "a pills needs options": ({"inputs": (Input("x", "text", widget="pills"),)}, _takes_x),
    "a slider needs min and max": (
        {"inputs": (Input("x", "number", min=1, widget="slider"),)},
        _takes_x,
    ),
    'its default does not suit it: X is "c"; expected one of a, b.': (
        {"inputs": (Input("x", "text", "X", default="c", options=("a", "b")),)},
        _takes_x,
    ),
    "input 'x': it is shown by 'y'; expected another input that has options": (
        {"inputs": (Input("x", "text", shown_when={"y": ("a",)}), Input("y", "text"))},
        _takes_x,
    ),
    "input 'x': it is shown by 'x'": (
        {"inputs": (Input("x", "text", default="a", options=("a",), shown_when={"x": ("a",)}),)},
        _takes_x,
    ),
    "input 'x': it is shown when y is ('c',); expected some of a, b": (
        {
            "inputs": (
                Input("x", "text", shown_when={"y": ("c",)}),
                Input("y", "text", default="a", options=("a", "b")),
            )
        },
        _takes_x,
    ),
    "input 'x': what is required is always shown": (
        {"inputs": (Input("x", "text", required=True, shown_when={"y": ("a",)}),)},
        _takes_x,
    ),
    "cannot be called with its inputs": ({"inputs": (Input("y", "text"),)}, _takes_x),
    "_waits_for_nobody is no async function": ({}, _waits_for_nobody),
}


@pytest.mark.parametrize(("said", "wrong"), WRONG.items(), ids=WRONG)
def test_a_wrong_declaration_is_refused_with_what_was_expected(said: str, wrong: Any) -> None:
    changes, function = wrong
    right = {"type": "wrong", "name": "W", "category": "Text", "description": "Does it."}
    before = registry.node_types()
    with pytest.raises(ValueError, match=re.escape(said)):
        registry.node(**{**right, **changes})(function)
    assert registry.node_types() == before


def test_a_type_that_shows_a_picture_puts_one_out() -> None:
    for node_type in registry.node_types().values():
        if node_type.type in EXPECTED and node_type.preview in ("image", "mask"):
            assert node_type.preview in {output.type for output in node_type.outputs}


def test_the_catalogue_is_json_sorted_by_category_and_name() -> None:
    rows = registry.catalogue()
    assert rows == sorted(rows, key=lambda row: (row["category"], row["name"]))
    assert json.loads(json.dumps(rows))


def test_loading_the_registry_loads_no_imaging_library() -> None:
    code = (
        "import sys; from workflows.nodes import registry; registry.load_builtin();"
        "print([name for name in ('PIL', 'numpy', 'cv2', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_labels_word_options_that_there_are() -> None:
    """A label of an option that was renamed would never be seen."""
    labelled = [
        (node_type.type, port)
        for node_type in registry.node_types().values()
        for port in node_type.inputs
        if port.labels
    ]
    assert {type for type, _ in labelled} >= {"cutOut", "maskFromImage", "blendVideos"}
    for type, port in labelled:
        assert set(port.labels) <= set(port.options), (type, port.name)


def test_options_read_as_words() -> None:
    """A choice is called by a word with a capital, as every label is, however it is stored."""
    rows = {row["type"]: row for row in registry.catalogue()}
    fields = {port["name"]: port for port in rows["blendImages"]["inputs"]}
    assert fields["mode"]["labels"]["soft light"] == "Soft light"
    assert {port["name"]: port for port in rows["cutOut"]["inputs"]}["method"]["labels"] == {
        "automatic": "Automatic",
        "colour": "Color",
    }
    for type, row in rows.items():
        for port in row["inputs"]:
            labels = [port["labels"][option] for option in port["options"]]
            assert [label for label in labels if label[:1].islower()] == [], (type, port["name"])
