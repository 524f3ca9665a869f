"""Operations, the words in which a document is changed: applying them and inverting them.

Documents and operations are never mutated; results share what was not touched. Whether the changed
graph can run is not checked here: drafts may dangle. The same rules live in the canvas's
TypeScript.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from workflows.errors import InvalidBody, TooLarge
from workflows.graph.document import (
    MAX_EDGES,
    MAX_NODES,
    READ_ONLY,
    check_edge,
    check_meta,
    check_node,
    same,
    show,
)
from workflows.types import Json, JsonObject

Operation = JsonObject

#: Operation -> the keys it must have and those it may have, besides `op`.
SHAPES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "node.add": (frozenset({"node"}), frozenset({"index"})),
    "node.remove": (frozenset({"id"}), frozenset()),
    "node.set": (frozenset({"id", "key"}), frozenset({"value"})),
    "node.order": (frozenset({"ids"}), frozenset()),
    "field.set": (frozenset({"id", "field"}), frozenset({"value"})),
    "edge.add": (frozenset({"edge"}), frozenset({"index"})),
    "edge.remove": (frozenset({"id"}), frozenset()),
    "edge.set": (frozenset({"id", "key"}), frozenset({"value"})),
    "edge.order": (frozenset({"ids"}), frozenset()),
    "meta.set": (frozenset({"key"}), frozenset({"value"})),
}


def apply(
    document: JsonObject,
    operations: Sequence[Json],
    *,
    max_nodes: int = MAX_NODES,
    max_edges: int = MAX_EDGES,
) -> JsonObject:
    """Return the document with the operations applied in order, all of them or none.

    The document must have passed `document.check`; the result then would, too. Raises InvalidBody
    (TooLarge for a node or edge above the limit) naming the operation's `index`, the `field`, its
    `value` and what was `expected`.
    """
    limits = {"max_nodes": max_nodes, "max_edges": max_edges}
    return apply_and_invert(document, operations, **limits)[0]


def invert(document: JsonObject, operations: Sequence[Json]) -> list[Operation]:
    """Return the operations that take `apply(document, operations)` back to `document`.

    Raises as `apply` does.
    """
    return apply_and_invert(document, operations)[1]


def apply_and_invert(
    document: JsonObject,
    operations: Sequence[Json],
    *,
    max_nodes: int = MAX_NODES,
    max_edges: int = MAX_EDGES,
) -> tuple[JsonObject, list[Operation]]:
    """Return both the changed document and the inverse operations, in one pass; see `apply`."""
    if not isinstance(operations, list | tuple):
        raise _Fault("operations", operations, "a list of operations").at(None)
    draft = _Draft(document, {"node": max_nodes, "edge": max_edges})
    inverse: list[Operation] = []
    for index, operation in enumerate(operations):
        try:
            inverse.append(draft.apply(operation))
        except _Fault as fault:
            raise fault.at(index) from None
        except (InvalidBody, TooLarge) as error:
            error.context["index"] = index
            raise
    inverse.reverse()
    return draft.finish(), inverse


def apply_rebased(
    document: JsonObject,
    operations: Sequence[Json],
    *,
    max_nodes: int = MAX_NODES,
    max_edges: int = MAX_EDGES,
) -> tuple[JsonObject, list[Operation], list[Operation]]:
    """Apply operations that were made on an older document than this one.

    Returns the changed document, the inverse, and the operations as they were applied: what is done
    already is left out, places and orders are made to fit, and a node that is removed takes its
    newer edges along. Raises as `apply` does when one has lost its target: nothing is applied then.
    """
    draft = _Draft(document, {"node": max_nodes, "edge": max_edges})
    inverse: list[Operation] = []
    applied: list[Operation] = []
    for index, operation in enumerate(operations):
        try:
            for fitting in draft.rebased(operation):
                inverse.append(draft.apply(fitting))
                applied.append(fitting)
        except _Fault as fault:
            raise fault.at(index) from None
        except (InvalidBody, TooLarge) as error:
            error.context["index"] = index
            raise
    inverse.reverse()
    return draft.finish(), inverse, applied


class _Fault(Exception):
    """A fault in one operation, before its place in the batch is known."""

    def __init__(self, field: str, value: Json, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected

    def at(self, index: int | None) -> InvalidBody:
        where = self.field if index is None else f"operations[{index}].{self.field}"
        facts = {"field": self.field, "value": self.value, "expected": self.expected}
        if index is not None:
            facts["index"] = index
        return InvalidBody(
            f"{where} is {show(self.value)}; expected {self.expected}.",
            **facts,
        )


class _Section:
    """The nodes or the edges of a draft: order and items by id, so that one look-up finds one."""

    def __init__(self, noun: str, items: list[JsonObject], limit: int) -> None:
        self.noun = noun
        self.limit = limit
        self.check = check_node if noun == "node" else check_edge
        self.order = [item["id"] for item in items]
        self.items = dict(zip(self.order, items, strict=True))
        if len(self.items) < len(self.order):
            raise _Fault(f"{noun}s", len(self.order), f"{noun}s with distinct ids")

    def add(self, item: Json, index: Json) -> Operation:
        self.check(item, self.noun)
        if item["id"] in self.items:
            raise _Fault(f"{self.noun}.id", item["id"], f"an id that no {self.noun} has yet")
        if index is None:
            index = len(self.order)
        if not isinstance(index, int) or isinstance(index, bool):
            raise _Fault("index", index, "an integer")
        if not 0 <= index <= len(self.order):
            raise _Fault("index", index, f"0 to {len(self.order)}")
        if len(self.order) >= self.limit:
            raise TooLarge(
                f"The workflow has {len(self.order)} {self.noun}s; "
                f"this server takes at most {self.limit}.",
                field=self.noun,
                value=len(self.order) + 1,
                expected=f"at most {self.limit}",
            )
        self.order.insert(index, item["id"])
        self.items[item["id"]] = item
        return {"op": f"{self.noun}.remove", "id": item["id"]}

    def get(self, id: Json) -> JsonObject:
        item: JsonObject | None = self.items.get(id) if isinstance(id, str) else None
        if item is None:
            raise _Fault("id", id, f"the id of a {self.noun} in the document")
        return item

    def remove(self, id: Json) -> Operation:
        item = self.get(id)
        index = self.order.index(id)
        del self.order[index], self.items[id]
        back: Operation = {"op": f"{self.noun}.add", self.noun: item}
        return back if index == len(self.order) else {**back, "index": index}

    def set(self, operation: Operation, reserved: frozenset[str]) -> Operation:
        item, key = self.get(operation["id"]), operation["key"]
        if not isinstance(key, str) or key in reserved:
            names = " and ".join(sorted(reserved))
            raise _Fault("key", key, f"a key other than {names}")
        changed = _with(item, key, operation)
        self.check(changed, self.noun)
        self.items[operation["id"]] = changed
        return _back(operation, item, key)

    def reorder(self, ids: Json) -> Operation:
        if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
            raise _Fault("ids", ids, "a list of ids")
        if len(ids) != len(self.order) or set(ids) != self.items.keys():
            raise _Fault("ids", ids, f"the ids of all {len(self.order)} {self.noun}s, each once")
        before, self.order = self.order, list(ids)
        return {"op": f"{self.noun}.order", "ids": before}

    def finish(self) -> list[JsonObject]:
        return [self.items[id] for id in self.order]


class _Draft:
    """A document under change; only the sections that are touched are copied."""

    def __init__(self, document: JsonObject, limits: dict[str, int]) -> None:
        self.document = dict(document)
        self.limits = limits
        # The edges at each node; None: not known.
        self._ends: defaultdict[str, list[str]] | None = None
        self.sections: dict[str, _Section] = {}

    def section(self, noun: str) -> _Section:
        found = self.sections.get(noun)
        if found is None:
            found = _Section(noun, self.document.get(f"{noun}s", []), self.limits[noun])
            self.sections[noun] = found
        return found

    def rebased(self, operation: Json) -> list[Operation]:
        """Return what an operation on an older document comes to on this one."""
        verb = _shape(operation)
        noun, _, action = verb.partition(".")
        if action == "set":
            if noun == "edge" and operation["key"] in ("source", "target"):
                self._must_stand(operation["key"], operation.get("value"))
                self._ends = None
            return [operation]
        section = self.section(noun)
        if action == "add":
            return self._rebased_add(section, operation)
        if action == "order":
            wanted = operation["ids"]
            if not isinstance(wanted, list) or not all(isinstance(id, str) for id in wanted):
                return [operation]
            known = list(dict.fromkeys(id for id in wanted if id in section.items))
            placed = set(known)
            return [{**operation, "ids": known + [id for id in section.order if id not in placed]}]
        id = operation["id"]
        if not isinstance(id, str) or id not in section.items:
            return []
        edges = self._edges_at(id) if noun == "node" else []
        return [*({"op": "edge.remove", "id": edge} for edge in edges), operation]

    def _rebased_add(self, section: _Section, operation: Operation) -> list[Operation]:
        item = operation[section.noun]
        section.check(item, section.noun)
        known = section.items.get(item["id"])
        if known is not None and same(known, item):
            return []
        if section.noun == "edge":
            for end in ("source", "target"):
                self._must_stand(f"edge.{end}", item[end])
            self._ends = None
        index, last = operation.get("index"), len(section.order)
        if isinstance(index, int) and not isinstance(index, bool) and index > last:
            return [{**operation, "index": last}]
        return [operation]

    def _must_stand(self, field: str, id: Json) -> None:
        if not isinstance(id, str) or id not in self.section("node").items:
            raise _Fault(field, id, "the id of a node in the document")

    def _edges_at(self, id: str) -> list[str]:
        """Return the edges at a node; all edges are read once for removals in a row."""
        items = self.section("edge").items
        if self._ends is None:
            self._ends = defaultdict(list)
            for edge in items.values():
                for end in {edge["source"], edge["target"]}:
                    self._ends[end].append(edge["id"])
        return [edge for edge in self._ends.pop(id, ()) if edge in items]

    def apply(self, operation: Json) -> Operation:
        """Apply one operation and return its inverse."""
        verb = _shape(operation)
        noun, _, action = verb.partition(".")
        if noun == "meta":
            return self._set_meta(operation)
        if noun == "field":
            return self._set_field(operation)
        section = self.section(noun)
        if action == "add":
            return section.add(operation[noun], operation.get("index"))
        if action == "remove":
            return section.remove(operation["id"])
        if action == "order":
            return section.reorder(operation["ids"])
        reserved = frozenset({"id", "data"}) if noun == "node" else frozenset({"id"})
        return section.set(operation, reserved)

    def _set_field(self, operation: Operation) -> Operation:
        section, field = self.section("node"), operation["field"]
        node = section.get(operation["id"])
        if not isinstance(field, str):
            raise _Fault("field", field, "the name of a field")
        section.items[node["id"]] = {**node, "data": _with(node["data"], field, operation)}
        return _back(operation, node["data"], field)

    def _set_meta(self, operation: Operation) -> Operation:
        key = operation["key"]
        if not isinstance(key, str) or key in READ_ONLY or key in ("nodes", "edges"):
            raise _Fault("key", key, "a key of the document that its owner may set")
        if "value" in operation:
            check_meta(key, operation["value"])
        back = _back(operation, self.document, key)
        self.document = _with(self.document, key, operation)
        return back

    def finish(self) -> JsonObject:
        for noun, section in self.sections.items():
            self.document[f"{noun}s"] = section.finish()
        return self.document


def _shape(operation: Json) -> str:
    """Check an operation's keys and return its verb."""
    if not isinstance(operation, dict):
        raise _Fault("op", operation, "an object with the key op")
    verb = operation.get("op")
    if not isinstance(verb, str) or verb not in SHAPES:
        raise _Fault("op", verb, "one of " + ", ".join(SHAPES))
    needed, allowed = SHAPES[verb]
    for key in sorted(needed):
        if key not in operation:
            raise _Fault(key, None, f"{verb} with {' and '.join(sorted(needed))}")
    for key in operation:
        if key != "op" and key not in needed and key not in allowed:
            raise _Fault(key, operation[key], f"no key {key!r} in {verb}")
    return verb


def _with(old: JsonObject, key: str, operation: Operation) -> JsonObject:
    """Copy `old` with `key` set to the operation's value, or without it when it has none."""
    new = dict(old)
    if "value" in operation:
        new[key] = operation["value"]
    else:
        new.pop(key, None)
    return new


def _back(operation: Operation, old: JsonObject, key: str) -> Operation:
    """Return the operation that gives `key` back the value it had in `old`."""
    back = {name: value for name, value in operation.items() if name != "value"}
    return {**back, "value": old[key]} if key in old else back
