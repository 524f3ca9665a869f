"""What every node type has to declare."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workflows.graph.ports import TYPES, item_type
from workflows.graph.values import check_value
from workflows.nodes import registry

from . import context as _context  # noqa: F401 - registers the built-in types

EXPECTED = {
    "requestInput", "responseOutput", "upload", "textBox", "template", "joinText", "list",
    "loadImage", "gradient", "pattern", "drawText", "resizeImage", "cropImage", "padImage",
    "rotateImage", "adjustImage", "blurImage", "blendImages", "maskFromImage", "applyMask",
    "cutOut", "outline", "contactSheet", "convertImage", "httpRequest", "preview", "note",
}  # fmt: skip

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
def test_a_types_ports_are_typed_labelled_and_named_once(type: str) -> None:
    node_type = registry.node_types()[type]
    for ports in (node_type.inputs, node_type.outputs):
        names = [port.name for port in ports]
        assert len(set(names)) == len(names)
        for port in ports:
            assert item_type(port.type) in TYPES
            assert port.label


@pytest.mark.parametrize("type", BUILTIN)
def test_a_types_defaults_suit_its_own_inputs(type: str) -> None:
    for port in registry.node_types()[type].inputs:
        assert check_value(port, port.default) is None
        if port.widget in ("slider",):
            assert port.min is not None
            assert port.max is not None
        if port.widget in ("select", "pills"):
            assert port.default in port.options


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
