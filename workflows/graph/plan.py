"""The plan of a run: which nodes run, in which order, fed by what; and all that stands against it.

Pure and iterative: a chain of 5,000 nodes is planned without recursion. Everything that is wrong is
collected as problems with node ids, so that the canvas can paint them all at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workflows.errors import InvalidGraph, NodeError, Problem
from workflows.graph.document import show
from workflows.graph.modes import effective
from workflows.graph.node_ports import inputs_of, outputs_of, port_name
from workflows.graph.on_error import STOP, OnError, on_error_of
from workflows.graph.order import Order, sort
from workflows.graph.ports import MEDIA, Input, NodeType, Output, fits, item_type
from workflows.graph.randomize import RandomNumbers
from workflows.graph.schema import Field, node_fields, resolve
from workflows.graph.spread import Calls, Connected, calls
from workflows.graph.values import accept_typed, as_problem, is_unset
from workflows.types import Json, JsonObject, NodeId

#: A source: a node's id and the name of its output.
Link = tuple[NodeId, str]
#: What a node has: its inputs and its outputs.
Ports = tuple[tuple[Input, ...], tuple[Output, ...]]


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection into a port; `label` is what its author called the connection, if anything."""

    source: NodeId
    port: str
    edge_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """One node that runs.

    `values` are its typed-in values or defaults, converted, for every input that has one;
    `links` the sources of each connected input in edge order; `request` the values of the fields it
    declares (request input only). Together with the results of `links` they determine its output.
    `pinned` is the output it holds instead of running; nothing feeds it then. `on_error` is what it
    does when it fails.
    """

    id: NodeId
    type: str
    node_type: NodeType
    data: JsonObject
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    values: JsonObject
    links: Mapping[str, tuple[Link, ...]]
    connections: Mapping[str, tuple[Connection, ...]]
    request: JsonObject
    pinned: JsonObject | None = None
    on_error: OnError = STOP

    @property
    def title(self) -> str:
        """What a user calls the node: its label, else its type's name."""
        return _title(self.data, self.node_type)

    @property
    def has_model(self) -> bool:
        """Whether the node has chosen a model to do its work."""
        return any(port.widget == "model" for port in self.inputs)

    def output_type(self, port: str) -> str:
        """Return the declared type of an output, `any` for one it does not have."""
        return next((output.type for output in self.outputs if output.name == port), "any")


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked run: `nodes` in an order in which each comes after all it `depends` on.

    `sinks` are the nodes the run is for (with none declared, those nothing waits for); `inputs` the
    values of the run's inputs by name: given, else saved, else default. `randomized` are the random
    numbers among all values, by node and field.
    """

    nodes: Mapping[NodeId, PlannedNode]
    depends: Mapping[NodeId, tuple[NodeId, ...]]
    dependants: Mapping[NodeId, tuple[NodeId, ...]]
    sinks: tuple[NodeId, ...]
    inputs: JsonObject
    randomized: Mapping[NodeId, JsonObject]

    def following(self, nodes: Iterable[NodeId]) -> set[NodeId]:
        """Return all that depends on these nodes, however far below; not the nodes themselves."""
        found: set[NodeId] = set()
        waiting = list(nodes)
        while waiting:
            for dependant in self.dependants[waiting.pop()]:
                if dependant not in found:
                    found.add(dependant)
                    waiting.append(dependant)
        return found

    def calls(self, node_id: NodeId, outputs: Mapping[NodeId, JsonObject]) -> Calls:
        """Work out a node's calls from the outputs of the nodes it depends on.

        Raises NodeError for a value that does not fit its input.
        """
        node = self.nodes[node_id]
        connected = {
            port: [
                Connected(outputs[source].get(name), self.nodes[source].output_type(name))
                for source, name in links
            ]
            for port, links in node.links.items()
        }
        return calls(node.inputs, node.values, connected)


def compile(
    document: JsonObject,
    inputs: JsonObject,
    types: Mapping[str, NodeType],
    only: Collection[NodeId] | None = None,
    randomized: Mapping[NodeId, JsonObject] | None = None,
) -> Plan:
    """Plan a run of a checked document, as the modes of its nodes leave it.

    With sinks that are connected, these and their ancestors run; without, every node that has an
    edge, or a node that is alone. `only` names nodes that run with their ancestors instead.
    `randomized` are the random numbers the run has drawn before; those it lacks are drawn. Raises
    InvalidGraph with every problem found.
    """
    return _Planner(document, types, RandomNumbers(randomized)).plan(inputs, only)


class _Planner:
    """The state of one compilation; `problems` grows as the checks go on."""

    def __init__(
        self, document: JsonObject, types: Mapping[str, NodeType], numbers: RandomNumbers
    ) -> None:
        self.types = types
        self.numbers = numbers
        self.problems: list[Problem] = []
        self.names: dict[NodeId, str] = {}
        self.all: list[JsonObject] = document["nodes"]
        self.effect = effective(document, types)
        taking_part = self.effect.document
        self.items: dict[NodeId, JsonObject] = {node["id"]: node for node in taking_part["nodes"]}
        self.edges: list[JsonObject] = taking_part["edges"]
        self.incoming: dict[NodeId, list[JsonObject]] = {id: [] for id in self.items}
        self.connected: set[NodeId] = set()
        for edge in self.edges:
            source, target = edge["source"], edge["target"]
            if source in self.items and target in self.items:
                self.incoming[target].append(edge)
                self.connected.update((source, target))

    def plan(self, inputs: JsonObject, only: Collection[NodeId] | None) -> Plan:
        running = self._ancestors(self._goals(only))
        self._check_dangling(running)
        ports = {id: self._ports(id) for id in self.items if id in running}
        connections = {id: self._connections(id, ports) for id in ports}
        depends = {
            id: tuple(dict.fromkeys(edge["source"] for edge in self.incoming[id])) for id in ports
        }
        order = self._sort(depends)
        resolved, requests = self._request(inputs, running)
        values = {id: self._values(id, ports, connections[id]) for id in ports}
        if self.problems:
            raise InvalidGraph(self.problems)
        nodes: dict[NodeId, PlannedNode] = {}
        for id in order.order:
            node, node_type = self.items[id], self.types[self.items[id]["type"]]
            links = {
                port: tuple((connection.source, connection.port) for connection in feeding)
                for port, feeding in connections[id].items()
            }
            nodes[id] = PlannedNode(
                id,
                node["type"],
                node_type,
                node["data"],
                *ports[id],
                values[id],
                MappingProxyType(links),
                MappingProxyType(connections[id]),
                requests.get(id, {}),
                self._held(id, ports[id]),
                on_error_of(node),
            )
        ends = [id for id in nodes if not order.dependants[id]]
        sinks = [id for id, node in nodes.items() if node.node_type.sink] or ends
        return Plan(nodes, depends, order.dependants, tuple(sinks), resolved, self.numbers.used)

    def _held(self, id: NodeId, ports: Ports) -> JsonObject | None:
        held = self.effect.pinned.get(id)
        return None if held is None else {port.name: held.get(port.name) for port in ports[1]}

    # Which nodes run.

    def _goals(self, only: Collection[NodeId] | None) -> list[NodeId]:
        if only is not None:
            for id in only:
                if (reason := self._left_out(id)) is not None:
                    self._problem("NOTHING_TO_RUN", reason, id)
                elif id not in self.items:
                    message = "A node that is to run is not in the workflow."
                    self._problem("UNKNOWN_NODE", message, id, None, id)
                elif not self._runs(id):
                    message = f"{self._name(id)} is not a node that runs."
                    self._problem("NOTHING_TO_RUN", message, id)
            return [id for id in only if id in self.items and self._runs(id)]
        able = [id for id in self.items if self._runs(id)]
        sinks = [id for id in able if id in self.connected and self._is_sink(id)]
        if sinks:
            return sinks
        goals = [id for id in able if id in self.connected] or (able if len(able) == 1 else [])
        if not goals:
            lacking = next(iter(self.effect.missing), None)
            reason = "no two nodes are connected." if lacking is None else self._left_out(lacking)
            self._problem("NOTHING_TO_RUN", f"There is nothing to run: {reason}", lacking)
        return goals

    def _left_out(self, id: NodeId) -> str | None:
        """Say why a node does not take part, None when it does."""
        if id in self.effect.muted:
            return f"{self._name(id)} is muted."
        if id in self.effect.bypassed:
            return f"{self._name(id)} is bypassed."
        if id not in self.effect.missing:
            return None
        source = self.effect.missing[id]
        why = "is muted" if source in self.effect.muted else "is bypassed and passes nothing on"
        return f"{self._name(id)} needs {self._name(source)}, which {why}."

    def _runs(self, id: NodeId) -> bool:
        node_type = self.types.get(self.items[id]["type"])
        return node_type is None or node_type.runs

    def _is_sink(self, id: NodeId) -> bool:
        node_type = self.types.get(self.items[id]["type"])
        return node_type is not None and node_type.sink

    def _ancestors(self, goals: Iterable[NodeId]) -> set[NodeId]:
        found = set(goals)
        waiting = list(found)
        while waiting:
            for edge in self.incoming[waiting.pop()]:
                if edge["source"] not in found:
                    found.add(edge["source"])
                    waiting.append(edge["source"])
        return found

    # What is wrong with connections and values.

    def _check_dangling(self, running: set[NodeId]) -> None:
        for edge in self.edges:
            ends = (("source", edge["source"]), ("target", edge["target"]))
            for (side, missing), (_, other) in (ends, ends[::-1]):
                if missing not in self.items and other in running:
                    self._problem(
                        "DANGLING_EDGE",
                        f"A connection of {self._name(other)} leads to a node that is not there.",
                        other,
                        side,
                        missing,
                        "the id of a node in the workflow",
                        edge["id"],
                    )

    def _ports(self, id: NodeId) -> Ports:
        node = self.items[id]
        node_type = self.types.get(node["type"])
        if node_type is None:
            self._problem(
                "UNKNOWN_NODE_TYPE",
                f"This server does not know the node type {show(node['type'])}.",
                id,
                "type",
                node["type"],
                "a node type of this server",
            )
            return (), ()
        return inputs_of(node_type, node["data"]), outputs_of(node_type, node["data"])

    def _connections(
        self,
        id: NodeId,
        ports: Mapping[NodeId, Ports],
    ) -> dict[str, tuple[Connection, ...]]:
        """Check the connections into a node and return the good ones by port."""
        found: dict[str, list[Connection]] = {}
        if not self.incoming[id]:
            return {}
        targets = {port.name: port for port in ports[id][0] if port.port}
        for edge in self.incoming[id]:
            source = edge["source"]
            if source == id:
                message = f"{self._name(id)} is connected to itself."
                self._problem("SELF_LOOP", message, id, edge_id=edge["id"])
                continue
            sources = {port.name: port for port in ports[source][1]}
            out = self._port(edge, source, "out", sources)
            into = self._port(edge, id, "in", targets)
            if out is None or into is None:
                continue
            if fits(sources[out].type, targets[into].type) is None:
                self._mismatch(edge, sources[out], targets[into])
            elif into in found and not targets[into].many:
                self._problem(
                    "TWO_WIRES",
                    f"{self._name(id)}: {_label(targets[into])} takes one connection and has more.",
                    id,
                    into,
                    source,
                    "one connection",
                    edge["id"],
                )
            else:
                found.setdefault(into, []).append(
                    Connection(source, out, edge["id"], _edge_label(edge))
                )
        return {port: tuple(connections) for port, connections in found.items()}

    def _port(
        self,
        edge: JsonObject,
        id: NodeId,
        side: str,
        names: Mapping[str, Input] | Mapping[str, Output],
    ) -> str | None:
        if self.items[id]["type"] not in self.types:
            return None  # said already, and nobody knows its ports
        handle = edge.get("sourceHandle" if side == "out" else "targetHandle")
        found = port_name(handle, "out" if side == "out" else "in", frozenset(names))
        if found is None:
            noun = "output" if side == "out" else "input"
            expected = "one of " + ", ".join(names) if names else f"no {noun}s"
            self._problem(
                "UNKNOWN_PORT",
                f"{self._name(id)} has no {noun} {show(handle)}; expected {expected}.",
                id,
                "sourceHandle" if side == "out" else "targetHandle",
                handle,
                expected,
                edge["id"],
            )
        return found

    def _mismatch(self, edge: JsonObject, source: Output, target: Input) -> None:
        self._problem(
            "TYPE_MISMATCH",
            f"{self._name(edge['source'])} gives {source.type} ({source.name}); "
            f"{self._name(edge['target'])} takes {target.type} ({target.name}).",
            edge["target"],
            target.name,
            source.type,
            target.type,
            edge["id"],
        )

    def _values(
        self,
        id: NodeId,
        ports: Mapping[NodeId, Ports],
        connections: Mapping[str, tuple[Connection, ...]],
    ) -> JsonObject:
        """Return a node's typed-in values and defaults, converted."""
        if id in self.effect.pinned:
            return {}
        data = self.items[id]["data"]
        attempted = {
            port_name(edge.get("targetHandle"), "in", {port.name for port in ports[id][0]})
            for edge in self.incoming[id]
        }
        found: JsonObject = {}
        for port in ports[id][0]:
            typed = data.get(port.name)
            value = self._absent(id, port, attempted) if is_unset(port, typed) else typed
            try:
                value = accept_typed(port, value)
            except NodeError as error:
                # A connected value beats a typed one, so a bad one behind an edge does no harm.
                if port.name not in connections:
                    problem = as_problem(error, id)
                    self._problem(
                        problem.code,
                        f"{self._name(id)}: {problem.message}",
                        id,
                        problem.field,
                        problem.value,
                        problem.expected,
                    )
                continue
            if value is not None:
                found[port.name] = value
            elif port.required and port.name not in attempted:
                self._problem(
                    "MISSING_INPUT",
                    f"{self._name(id)} needs {_label(port)}: {how_to_give(port)}.",
                    id,
                    port.name,
                    None,
                    f"a value of type {port.type}",
                )
        return found

    def _absent(self, id: NodeId, port: Input, attempted: Collection[str | None]) -> Json:
        """Return what an input is that nobody has typed a value for."""
        if not port.randomize:
            return port.default
        return None if port.name in attempted else self.numbers.number(id, port)

    # The run's inputs.

    def _request(
        self, inputs: JsonObject, running: set[NodeId]
    ) -> tuple[JsonObject, dict[NodeId, JsonObject]]:
        """Resolve the fields of the request inputs; return all values, and those of each node."""
        fields: dict[str, Field] = {}
        owned: dict[NodeId, list[str]] = {}
        for node in self.all:
            id, node_type = node["id"], self.types.get(node["type"])
            if node_type is None or node_type.dynamic != "fields":
                continue
            for field in node_fields(node):
                name = field.port.name
                if name in fields:
                    self._problem(
                        "DUPLICATE_FIELD",
                        f"The input {show(name)} is declared twice.",
                        id,
                        name,
                        name,
                        "a name that no other field has",
                    )
                    continue
                fields[name] = field
                owned.setdefault(id, []).append(name)
        resolved = resolve(list(fields.values()), inputs, needed=running, numbers=self.numbers)
        self.problems.extend(resolved.problems)
        values = resolved.values
        return values, {
            id: {name: values.get(name) for name in names} for id, names in owned.items()
        }

    # Order.

    def _sort(self, depends: Mapping[NodeId, tuple[NodeId, ...]]) -> Order:
        order = sort(depends)
        for cycle in order.cycles:
            names = " → ".join(self._name(id) for id in [*cycle[:12], cycle[0]])
            more = f" (and {len(cycle) - 12} more)" if len(cycle) > 12 else ""
            self._problem(
                "CYCLE",
                f"These nodes wait for each other: {names}{more}.",
                cycle[0],
                None,
                list(cycle),
                "connections that lead in one direction",
            )
        return order

    # Words.

    def _problem(
        self,
        code: str,
        message: str,
        node_id: NodeId | None = None,
        field: str | None = None,
        value: Json = None,
        expected: str | None = None,
        edge_id: str | None = None,
    ) -> None:
        self.problems.append(Problem(code, message, node_id, field, value, expected, edge_id))

    def _name(self, id: NodeId) -> str:
        if not self.names:
            self.names = titles(self.all, self.types)
        return self.names[id]


