"""Where an edge really comes from: through reroutes, variables, bypassed nodes and subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflows.graph.comfy_format.converted import InputId
from workflows.graph.comfy_format.core_nodes import NOTES
from workflows.graph.comfy_format.flatten import Scope, bound, output_number
from workflows.graph.comfy_format.shape import BYPASSED, MUTED, Node, Socket
from workflows.graph.comfy_format.widgets import Value, control_at

GET, SET, PRIMITIVE, REROUTE = "GetNode", "SetNode", "PrimitiveNode", "Reroute"


@dataclass(frozen=True, slots=True)
class Source:
    """What feeds an input: output `slot` of a node that runs, or a value."""

    node: str = ""
    slot: int = 0
    value: Value | None = None


#: `muted`: a node that does not run; `open`: nothing is there.
Nothing = Literal["muted", "open"]


def trace(scope: Scope, socket: Socket) -> tuple[Source | Nothing, list[InputId]]:
    """Return what feeds an input of a node in a scope, or why nothing does.

    With it come the inputs of subgraph instances that were passed on the way.
    """
    tracer = _Tracer(socket.type)
    return tracer.link(scope, socket.link), tracer.through


class _Tracer:
    """The state of one walk upstream; `wanted` is the type of the input at its end."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.seen: set[tuple[str, str, int]] = set()
        self.through: list[InputId] = []
        #: What instances show on the way, for when nothing is found further out.
        self.shown: Value | None = None

    def link(self, scope: Scope, link_id: str | None) -> Source | Nothing:
        """Follow a link, one hop after the other, until a node that runs or an end."""
        hop: tuple[Scope, str | None] | Source | Nothing = (scope, link_id)
        while isinstance(hop, tuple):
            scope, link_id = hop
            link = scope.graph.links.get(link_id) if link_id is not None else None
            here = (scope.prefix, link.origin, link.origin_slot) if link else None
            if link is None or here is None or here in self.seen:
                hop = "open"
                break
            self.seen.add(here)
            hop = self._hop(scope, link.origin, link.origin_slot)
        return Source(value=self.shown) if hop == "open" and self.shown is not None else hop

    def _hop(
        self, scope: Scope, origin: str, slot: int
    ) -> tuple[Scope, str | None] | Source | Nothing:
        if origin == scope.graph.input_end and scope.parent is not None:
            return self._outside(scope, slot)
        node = scope.graph.nodes.get(origin)
        if node is None or node.type in NOTES:
            return "open"
        if node.mode == MUTED:
            return "muted"
        if node.mode == BYPASSED:
            return scope, self._passed(node, slot)
        child = scope.children.get(node.id)
        if child is not None:
            return child, _behind(child, output_number(node, child.graph, slot))
        if node.type in (REROUTE, SET):
            return scope, _first_link(node)
        if node.type == GET:
            return _variable(scope, node)
        if node.type == PRIMITIVE:
            return _primitive(node)
        return Source(scope.execution_id(node), slot)

    def _outside(self, scope: Scope, number: int) -> tuple[Scope, str | None] | Source | Nothing:
        """Go from a subgraph's input to the edge at its instance; what is shown there is kept."""
        assert scope.parent is not None and scope.instance is not None
        if number < len(scope.graph.inputs):
            id = scope.parent.execution_id(scope.instance)
            self.through.append((id, scope.graph.inputs[number].name))
        self.shown = scope.inputs.get(number) or self.shown
        socket = bound(scope.instance, scope.graph, number)
        if socket is not None and socket.link in scope.parent.graph.links:
            return scope.parent, socket.link
        return "open"

    def _passed(self, node: Node, slot: int) -> str | None:
        """Return the link of the input that a bypassed node passes on at an output."""
        inputs = node.inputs
        if not inputs:
            return None
        here = inputs[slot] if slot < len(inputs) else None
        if self.wanted == "*":
            return (here or inputs[0]).link
        output = node.outputs[slot].type if slot < len(node.outputs) else "*"
        if here is not None and _fit(here.type, output) and _fit(here.type, self.wanted):
            return here.link
        equal = next((one for one in inputs if one.type == self.wanted), None)
        chosen = equal or next((one for one in inputs if _fit(one.type, self.wanted)), None)
        return chosen.link if chosen else None


def _fit(one: str, other: str) -> bool:
    """Return whether two types can be connected: equal, a union in common, or any."""
    if "*" in (one, other):
        return True
    parts = {part.strip().lower() for part in one.split(",")}
    return bool(parts & {part.strip().lower() for part in other.split(",")})


def _first_link(node: Node) -> str | None:
    return node.inputs[0].link if node.inputs else None


def _behind(child: Scope, number: int) -> str | None:
    """Return the link inside a subgraph that feeds one of its outputs.

    Files exist with two; the first that the output itself lists is the one that counts.
    """
    graph = child.graph
    found = [link.id for link in graph.leaving.get(number, ())]
    listed = graph.outputs[number].links if number < len(graph.outputs) else ()
    return next((one for one in listed if one in found), found[0] if found else None)


def _variable(scope: Scope, node: Node) -> tuple[Scope, str | None] | Nothing:
    """Go from where a variable is read to where it is set, in this graph or one around it."""
    name = _first_value(node)
    around: Scope | None = scope
    while around is not None:
        for other in around.graph.nodes.values():
            if other.type == SET and _first_value(other) == name and name is not None:
                return "muted" if other.mode == MUTED else (around, _first_link(other))
        around = around.parent
    return "open"


def _primitive(node: Node) -> Source | Nothing:
    values = node.raw.get("widgets_values")
    if isinstance(values, list) and values:
        paths = ((*node.path, "widgets_values", 0),)
        # Its own control counts; the one at a widget that it feeds does nothing.
        return Source(value=Value(values[0], paths, node.title, control_at(node, 1) or "fixed"))
    return "open"


def _first_value(node: Node) -> object:
    values = node.raw.get("widgets_values")
    return values[0] if isinstance(values, list) and values else None
