"""The plan of a run: which nodes run, in which order, fed by what; `planner.py` makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflows.graph.on_error import STOP, OnError
from workflows.graph.ports import Input, NodeType, Output
from workflows.graph.spread import Calls, Connected, calls
from workflows.graph.titles import title_of
from workflows.types import JsonObject, NodeId

#: A source: a node's id and the name of its output.
Link = tuple[NodeId, str]


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
        return title_of(self.data, self.node_type)

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