def titles(nodes: Iterable[JsonObject], types: Mapping[str, NodeType]) -> dict[NodeId, str]:
    """Return what to call each node, by id; of two with one title, the later is numbered."""
    seen: Counter[str] = Counter()
    found: dict[NodeId, str] = {}
    for node in nodes:
        title = _title(node["data"], types.get(node["type"]))
        seen[title] += 1
        found[node["id"]] = title if seen[title] == 1 else f"{title} {seen[title]}"
    return found


def how_to_give(port: Input) -> str:
    """Return how an input gets its value: "connect an image or choose a file"."""
    by_hand = ""
    if port.widget is not None or not port.port:
        by_hand = "choose a file" if item_type(port.type) in MEDIA else "fill it in"
    if not port.port:
        return by_hand
    connect = f"connect {_NOUNS.get(item_type(port.type), 'an output')}"
    return f"{connect} or {by_hand}" if by_hand else connect


_NOUNS = {
    "text": "text",
    "number": "a number",
    "boolean": "a yes or no",
    "color": "a color",
    "image": "an image",
    "mask": "a mask",
    "video": "a video",
    "audio": "audio",
    "json": "JSON",
    "table": "a table",
    "file": "a file",
}


def _title(data: JsonObject, node_type: NodeType | None) -> str:
    label = data.get("label")
    if isinstance(label, str) and label.strip():
        return label.strip()
    return node_type.name if node_type else "Unknown node"


def _label(port: Input) -> str:
    return port.label or port.name


def _edge_label(edge: JsonObject) -> str:
    data = edge.get("data")
    label = data.get("label") if isinstance(data, dict) else None
    return label.strip() if isinstance(label, str) else ""
