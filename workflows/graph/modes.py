"""What the modes of nodes do to a graph: muted ones are left out, bypassed ones pass values on.

A node's `mode` is "mute" or "bypass"; `pinned` holds its result: `{"outputs": {…}, "since": …}`.
What runs, prices or exports a document takes `effective` of it first. What a node needs that is
left out leaves it out too; a port that takes many connections does without the missing ones. The
same rules live in the canvas's TypeScript; `tests/pure/modes_cases.json` holds both to them.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflows.graph.node_ports import inputs_of, outputs_of, port_name
from workflows.graph.ports import Input, NodeType, Output, fits
from workflows.types import Json, JsonObject, NodeId

MUTE, BYPASS = "mute", "bypass"
#: The same modes as ComfyUI writes them.
NUMBERS: Mapping[str, int] = {MUTE: 2, BYPASS: 4}
_MODES: Mapping[int | str, str] = {
    **{name: name for name in NUMBERS},
    **{number: name for name, number in NUMBERS.items()},
}


@dataclass(frozen=True, slots=True)
class Effective:
    """A graph as its modes leave it.

    `document` holds the nodes that take part and the edges between them; edges keep their ids and
    targets. `missing` maps each node that is left out though it is not muted to the node it needs;
    `pinned` maps nodes to the outputs they hold, and nothing leads into these.
    """

    document: JsonObject
    muted: frozenset[NodeId] = frozenset()
    bypassed: frozenset[NodeId] = frozenset()
    missing: Mapping[NodeId, NodeId] = field(default_factory=dict)
    pinned: Mapping[NodeId, JsonObject] = field(default_factory=dict)


def mode_of(node: JsonObject) -> str | None:
    """Return "mute" or "bypass", None for a node that runs; ComfyUI's numbers count as well."""
    mode = node.get("mode")
    if isinstance(mode, bool) or not isinstance(mode, int | str):
        return None
    return _MODES.get(mode)


def pinned_of(node: JsonObject, node_type: NodeType | None) -> JsonObject | None:
    """Return the outputs that a node holds, None where it runs; inputs and sinks hold none."""
    pinned = node.get("pinned")
    outputs = pinned.get("outputs") if isinstance(pinned, dict) else None
    if node_type is None or node_type.dynamic == "fields" or node_type.sink:
        return None
    return outputs if isinstance(outputs, dict) and node_type.runs else None


def passes(inputs: Sequence[Input], output: Output, connected: Sequence[str]) -> str | None:
    """Return the input whose value a bypassed node passes on as an output, None for none.

    Of the inputs with a connection, in their order: the first of the same type, else of the same
    item type, else the first that fits at all.
    """
    ports = [port for port in inputs if port.name in connected]
    ways = [(port, fits(port.type, output.type)) for port in ports]
    for port in ports:
        if port.type == output.type:
            return port.name
    for wanted in (("same", "each:same"), None):
        for port, way in ways:
            if way is not None and (wanted is None or way in wanted):
                return port.name
    return None


def effective(document: JsonObject, types: Mapping[str, NodeType]) -> Effective:
    """Return the graph that a run of a checked document executes."""
    nodes: list[JsonObject] = document["nodes"]
    modes = {node["id"]: mode for node in nodes if (mode := mode_of(node))}
    pinned = {
        node["id"]: held
        for node in nodes
        if node["id"] not in modes
        and "pinned" in node
        and (held := pinned_of(node, types.get(node["type"]))) is not None
    }
    if not modes and not pinned:
        return Effective(document)
    return _Effect(document, types, modes, pinned).find()


