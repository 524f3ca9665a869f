"""Long JSON is written and read in pieces: the bytes and values are those of one call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.api import parsers
from workflows.graph import long_json
from workflows.types import Json

_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_finite = _scalars.filter(lambda value: value not in (float("inf"), float("-inf")))
_values: st.SearchStrategy[Json] = st.recursive(
    _finite,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@given(_values, st.integers(0, 3 * long_json.FEW))
def test_pieces_are_the_text_of_one_call(value: Json, times: int) -> None:
    for data in (value, [value] * times, {"rows": [value] * times}):
        assert "".join(long_json.chunks(data, _compact)) == _compact.encode(data)


@given(_values)
def test_what_is_read_in_pieces_is_what_one_call_reads(value: Json) -> None:
    text = _compact.encode(value)
    read, end = long_json._read(text, 0, long_json.LEVELS)
    assert (_compact.encode(read), end) == (text, len(text))


@pytest.mark.parametrize("cut", ["]", "}", '"', ",1", "[1", '{"a"', '{"a":1', "[1,]", '{"a":1,}'])
def test_a_long_text_that_is_no_json_is_refused(cut: str) -> None:
    long = json.dumps({"a": "x" * long_json.LONG}, separators=(",", ":"))
    for text in (f"{long}{cut}", f"{long[:-1]},{cut}", f"[{long},{cut}"):
        with pytest.raises(json.JSONDecodeError):
            long_json.loads(text)


def test_a_long_text_is_read() -> None:
    value: Any = {"rows": [{"at": at, "text": "é" * 50} for at in range(20_000)], "none": None}
    assert long_json.loads(_compact.encode(value)) == value
    assert long_json.loads(json.dumps(value, indent=1)) == value


def test_a_lone_surrogate_is_escaped_in_a_response() -> None:
    body = parsers.encode({"\ud800": "é\udfff"})
    assert body == '{"\\ud800":"é\\udfff"}'.encode()
    assert json.loads(body) == {"\ud800": "é\udfff"}
