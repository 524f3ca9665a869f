"""Two and three writers of one log in every order: all replicas hold the server's bytes.

The same cases run in TypeScript (`writers.cases.test.ts`); the digest of a case
is over the documents in which all its orders end, so that both languages must agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import documents
from tests.pure.test_operations import batches
from tests.pure.test_rebase import a_document
from workflows.errors import InvalidBody
from workflows.graph.document import check
from workflows.graph.identity import Key, added_by, ids_of, is_the_same
from workflows.graph.operations import apply, apply_and_invert, apply_rebased

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "writers_cases.json").read_text(encoding="utf-8")
)


class Server:
    """The rules of the log: the document, its versions, and what each change took back."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.log: list[list[Any]] = []
        self.deleted: dict[Key, list[Any]] = {}

    def send(self, operations: list[Any], undoes: Sequence[Any] | None = None) -> list[Any]:
        """Apply a batch without what has lost its target, as a page does; return its inverse.

        `undoes` are the operations of the step that it takes back, with their inverse: whoever
        undoes never gives a deleted id to something else.
        """
        while True:
            try:
                after, inverse, applied = apply_rebased(self.document, operations)
            except InvalidBody as refused:
                at = refused.context["index"]
                operations = [*operations[:at], *operations[at + 1 :]]
                continue
            self.document = after
            self.log.append(applied)
            ids = ids_of(applied, inverse)
            known = self.deleted if undoes is None else added_by(undoes)
            for key in self.deleted.keys() & ids.added.keys():
                by_undo = undoes is not None
                assert is_the_same(ids.added[key], known.get(key, ()), by_undo=by_undo)
            self.deleted |= {key: [item] for key, item in ids.deleted.items()}
            return inverse


def orders(lengths: list[int]) -> Iterator[list[int]]:
    """Yield every order in which writers with so many steps can take their turns."""
    if not any(lengths):
        yield []
    for writer, left in enumerate(lengths):
        if left:
            rest = [length - (at == writer) for at, length in enumerate(lengths)]
            for order in orders(rest):
                yield [writer, *order]


def ends(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the document in which each order ends; every replica is held to it on the way."""
    base = a_document([{"id": "a"}, {"id": "b"}, {"id": "c"}], ["ab", "bc"])
    writers = case["writers"]
    for order in orders([len(steps) for steps in writers]):
        server = Server(base)
        replicas = [(base, 0) for _ in writers]
        undo: list[list[Any]] = [[] for _ in writers]
        done: list[list[Any]] = [[] for _ in writers]
        steps = [iter(each) for each in writers]
        for writer in order:
            step = next(steps[writer])
            if "undo" in step:
                server.send(undo[writer], [*done[writer], *undo[writer]])
            elif "read" not in step:
                done[writer] = step.get("ops") or step["put"]
                undo[writer] = server.send(done[writer])
            document, known = replicas[writer]
            for operations in server.log[known:]:
                document = apply(document, operations)
            replicas[writer] = document, len(server.log)
            assert document == server.document
        check({"name": "W", **server.document})
        yield server.document


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_order_ends_with_the_same_bytes_in_both_languages(case: dict[str, Any]) -> None:
    text = "\n".join(
        json.dumps(end, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for end in ends(case)
    )
    assert hashlib.sha256(text.encode()).hexdigest() == case["digest"]


@given(st.data())
def test_what_a_batch_deletes_is_brought_back_by_its_inverse_under_the_same_ids(
    data: st.DataObject,
) -> None:
    base = data.draw(documents())
    operations = data.draw(batches(base))
    after, inverse = apply_and_invert(base, operations)
    _, again = apply_and_invert(after, inverse)
    gone, back = ids_of(operations, inverse), ids_of(inverse, again)
    for noun in ("node", "edge"):
        left = {item["id"] for item in after[f"{noun}s"]}
        before = {item["id"] for item in base[f"{noun}s"]}
        for id in before - left:
            known = gone.deleted[noun, id]
            assert is_the_same(back.added[noun, id], [known], by_undo=False)
            assert not is_the_same({**known, "x": []}, [known], by_undo=False)
        assert left - before <= {id for of, id in gone.added if of == noun}
