"""What operations did to a document, as facts a page can word: added, removed, moved, changed.

Several operations on one thing count once, by its first value and its last; what was undone in
between counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.graph.document import same
from workflows.graph.operations import Operation
from workflows.types import Json, JsonObject

#: Characters of a value that is shown, and changed values of one summary.
MAX_SHOWN, MAX_CHANGED = 200, 20
#: Keys of a node that say where and how large it is shown.
_PLACE = frozenset({"position", "width", "height", "measured"})
#: What a node's own title is called in its data.
_TITLE = "label"


class _Missing:
    """Represents no value at all."""


MISSING = _Missing()
Value = Json | _Missing
#: (kind, id, key): one place of a document that operations set.
_Spot = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that is another than before; `field` is a key of the node's data, or `node.<key>`.

    Without a node it is a key of the document itself.
    """

    node: str | None
    field: str
    before: Value
    after: Value


@dataclass(slots=True)
class Effects:
    """What operations did: ids of nodes by what became of them, values, and edges by id."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    disconnected: list[str] = field(default_factory=list)

    @property
    def nodes(self) -> set[str]:
        """The nodes of which it says something."""
        values = {row.node for row in self.changed if row.node is not None}
        return {*self.added, *self.removed, *self.moved, *values}


class Ledger:
    """Takes operations with their inverses in the order they were applied, and sums them up."""

    def __init__(self) -> None:
        self._spots: dict[_Spot, tuple[Value, Value]] = {}

    def add(self, operations: Iterable[Operation], inverse: Iterable[Operation]) -> None:
        """Count one change; `inverse` is in the order in which it is applied, the last first."""
        for operation, back in zip(operations, reversed(list(inverse)), strict=False):
            noun, _, action = str(operation["op"]).partition(".")
            if action in ("add", "remove"):
                given, taken = operation.get(noun, MISSING), back.get(noun, MISSING)
                id = operation["id"] if action == "remove" else operation[noun]["id"]
                self._set((noun, id, ""), taken, given)
            elif action == "set":
                key = str(operation.get("field" if noun == "field" else "key"))
                place = (noun, operation.get("id", ""), key)
                self._set(place, back.get("value", MISSING), operation.get("value", MISSING))

    def effects(self) -> Effects:
        """Return what all of it did together."""
        found = Effects()
        whole = {
            spot[:2]: values
            for spot, values in self._spots.items()
            if spot[0] in ("node", "edge") and not spot[2]
        }
        for (noun, id), (before, after) in whole.items():
            came, went = before is MISSING, after is MISSING
            if came != went:
                lists = (found.added, found.removed)
                if noun == "edge":
                    lists = (found.connected, found.disconnected)
                lists[0 if came else 1].append(id)
            elif not came and noun == "node":
                _compare(found, id, before, after)
        gone = {id for (noun, id) in whole if noun == "node"}
        moved: dict[str, None] = {}
        for (noun, id, key), (before, after) in self._spots.items():
            if not key or id in gone or _alike(before, after):
                continue
            if noun == "node" and key in _PLACE:
                moved[id] = None
            elif noun == "node":
                found.changed.append(Changed(id, f"node.{key}", before, after))
            elif noun == "field":
                found.changed.append(Changed(id, key, before, after))
            elif noun == "meta" and key != "viewport":
                found.changed.append(Changed(None, key, before, after))
        found.moved.extend(moved)
        return found

    def _set(self, spot: _Spot, before: Value, after: Value) -> None:
        first = self._spots[spot][0] if spot in self._spots else before
        self._spots[spot] = (first, after)


def effects_of(operations: Iterable[Operation], inverse: Iterable[Operation]) -> Effects:
    """Return what one batch of operations did."""
    ledger = Ledger()
    ledger.add(operations, inverse)
    return ledger.effects()


def summary(effects: Effects, nodes: Mapping[str, JsonObject]) -> JsonObject:
    """Return effects for a list, each value short; `nodes` has what is known of them by id."""
    changed = [
        {
            "node": None if row.node is None else _named(row.node, nodes),
            "field": row.field,
            "before": _short(row.before),
            "after": _short(row.after),
        }
        for row in effects.changed[:MAX_CHANGED]
    ]
    return {
        "added": [_named(id, nodes) for id in effects.added[:MAX_CHANGED]],
        "removed": [_named(id, nodes) for id in effects.removed[:MAX_CHANGED]],
        "moved": [_named(id, nodes) for id in effects.moved[:MAX_CHANGED]],
        "changed": changed,
        "counts": {
            "added": len(effects.added),
            "removed": len(effects.removed),
            "moved": len(effects.moved),
            "changed": len(effects.changed),
            "connected": len(effects.connected),
            "disconnected": len(effects.disconnected),
        },
    }


def nodes_in(operations: Iterable[Operation]) -> Iterable[JsonObject]:
    """Yield the nodes that operations carry."""
    for operation in operations:
        if operation.get("op") == "node.add":
            yield operation["node"]


def _compare(found: Effects, id: str, before: Json, after: Json) -> None:
    """Say what is different about a node that went and came again."""
    if any(not same(before.get(key), after.get(key)) for key in _PLACE):
        found.moved.append(id)
    old, new = before["data"], after["data"]
    for key in {**old, **new}:
        values = old.get(key, MISSING), new.get(key, MISSING)
        if not _alike(*values):
            found.changed.append(Changed(id, key, *values))


def _alike(before: Value, after: Value) -> bool:
    if before is MISSING or after is MISSING:
        return before is after
    return same(before, after)


def _named(id: str | None, nodes: Mapping[str, JsonObject]) -> JsonObject:
    node = nodes.get(id or "", {})
    data = node.get("data")
    title = data.get(_TITLE) if isinstance(data, dict) else None
    return {
        "id": id,
        "type": node.get("type"),
        "title": title[:MAX_SHOWN] if isinstance(title, str) else "",
    }


def _short(value: Value) -> Json:
    """Keep a value that is short, and of the others only what kind they are."""
    if isinstance(value, _Missing):
        return None
    if isinstance(value, str):
        return value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
    return None if isinstance(value, dict | list) else value
