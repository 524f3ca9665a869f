"""Counting before building: never more than what is really there, and exact at every limit."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.errors import NodeError, TooLarge
from workflows.graph import spread, strict_json
from workflows.graph.measure import Tally, json_bytes
from workflows.graph.ports import Input
from workflows.nodes.data.http_request import MAX_SENT_CHARACTERS, _Filler
from workflows.nodes.text import template

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(values)
def test_a_count_is_never_above_the_true_size(value: Any) -> None:
    true = len(json.dumps(value, separators=(",", ":")))
    assert json_bytes(value, 10**9) <= true + 2  # an empty container has no commas to leave out


def test_long_texts_of_other_scripts_are_counted_as_they_are_escaped() -> None:
    assert json_bytes("日" * 10_000, 10**9) == 60_002
    assert json_bytes("é" * 10_000, 10**9) <= 60_002


def test_counting_stops_at_the_limit() -> None:
    many = [["x" * 1_000] * 1_000] * 1_000_000
    began = time.perf_counter()
    assert json_bytes(many, 1_000_000) > 1_000_000
    assert time.perf_counter() - began < 5  # all of it would take hours


def _template(count: int) -> Any:
    return template.filled("{a}{b}", {"a": "x" * (count - 10), "b": "y" * 10})


def _sent(count: int) -> Any:
    return _Filler({"a": "x" * (count - 5)}).text("{{a}}", "body")


def _many(count: int) -> Any:
    port = Input("texts", "text", many=True)
    return spread.calls([port], {}, {"texts": [spread.Connected(["x"] * count, "list<text>")]})


def _values(count: int) -> Any:
    return strict_json.loads(b"[" + b",".join([b"1"] * count) + b"]", max_bytes=10**9)


#: What counts, its limit, and how to come to a count.
LIMITS = {
    "template": (template.MAX_CHARACTERS, _template, NodeError),
    "request": (MAX_SENT_CHARACTERS, _sent, NodeError),
    "many": (spread.MAX_MANY, _many, NodeError),
    "values": (strict_json.MAX_VALUES, _values, TooLarge),
    "tally": (7, lambda count: Tally(7, "characters", "text").add(count), NodeError),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_held_to_exactly(name: str) -> None:
    most, reach, error = LIMITS[name]
    reach(most)
    with pytest.raises(error) as caught:
        reach(most + 1)
    assert isinstance(caught.value, NodeError | TooLarge)
    assert caught.value.context["field"]
    assert caught.value.context["expected"]
