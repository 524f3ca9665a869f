"""What went into a node's result, as one short digest: its own data, its edges, and all above it.

The engine keeps the digest with every step, and a result is up to date as long as the workflow
gives the same one: an edit changes it, undoing the edit brings it back. Titles and places count for
nothing. Works on documents that could not run, and without recursion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from workflows.graph.modes import effective
from workflows.graph.node_ports import inputs_of, outputs_of, port_name
from workflows.graph.order import sort
from workflows.graph.ports import NodeType
from workflows.graph.schema import node_fields
from workflows.types import Json, JsonObject, NodeId

#: Keys of a node's data that change nothing about its result.
IGNORED = frozenset({"label"})
#: Hexadecimal digits of a digest.
LENGTH = 32


@dataclass(frozen=True, slots=True)
class Made:
    """A result as far as its age matters: its digest, and when its node began and ended."""

    digest: str
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """What decides a node's result: its data, the fields it declares, and what its inputs get.

    `fields` are the type and value of each field an input node declares, by name; `sources` the
    node and output on each connection, by input. A pinned node has nothing but the `digest` of the
    result that it keeps.
    """

    type: str
    version: Json
    data: JsonObject
    fields: JsonObject
    sources: Mapping[str, list[tuple[NodeId, str]]]
    digest: str = ""


def given(
    document: JsonObject,
    inputs: JsonObject,
    types: Mapping[str, NodeType],
    made: Mapping[NodeId, Made] | None = None,
) -> dict[NodeId, Given]:
    """Return what each node has in a run with these inputs, sources first; no nodes in a cycle.

    Nodes that their modes leave out have none. A pinned node keeps the digest of its result in
    `made`.
    """
    effect = effective(document, types)
    document = effect.document
    items: dict[NodeId, JsonObject] = {node["id"]: node for node in document["nodes"]}
    incoming = _incoming(document)
    found: dict[NodeId, Given] = {}
    names: dict[NodeId, frozenset[str]] = {}
    for id in sort(_sources(incoming)).order:
        node = items[id]
        node_type = types.get(node["type"])
        version = node_type.version if node_type else None
        names[id] = _outputs(node, node_type)
        if id in effect.pinned:
            own = (made or {}).get(id)
            digest = own.digest if own else _digest(["pinned", effect.pinned[id]])
            found[id] = Given(node["type"], version, {}, {}, {}, digest)
            continue
        ports = _inputs(node, node_type) if incoming[id] else frozenset[str]()
        sources: dict[str, list[tuple[NodeId, str]]] = {}
        for edge in incoming[id]:
            source = edge["source"]
            if source in found:
                into = _port(edge.get("targetHandle"), "in", ports)
                port = _port(edge.get("sourceHandle"), "out", names[source])
                sources.setdefault(into, []).append((source, port))
        fields = _fields(node, node_type, inputs)
        hidden = {*IGNORED, "values"} if fields else IGNORED
        data = {name: value for name, value in node["data"].items() if name not in hidden}
        found[id] = Given(node["type"], version, data, fields, sources)
    return found


def digests(
    document: JsonObject,
    inputs: JsonObject,
    types: Mapping[str, NodeType],
    made: Mapping[NodeId, Made] | None = None,
) -> dict[NodeId, str]:
    """Return the digest of each node that `given` returns for a run."""
    return digests_of(given(document, inputs, types, made))


def digests_of(nodes: Mapping[NodeId, Given]) -> dict[NodeId, str]:
    """Return the digest of each node; sources come before what they feed."""
    found: dict[NodeId, str] = {}
    for id, node in nodes.items():
        if node.digest:
            found[id] = node.digest
            continue
        connected: dict[str, list[Json]] = {}
        for into, sources in node.sources.items():
            for source, port in sources:
                # One field of an input node says nothing about the others.
                value = nodes[source].fields.get(port)
                connected.setdefault(into, []).append(
                    [found[source], port] if value is None else [None, value]
                )
        found[id] = _digest([node.type, node.version, node.data, node.fields, connected])
    return found


def up_to_date(
    document: JsonObject, types: Mapping[str, NodeType], made: Mapping[NodeId, Made]
) -> set[NodeId]:
    """Return the nodes whose results a run of the document, with its own values, would stand by.

    Their digest is the document's, and none of the nodes above them that may give something else
    each time has run since. A random number counts for what it is connected to: drawn again, it
    leaves results up to date that were made with it.
    """
    now = digests(document, {}, types, made)
    effect = effective(document, types)
    document = effect.document
    kinds = {node["id"]: types.get(node["type"]) for node in document["nodes"]}
    constant = {node["id"]: _constant(node, kinds[node["id"]]) for node in document["nodes"]}
    incoming = _incoming(document)
    changed: dict[NodeId, datetime] = {}
    found: set[NodeId] = set()
    for id in now:
        own, node_type = made.get(id), kinds[id]
        if id in effect.pinned:
            found.add(id)
            continue
        sources = (
            edge["source"]
            for edge in incoming[id]
            if str(edge.get("sourceHandle")) not in (constant[edge["source"]] or ())
        )
        above = max((changed[source] for source in sources if source in changed), default=None)
        if own is not None and own.digest == now[id] and (above is None or own.began >= above):
            found.add(id)
        varies = constant[id] is not None or not (node_type and node_type.deterministic)
        if own is not None and varies:
            above = own.ended if above is None else max(above, own.ended)
        if above is not None:
            changed[id] = above
    return found


def _incoming(document: JsonObject) -> dict[NodeId, list[JsonObject]]:
    """Return the edges into each node from nodes that exist, in document order."""
    incoming: dict[NodeId, list[JsonObject]] = {node["id"]: [] for node in document["nodes"]}
    for edge in document["edges"]:
        if edge["source"] in incoming and edge["target"] in incoming:
            incoming[edge["target"]].append(edge)
    return incoming


def _sources(incoming: Mapping[NodeId, list[JsonObject]]) -> dict[NodeId, tuple[NodeId, ...]]:
    return {
        id: tuple(dict.fromkeys(edge["source"] for edge in edges)) for id, edges in incoming.items()
    }


def _fields(node: JsonObject, node_type: NodeType | None, inputs: JsonObject) -> JsonObject:
    """Return the type and value of each field an input node declares, by name."""
    if node_type is None or node_type.dynamic != "fields":
        return {}
    return {
        field.port.name: [
            field.port.type,
            inputs.get(field.port.name, field.preset),
        ]
        for field in node_fields(node)
    }


def _constant(node: JsonObject, node_type: NodeType | None) -> frozenset[str] | None:
    """Return the handles of the fields that are no random numbers; None where no field is one."""
    if node_type is None or node_type.dynamic != "fields":
        return None
    fields = list(node_fields(node))
    drawn = {f.port.name for f in fields if f.port.randomize and f.preset is None}
    if not drawn:
        return None
    fixed = {f.port.name for f in fields} - drawn
    return frozenset(fixed | {f"{name}-out" for name in fixed})


def _inputs(node: JsonObject, node_type: NodeType | None) -> frozenset[str]:
    ports = inputs_of(node_type, node["data"]) if node_type else ()
    return frozenset(port.name for port in ports if port.port)


def _outputs(node: JsonObject, node_type: NodeType | None) -> frozenset[str]:
    ports = outputs_of(node_type, node["data"]) if node_type else ()
    return frozenset(port.name for port in ports)


def _port(handle: Json, side: str, names: frozenset[str]) -> str:
    """Return the port a handle means, however it is spelt; an unknown one, as it is."""
    found = port_name(handle, "in" if side == "in" else "out", names)
    return found if found is not None else str(handle)


def _digest(parts: Json) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=LENGTH // 2).hexdigest()
