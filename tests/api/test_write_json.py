"""JSON that is written in pieces: what leaves equals what one call would have written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from workflows.api import parsers
from workflows.types import Json

_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_finite = _scalars.filter(lambda value: value not in (float("inf"), float("-inf")))
_values: st.SearchStrategy[Json] = st.recursive(
    _finite,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


@given(_values, st.integers(0, 3 * parsers.FEW))
def test_pieces_are_the_bytes_of_one_call(value: Json, times: int) -> None:
    for data in (value, [value] * times, {"rows": [value] * times}):
        whole = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        assert parsers.encode(data) == whole.encode("utf-8", "backslashreplace")


def test_a_lone_surrogate_is_escaped() -> None:
    body = parsers.encode({"\ud800": "é\udfff"})
    assert body == '{"\\ud800":"é\\udfff"}'.encode()
    assert json.loads(body) == {"\ud800": "é\udfff"}
