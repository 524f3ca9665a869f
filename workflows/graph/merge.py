"""Merging two documents that were made from one: what both have changed stays as it is in one.

Owns nothing but the choice between three values; what a document may be is `document`'s matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from workflows.graph.document import same
from workflows.types import Json, JsonObject

#: Where a node is, how it is shown: a difference there is not worth a word.
_LOOKS = frozenset({"position", "width", "height", "measured", "style"})


@dataclass(frozen=True, slots=True)
class Merged:
    """A document, and how many changes were left out for those that `mine` has made."""

    document: JsonObject
    left_out: int


def merge(
    base: JsonObject, theirs: JsonObject, mine: JsonObject, *, skip: AbstractSet[str] = frozenset()
) -> Merged:
    """Return `mine` with what `theirs` has changed since `base`, but for what `mine` has changed.

    Values are merged field by field; `skip` are keys of the document that stay as they are.
    """
    merger = _Merger()
    lists = frozenset({"nodes", "edges"})
    document = merger.keys(base, theirs, mine, skip=skip | lists)
    nodes = merger.nodes(*(part["nodes"] for part in (base, theirs, mine)))
    ids = [{node["id"] for node in part} for part in (mine["nodes"], theirs["nodes"], nodes)]
    parts = (part["edges"] for part in (base, theirs, mine))
    edges = merger.edges(*parts, gone=ids[0] - ids[2], missing=ids[1] - ids[2])
    return Merged({**document, "nodes": nodes, "edges": edges}, merger.left_out)


class _Merger:
    def __init__(self) -> None:
        self.left_out = 0

    def keys(
        self,
        base: JsonObject,
        theirs: JsonObject,
        mine: JsonObject,
        *,
        skip: AbstractSet[str] = frozenset(),
    ) -> JsonObject:
        """Merge two objects key by key, in the order of `mine`."""
        merged: JsonObject = {}
        for key in dict.fromkeys([*mine, *theirs]):
            old, new, own = (_at(part, key) for part in (base, theirs, mine))
            if key in skip or _alike(old, new) or _alike(new, own):
                chosen = own
            elif _alike(old, own):
                chosen = new
            else:
                chosen = own
                self.left_out += key not in _LOOKS
            if chosen:
                merged[key] = chosen[0]
        return merged

    def nodes(
        self, base: list[JsonObject], theirs: list[JsonObject], mine: list[JsonObject]
    ) -> list[JsonObject]:
        """Merge the nodes: those of `mine` in their order, then what `theirs` has added."""
        old, new, own = (_by_id(part) for part in (base, theirs, mine))
        merged: list[JsonObject] = []
        for id, node in own.items():
            if id in new:
                merged.append(self._node(old.get(id, {"data": {}}), new[id], node))
            elif id not in old or not _same_content(old[id], node):
                merged.append(node)
                self.left_out += id in old
        for id, node in new.items():
            if id not in old and id not in own:
                merged.append(node)
            elif id not in own:
                # It was deleted here; what has become of it there is not wanted.
                self.left_out += not _same_content(old[id], node)
        return merged

    def edges(
        self,
        base: list[JsonObject],
        theirs: list[JsonObject],
        mine: list[JsonObject],
        *,
        gone: AbstractSet[str],
        missing: AbstractSet[str],
    ) -> list[JsonObject]:
        """Merge the edges; an input keeps what `mine` connects.

        `gone` are nodes of `mine` that are removed, `missing` those of `theirs` that do not come.
        """
        old, new, own = (_by_id(part) for part in (base, theirs, mine))
        merged = []
        for id, edge in own.items():
            unchanged = id in old and same(old[id], edge)
            kept = new.get(id) if unchanged else edge
            if kept is not None and (id in new or not _ends(kept) & gone):
                merged.append(kept)
        taken = {_input(edge) for edge in merged}
        wanted = Counter(_input(edge) for edge in theirs)
        for id, edge in new.items():
            if id in own or (id in old and same(old[id], edge)):
                continue
            # An input that takes several edges has several there.
            is_free = _input(edge) not in taken or wanted[_input(edge)] > 1
            if id not in old and is_free and not _ends(edge) & missing:
                merged.append(edge)
            else:
                self.left_out += 1
        return merged

    def _node(self, base: JsonObject, theirs: JsonObject, mine: JsonObject) -> JsonObject:
        data = self.keys(base["data"], theirs["data"], mine["data"])
        return {**self.keys(base, theirs, mine, skip=frozenset({"data", "id"})), "data": data}


def _at(part: JsonObject, key: str) -> list[Json]:
    """Return the value of a key as a list of one, or of none where it is missing."""
    return [part[key]] if key in part else []


def _alike(a: list[Json], b: list[Json]) -> bool:
    return len(a) == len(b) and all(map(same, a, b))


def _by_id(items: list[JsonObject]) -> dict[str, JsonObject]:
    return {item["id"]: item for item in items}


def _same_content(a: JsonObject, b: JsonObject) -> bool:
    return bool(same(*({k: v for k, v in node.items() if k not in _LOOKS} for node in (a, b))))


def _ends(edge: JsonObject) -> set[str]:
    return {edge["source"], edge["target"]}


def _input(edge: JsonObject) -> tuple[str, Json]:
    return edge["target"], edge.get("targetHandle")
