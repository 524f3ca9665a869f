"""Random numbers of a run: which fields get one, from where to where, and that they are kept."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pure.types import TYPES, edge, graph, node
from workflows.graph.node_ports import field_input
from workflows.graph.planner import compile
from workflows.graph.ports import Input, NodeType, Output
from workflows.graph.randomize import MOST, USUAL, RandomNumbers, draw
from workflows.graph.schema import describe, fields_of, json_schema

SAMPLER = NodeType(
    "sampler", "Sampler", "test", "", (), (Output("text", "text"),), dynamic="declared"
)
KINDS = {**TYPES, "sampler": SAMPLER}
SEED = {"name": "seed", "type": "number", "min": 3, "max": 9, "default": 5, "randomize": True}
limits = st.one_of(st.none(), st.integers(-(2**60), 2**60), st.floats(-1e6, 1e6))


def sampler(**data: Any) -> dict[str, Any]:
    return graph(node("s", "sampler", inputs=[SEED], **data))


def asking(**data: Any) -> dict[str, Any]:
    return graph(
        node("in", "requestInput", fields=[SEED], **data), node("t"), edge("in.seed", "t.text")
    )


def test_an_input_without_a_value_is_a_number_within_its_limits_and_never_its_default() -> None:
    found = {compile(sampler(), {}, KINDS).nodes["s"].values["seed"] for _ in range(200)}
    assert found == set(range(3, 10))


def test_a_field_without_a_value_is_a_number_too_and_the_plan_says_which() -> None:
    plan = compile(asking(), {}, KINDS)
    number = plan.inputs["seed"]
    assert 3 <= number <= 9
    assert plan.nodes["in"].request == {"seed": number}
    assert plan.randomized == {"in": {"seed": number}}


@pytest.mark.parametrize("document", [sampler(), asking()])
def test_a_run_that_has_drawn_keeps_its_number(document: dict[str, Any]) -> None:
    first = compile(document, {}, KINDS).randomized
    assert all(
        compile(document, {}, KINDS, randomized=first).randomized == first for _ in range(20)
    )


@pytest.mark.parametrize(
    ("document", "inputs"),
    [
        (sampler(seed=4), {}),
        (asking(values={"seed": 4}), {}),
        (asking(values={"seed": 7}), {"seed": 4}),
        (asking(), {"seed": 4}),
    ],
)
def test_a_value_that_is_given_wins(document: dict[str, Any], inputs: dict[str, Any]) -> None:
    plan = compile(document, inputs, KINDS)
    node = plan.nodes.get("s") or plan.nodes["in"]
    assert {**node.values, **node.request}["seed"] == 4
    assert plan.randomized == {}


def test_a_connection_wins() -> None:
    document = graph(
        node("t", text="8"), node("s", "sampler", inputs=[SEED]), edge("t.text", "s.seed")
    )
    plan = compile(document, {}, KINDS)
    assert plan.randomized == {}
    calls = plan.calls("s", {"t": {"text": "8"}})
    assert [call["seed"] for call in calls.arguments] == [8]


def test_a_required_field_needs_no_value() -> None:
    document = graph(node("in", "requestInput", fields=[{**SEED, "required": True}]))
    assert compile(document, {}, KINDS, only=["in"]).randomized["in"]["seed"] in range(3, 10)
    schema = json_schema(document)
    assert "required" not in schema
    assert "default" not in schema["properties"]["seed"]
    assert "new number" in schema["properties"]["seed"]["description"]
    assert describe(document)["values"] == {"seed": None}


@pytest.mark.parametrize("randomize", [False, "yes", 1, None])
def test_without_randomize_the_default_is_used(randomize: Any) -> None:
    row = {**SEED, "randomize": randomize}
    plan = compile(graph(node("s", "sampler", inputs=[row])), {}, KINDS)
    assert plan.nodes["s"].values["seed"] == 5
    document = graph(node("in", "requestInput", fields=[row]))
    assert describe(document)["values"] == {"seed": 5}


def test_only_a_number_can_be_random() -> None:
    rows = [{**SEED, "type": type} for type in ("text", "slider", "toggle", "image")]
    assert not any(field_input(row).randomize for row in rows)
    assert fields_of(asking())[0].port.randomize


def test_a_node_that_does_not_run_draws_nothing() -> None:
    document = graph(node("s", "sampler", inputs=[SEED]), node("other", "sampler", inputs=[SEED]))
    assert list(compile(document, {}, KINDS, only=["s"]).randomized) == ["s"]


@given(limits, limits, st.one_of(st.none(), st.integers(1, 100), st.just(0.5)), st.randoms())
@example(None, -MOST - 1, None, Random())
@example(None, -MOST - 1, 2, Random())
@example(-MOST - 9, -MOST - 1, None, Random())
def test_a_number_lies_within_its_limits_and_on_a_step(
    min: Any, max: Any, step: Any, random: Any
) -> None:
    port = Input("seed", "number", min=min, max=max, step=step)
    number = draw(port, random.randrange)
    assert isinstance(number, int)
    assert min is None or number >= min
    if max is not None and number > max:  # there is no whole number from min to max
        assert min is not None and (min > max or number - 1 < min or number > MOST)
        return
    if abs(min or 0) <= MOST and abs(max or 0) <= MOST:
        assert abs(number) <= MOST
    if max is None and (min is None or min <= 0):
        assert number >= 0
    if isinstance(min, int) and abs(min) <= MOST and isinstance(step, int):
        assert (number - min) % step == 0


def test_the_first_and_the_last_number_can_be_drawn() -> None:
    port = Input("seed", "number", min=1, max=10, step=3)
    assert draw(port, lambda count: 0) == 1
    assert draw(port, lambda count: count - 1) == 10
    whole = Input("seed", "number", min=0, max=2**64)
    assert draw(whole, lambda count: count - 1) == MOST
    free = Input("seed", "number")
    assert [draw(free, at) for at in (lambda count: 0, lambda count: count - 1)] == [0, USUAL]


def test_a_number_is_drawn_once_for_each_field() -> None:
    numbers = RandomNumbers({"a": {"seed": 7}}, below=lambda count: 2)
    port = Input("seed", "number", min=1, max=9)
    assert [numbers.number("a", port), numbers.number("b", port)] == [7, 3]
    assert numbers.used == {"a": {"seed": 7}, "b": {"seed": 3}}
