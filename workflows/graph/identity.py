"""What a batch does with ids, so that none that was deleted is given to another node or edge.

An edit that was made on an older document names its node by id. If another node had that id by now,
the edit would change the wrong one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workflows.graph.document import same
from workflows.graph.operations import Operation
from workflows.types import JsonObject

#: "node" or "edge", and the id.
Key = tuple[str, str]


@dataclass(slots=True)
class Ids:
    """The ids that a batch deletes, and those that it adds.

    `again` has those it adds after it has deleted them itself: what is added at last, and what was
    deleted first.
    """

    deleted: dict[Key, JsonObject] = field(default_factory=dict)
    added: dict[Key, JsonObject] = field(default_factory=dict)
    again: dict[Key, tuple[JsonObject, JsonObject]] = field(default_factory=dict)


def ids_of(operations: Sequence[Operation], inverse: Sequence[Operation]) -> Ids:
    """Return what applied operations do with ids; `inverse` are those that take them back."""
    found = Ids()
    for operation, back in zip(operations, reversed(inverse), strict=True):
        noun, _, action = operation["op"].partition(".")
        if action == "remove":
            key = (noun, operation["id"])
            found.deleted[key] = back[noun]
        elif action == "add":
            item = operation[noun]
            key = (noun, item["id"])
            known = found.deleted.pop(key, None)
            if known is None:
                found.added[key] = item
            else:
                first = found.again[key][1] if key in found.again else known
                found.again[key] = item, first
    return found


def added_by(operations: Iterable[Operation]) -> dict[Key, list[JsonObject]]:
    """Return what operations add, by id."""
    found: dict[Key, list[JsonObject]] = defaultdict(list)
    for operation in operations:
        noun, _, action = operation["op"].partition(".")
        if action == "add":
            found[noun, operation[noun]["id"]].append(operation[noun])
    return found


def is_the_same(item: JsonObject, deleted: Iterable[JsonObject], *, by_undo: bool) -> bool:
    """Return whether what is added is what was deleted.

    Undoing and redoing add what their page knows, which others may have changed before the end.
    """
    if by_undo:
        return any(item.get("type") == known.get("type") for known in deleted)
    return any(same(item, known) for known in deleted)
