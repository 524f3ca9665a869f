"""Planning a run: the plan of a checked document, or all that prevents it.

Pure and iterative: a chain of 5,000 nodes is planned without recursion. Everything that is wrong is
collected as problems with node ids, so that the canvas can paint them all at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from workflows.errors import InvalidGraph, NodeError, Problem
from workflows.graph.document import show
from workflows.graph.modes import effective
from workflows.graph.node_ports import inputs_of, outputs_of, port_name
from workflows.graph.on_error import on_error_of
from workflows.graph.order import Order, sort
from workflows.graph.plan import Connection, Plan, PlannedNode
from workflows.graph.ports import Input, NodeType, Output, fits
from workflows.graph.randomize import RandomNumbers
from workflows.graph.schema import Field, node_fields, resolve
from workflows.graph.titles import how_to_give, label_of, titles
from workflows.graph.values import accept_typed, as_problem, is_unset
from workflows.types import Json, JsonObject, NodeId

#: What a node has: its inputs and its outputs.
Ports = tuple[tuple[Input, ...], tuple[Output, ...]]


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
                label = label_of(targets[into])
                self._problem(
                    "TWO_WIRES",
                    f"{self._name(id)}: {label} takes one connection and has more.",
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
            return None  # said already, and no one knows its ports
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
                    f"{self._name(id)} needs {label_of(port)}: {how_to_give(port)}.",
                    id,
                    port.name,
                    None,
                    f"a value of type {port.type}",
                )
        return found

    def _absent(self, id: NodeId, port: Input, attempted: Collection[str | None]) -> Json:
        """Return the value of an input without a typed one."""
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


def _edge_label(edge: JsonObject) -> str:
    data = edge.get("data")
    label = data.get("label") if isinstance(data, dict) else None
    return label.strip() if isinstance(label, str) else ""
