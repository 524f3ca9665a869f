"""The difference of two documents, as operations.

Owns nothing but the comparison: what the operations mean is `operations`' matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.graph.document import READ_ONLY, same
from workflows.graph.operations import Operation
from workflows.types import JsonObject


def diff(before: JsonObject, after: JsonObject) -> list[Operation]:
    """Return operations with `same(apply(before, operations), after)`; none when they are the same.

    Both documents must have passed `document.check` and carry `nodes` and `edges`. Keys that only
    the server writes (`document.READ_ONLY`) are not compared. Edges go first and come last, so that
    nothing dangles on the way.
    """
    edges_out, edges_in = _items("edge", before["edges"], after["edges"])
    nodes_out, nodes_in = _items("node", before["nodes"], after["nodes"])
    meta = [
        {"op": "meta.set", "key": key, **value}
        for key, value in _changes(_meta(before), _meta(after))
    ]
    return [*meta, *edges_out, *nodes_out, *nodes_in, *edges_in]


def _meta(document: JsonObject) -> JsonObject:
    skipped = READ_ONLY | {"nodes", "edges"}
    return {key: value for key, value in document.items() if key not in skipped}


def _items(
    noun: str, before: list[JsonObject], after: list[JsonObject]
) -> tuple[list[Operation], list[Operation]]:
    """Return the removals, and the additions, changes and order of one list."""
    old = {item["id"]: item for item in before}
    new = {item["id"]: item for item in after}
    removals: list[Operation] = [{"op": f"{noun}.remove", "id": id} for id in old if id not in new]
    kept = [id for id in old if id in new]
    kept_sorted = [id for id in new if id in old]
    rest: list[Operation] = []
    length = len(kept)
    for index, (id, item) in enumerate(new.items()):
        if id in old:
            rest.extend(_item_changes(noun, old[id], item))
            continue
        addition: Operation = {"op": f"{noun}.add", noun: item}
        # Everything before `index` is in place already, so the index is the final one.
        rest.append(addition if index == length else {**addition, "index": index})
        length += 1
    if kept != kept_sorted:
        rest.append({"op": f"{noun}.order", "ids": list(new)})
    return removals, rest


def _item_changes(noun: str, old: JsonObject, new: JsonObject) -> Iterator[Operation]:
    # Most of a saved document is as it was. Written alike is alike, types and the sign of zero
    # included, and writing is much faster than walking.
    if old is new or repr(old) == repr(new):
        return
    for key, value in _changes(old, new):
        if noun == "node" and key == "data":
            for field, content in _changes(old["data"], new["data"]):
                yield {"op": "field.set", "id": old["id"], "field": field, **content}
        else:
            yield {"op": f"{noun}.set", "id": old["id"], "key": key, **value}


def _changes(old: JsonObject, new: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield each differing key with `{"value": …}`, or `{}` where the new object lacks it."""
    for key in old:
        if key not in new:
            yield key, {}
    for key, value in new.items():
        if key not in old or not same(old[key], value):
            yield key, {"value": value}
