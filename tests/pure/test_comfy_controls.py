"""What ComfyUI's page does to a seed after each run: read from a file, and offered as randomize."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pure.comfy_files import CATALOGUE
from tests.pure.comfy_ui import Raw, graph, node, subgraph
from tests.pure.test_comfy_conversion import SAMPLER, sampler
from workflows.graph.comfy_format import from_document, suggest, to_document, view
from workflows.graph.comfy_format.drawn import ComfyWidget
from workflows.graph.document import same

SAVE = node(99, "SaveImage", values=["x"])


def seeds(file: Raw, catalogue: Any = CATALOGUE) -> list[bool]:
    """Say of each number a file offers whether each run draws it."""
    rows = suggest(file, catalogue)[0]
    return [row.get("randomize", False) for row in rows if row["type"] == "number"]


@pytest.mark.parametrize("catalogue", [CATALOGUE, None])
@pytest.mark.parametrize("control", ["randomize", "fixed", "increment", "decrement", None])
def test_a_seed_is_new_for_each_run_where_its_control_says_so(
    control: str | None, catalogue: Any
) -> None:
    values = [7, *([control] if control else []), *SAMPLER[2:]]
    if control is None and catalogue is None:
        values = SAMPLER[:1]
    assert seeds(graph(sampler(values=values), SAVE), catalogue) == [control == "randomize"]


def test_an_api_file_has_no_controls() -> None:
    inputs = {"seed": 7, "steps": 20}
    assert seeds({"3": {"class_type": "KSampler", "inputs": inputs}}) == [False]


def test_controls_that_are_named_count_as_well() -> None:
    named = {
        "seed": 7,
        "control_after_generate": "randomize",
        "steps": 20,
        "cfg": 8.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
    }
    assert seeds(graph(sampler(named=named), SAVE)) == [True]
    assert seeds(graph(node(3, "KSampler", values=named), SAVE)) == [True]
    fixed = {**named, "control_after_generate": "fixed"}
    assert seeds(graph(node(3, "KSampler", values=fixed), SAVE)) == [False]


@pytest.mark.parametrize(("control", "drawn"), [("randomize", True), ("fixed", False)])
def test_the_control_of_a_primitive_counts_and_not_that_of_what_it_feeds(
    control: str, drawn: bool
) -> None:
    file = graph(
        sampler(3),
        node(9, "PrimitiveNode", outs="INT:INT", title="Dice", values=[99, control]),
        links="9.0>3.1",
    )
    assert seeds(file) == [drawn]


def test_what_a_subgraph_shows_goes_by_the_control_inside() -> None:
    inside = subgraph("s", sampler(5), ins="seed:INT", outs="L:LATENT", links="in.0>5.1 5.0>out.0")
    file = graph(
        node(12, "s", ins="seed!INT", outs="L:LATENT", values=[11]),
        SAVE,
        definitions={"subgraphs": [inside]},
    )
    rows = [row for row in suggest(file, CATALOGUE)[0] if row["type"] == "number"]
    assert [(row["default"], row.get("randomize")) for row in rows] == [(11, True)]


def test_a_word_that_is_the_value_of_another_widget_is_no_control() -> None:
    catalogue = {
        "X": {
            "input": {
                "required": {
                    "seed": ["INT", {"control_after_generate": False}],
                    "mode": [["fixed", "randomize"]],
                }
            },
            "output": [],
        }
    }
    assert seeds(graph(node(1, "X", values=[7, "randomize"]), SAVE), catalogue) == [False]


def test_the_file_comes_back_as_it_was() -> None:
    file = graph(sampler(), SAVE)
    document = to_document(file, CATALOGUE).document
    rows = [row for item in document["nodes"] for row in item["data"].get("inputs", [])]
    fields = [row for item in document["nodes"] for row in item["data"].get("fields", [])]
    assert [row.get("randomize") for row in [*rows, *fields] if row["name"].lower() == "seed"]
    assert same(from_document(document), file)


def drawn(file: Raw, id: str) -> list[ComfyWidget]:
    """Return the values that the drawing of a file shows of one node."""
    return next(row for row in view(file, CATALOGUE)["nodes"] if row["id"] == id)["widgets"]


def test_a_drawing_shows_the_control_beside_its_seed() -> None:
    rows = drawn(graph(sampler(), SAVE), "3")
    assert [row.get("control") for row in rows[:2]] == ["randomize", None]
    inside = subgraph("s", sampler(5), ins="seed:INT", outs="L:LATENT", links="in.0>5.1 5.0>out.0")
    instance = node(12, "s", ins="seed!INT", outs="L:LATENT", values=[11])
    file = graph(instance, SAVE, definitions={"subgraphs": [inside]})
    assert drawn(file, "12") == [{"name": "seed", "value": 11, "control": "randomize"}]


def test_the_value_of_a_primitive_is_called_what_it_feeds() -> None:
    primitive = node(9, "PrimitiveNode", outs="INT:INT", values=[99, "randomize"])
    file = graph(sampler(3), primitive, links="9.0>3.1")
    assert drawn(file, "9") == [{"name": "", "value": 99, "label": "seed", "control": "randomize"}]
    assert drawn(graph(primitive), "9") == [{"name": "", "value": 99, "control": "randomize"}]
