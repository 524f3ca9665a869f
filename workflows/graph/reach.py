"""What a run of named nodes covers: what they need too, what follows them too, or they alone.

Pure. Nodes that run alone take the results that earlier runs have made of what feeds them; such a
result is held for the run as a pinned one is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal

from workflows.graph.modes import effective
from workflows.graph.ports import NodeType
from workflows.types import JsonObject, NodeId

#: `to`: the nodes with all they need; `from`: they and all that follows them, with what that needs;
#: `alone`: nothing else, on the results of earlier runs.
Reach = Literal["to", "from", "alone"]


def following(
    document: JsonObject, types: Mapping[str, NodeType], nodes: Collection[NodeId]
) -> list[NodeId]:
    """Return nodes with all that follows them and runs, in document order."""
    leads: defaultdict[NodeId, list[NodeId]] = defaultdict(list)
    taking_part = effective(document, types).document
    for edge in taking_part["edges"]:
        leads[edge["source"]].append(edge["target"])
    found = _walk(nodes, lambda id: leads[id])
    kinds = {node["id"]: types.get(node["type"]) for node in taking_part["nodes"]}
    able = [id for id, kind in kinds.items() if id in found and kind is not None and kind.runs]
    return [*able, *(id for id in nodes if id not in kinds or id not in able)]


def feeding(
    document: JsonObject, types: Mapping[str, NodeType], nodes: Collection[NodeId]
) -> list[NodeId]:
    """Return the nodes whose results others run on when these run alone, in document order.

    What only hands values on runs with them, and what feeds that is looked for instead.
    """
    effect = effective(document, types)
    fed: defaultdict[NodeId, list[NodeId]] = defaultdict(list)
    for edge in effect.document["edges"]:
        fed[edge["target"]].append(edge["source"])
    kinds = {node["id"]: types.get(node["type"]) for node in effect.document["nodes"]}
    needed: set[NodeId] = set()

    def sources(id: NodeId) -> Iterable[NodeId]:
        for source in fed[id]:
            kind = kinds.get(source)
            if kind is None or source in nodes or source in effect.pinned:
                continue
            if kind.works and not kind.sink:
                needed.add(source)
            else:
                yield source

    _walk(nodes, sources)
    return [id for id in kinds if id in needed]


def holding(document: JsonObject, results: Mapping[NodeId, JsonObject]) -> JsonObject:
    """Return a document whose nodes hold these results instead of running."""
    if not results:
        return document
    nodes = [
        {**node, "pinned": {"outputs": results[node["id"]]}} if node["id"] in results else node
        for node in document["nodes"]
    ]
    return {**document, "nodes": nodes}


def _walk(nodes: Iterable[NodeId], onward: Callable[[NodeId], Iterable[NodeId]]) -> set[NodeId]:
    found = set(nodes)
    waiting = list(found)
    while waiting:
        for id in onward(waiting.pop()):
            if id not in found:
                found.add(id)
                waiting.append(id)
    return found