class _Effect:
    """The state of one look at a graph."""

    def __init__(
        self,
        document: JsonObject,
        types: Mapping[str, NodeType],
        modes: Mapping[NodeId, str],
        pinned: Mapping[NodeId, JsonObject],
    ) -> None:
        self.document, self.types, self.modes, self.pinned = document, types, modes, pinned
        self.items: dict[NodeId, JsonObject] = {node["id"]: node for node in document["nodes"]}
        self.incoming: defaultdict[NodeId, list[JsonObject]] = defaultdict(list)
        for edge in document["edges"]:
            if edge["target"] in modes:
                self.incoming[edge["target"]].append(edge)

    def find(self) -> Effective:
        edges: list[JsonObject] = []
        lost: list[tuple[JsonObject, NodeId]] = []
        for edge in self.document["edges"]:
            if edge["target"] in self.modes or edge["target"] in self.pinned:
                continue
            led, blame = self._lead(edge)
            if led is None:
                lost.append((edge, blame))
            else:
                edges.append(led)
        missing, edges = self._leave_out(edges, lost)
        gone = missing.keys() | self.modes.keys()
        kept = [node for node in self.document["nodes"] if node["id"] not in gone]
        named = {
            name: frozenset(id for id, mode in self.modes.items() if mode == name)
            for name in NUMBERS
        }
        return Effective(
            {**self.document, "nodes": kept, "edges": edges},
            named[MUTE],
            named[BYPASS],
            missing,
            self.pinned,
        )

    def _lead(self, edge: JsonObject) -> tuple[JsonObject | None, NodeId]:
        """Follow an edge back through bypassed nodes; without a source, name who is to blame."""
        source, handle = edge["source"], edge.get("sourceHandle")
        walked: set[NodeId] = set()
        while (mode := self.modes.get(source)) is not None:
            into = None if mode == MUTE or source in walked else self._through(source, handle)
            if into is None:
                return None, source
            walked.add(source)
            source, handle = into["source"], into.get("sourceHandle")
        if not walked:
            return edge, source
        led = {**edge, "source": source, "sourceHandle": handle}
        return (led if self._suits(led) else None), edge["source"]

    def _through(self, id: NodeId, handle: Json) -> JsonObject | None:
        """Return the edge into a bypassed node whose value comes out at a handle."""
        node = self.items[id]
        node_type = self.types.get(node["type"])
        if node_type is None:
            return None
        outputs = {port.name: port for port in outputs_of(node_type, node["data"])}
        out = port_name(handle, "out", frozenset(outputs))
        inputs = [port for port in inputs_of(node_type, node["data"]) if port.port]
        names = frozenset(port.name for port in inputs)
        connected: dict[str, JsonObject] = {}
        for edge in self.incoming[id]:
            into = port_name(edge.get("targetHandle"), "in", names)
            if into is not None and edge["source"] in self.items:
                connected.setdefault(into, edge)
        found = passes(inputs, outputs[out], list(connected)) if out is not None else None
        return connected[found] if found is not None else None

    def _suits(self, edge: JsonObject) -> bool:
        """Say whether what comes through bypassed nodes fits where it goes in the end."""
        source, target = self._port(edge, "source"), self._port(edge, "target")
        return source is None or target is None or fits(source.type, target.type) is not None

    def _port(self, edge: JsonObject, side: str) -> Input | Output | None:
        node = self.items.get(edge[side])
        node_type = self.types.get(node["type"]) if node else None
        if node is None or node_type is None:
            return None
        handle = edge.get(f"{side}Handle")
        ports: Mapping[str, Input | Output]
        if side == "source":
            ports = {port.name: port for port in outputs_of(node_type, node["data"])}
        else:
            ports = {port.name: port for port in inputs_of(node_type, node["data"]) if port.port}
        name = port_name(handle, "out" if side == "source" else "in", frozenset(ports))
        return ports[name] if name is not None else None

    def _leave_out(
        self, edges: list[JsonObject], lost: list[tuple[JsonObject, NodeId]]
    ) -> tuple[dict[NodeId, NodeId], list[JsonObject]]:
        """Return the nodes that lack something, with what; and the edges that are left."""
        outgoing: defaultdict[NodeId, list[JsonObject]] = defaultdict(list)
        left: defaultdict[tuple[NodeId, str], int] = defaultdict(int)
        for edge in edges:
            outgoing[edge["source"]].append(edge)
            left[_place(edge)] += 1
        missing: dict[NodeId, NodeId] = {}
        waiting = deque(lost)
        while waiting:
            edge, blame = waiting.popleft()
            target = edge["target"]
            if target in missing or target not in self.items:
                continue
            port = self._port(edge, "target")
            if port is not None and isinstance(port, Input) and port.many and left[_place(edge)]:
                continue
            missing[target] = blame
            for led in outgoing[target]:
                left[_place(led)] -= 1
                waiting.append((led, blame))
        return missing, [
            edge
            for edge in edges
            if edge["source"] not in missing and edge["target"] not in missing
        ]


def _place(edge: JsonObject) -> tuple[NodeId, str]:
    handle = edge.get("targetHandle")
    return edge["target"], handle.removesuffix("-in") if isinstance(handle, str) else ""
