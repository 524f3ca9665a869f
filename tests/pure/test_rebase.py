"""Operations made on an older document: what they come to on the newer one, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import documents
from tests.pure.test_operations import batches
from workflows.errors import InvalidBody, TooLarge
from workflows.graph.document import check, same
from workflows.graph.operations import apply, apply_rebased

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "rebase_cases.json").read_text(encoding="utf-8")
)
ENDS = {"ab": ("a", "b"), "bc": ("b", "c"), "ac": ("a", "c")}


def a_document(nodes: list[Any], edges: list[str]) -> dict[str, Any]:
    """Write out a document of the cases, where everything usual is left out."""
    usual = {"type": "note", "position": {"x": 0, "y": 0}, "data": {}}
    ends = ({"id": id, "source": ENDS[id][0], "target": ENDS[id][1]} for id in edges)
    return {"nodes": [{**usual, **node} for node in nodes], "edges": list(ends)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases_of_both_languages(case: dict[str, Any]) -> None:
    base = a_document([{"id": "a"}, {"id": "b"}, {"id": "c"}], ["ab", "bc"])
    newer = apply(base, case["theirs"])
    if "refused" in case:
        with pytest.raises(InvalidBody) as refused:
            apply_rebased(newer, case["mine"])
        assert refused.value.context["index"] == case["refused"]
        return
    after, inverse, applied = apply_rebased(newer, case["mine"])
    assert same(after, a_document(**case["result"]))
    assert same(apply(newer, applied), after)
    assert same(apply(after, inverse), newer)


@given(st.data())
def test_what_was_rebased_is_a_batch_like_any_other(data: st.DataObject) -> None:
    base = data.draw(documents())
    newer = apply(base, data.draw(batches(base)))
    mine = data.draw(batches(base))
    try:
        after, inverse, applied = apply_rebased(newer, mine)
    except (InvalidBody, TooLarge):
        return
    check(after)
    assert same(apply(newer, applied), after)
    assert same(apply(after, inverse), newer)
