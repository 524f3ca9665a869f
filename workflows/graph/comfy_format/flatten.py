"""Subgraphs spread out: every use of a definition as a scope of its own, with its outer values.

Nodes in a scope are known to runners by execution ids: `12:5` is node 5 in the subgraph that
instance 12 uses, `12:5:3` one level deeper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.errors import TooLarge
from workflows.graph.comfy_format.converted import Path
from workflows.graph.comfy_format.shape import BYPASSED, MUTED, Definitions, Graph, Node, Socket
from workflows.graph.comfy_format.widgets import Value, pairs
from workflows.types import Json

#: Definitions within definitions multiply: a small file can mean more nodes than memory holds.
MAX_NODES = 20_000
_MAX_DEPTH = 16
_PREVIEW = "$$"


@dataclass(slots=True)
class Scope:
    """One use of a graph: `inputs` and `widgets` hold the values that its instance sets in it."""

    graph: Graph
    prefix: str = ""
    parent: Scope | None = None
    instance: Node | None = None
    children: dict[str, Scope] = field(default_factory=dict)
    #: Value for a subgraph input, by its number.
    inputs: dict[int, Value] = field(default_factory=dict)
    #: Value for a widget of a node inside, by node id and widget name.
    widgets: dict[tuple[str, str], Value] = field(default_factory=dict)

    def execution_id(self, node: Node) -> str:
        """Return the id by which runners know a node of this scope."""
        return self.prefix + node.id

    def walk(self) -> Iterator[tuple[Scope, Node]]:
        """Yield every node that is no instance, muted and bypassed ones left out, in file order."""
        for node in self.graph.nodes.values():
            if node.mode in (MUTED, BYPASSED):
                continue
            child = self.children.get(node.id)
            if child is not None:
                yield from child.walk()
            else:
                yield self, node


def flatten(root: Graph, definitions: Definitions) -> tuple[Scope, list[str]]:
    """Return the root's scope with those of all subgraphs in it, and what could not be spread.

    Raises TooLarge when the subgraphs multiply to more than `MAX_NODES` nodes.
    """
    warnings: list[str] = []
    top = Scope(root)
    waiting = [(top, frozenset[str]())]
    count = 0
    while waiting:
        scope, above = waiting.pop()
        count += len(scope.graph.nodes)
        if count > MAX_NODES:
            raise TooLarge(
                f"The subgraphs of this workflow come to more than {MAX_NODES} nodes.",
                field="graph",
                value=count,
                expected=f"at most {MAX_NODES} nodes",
            )
        for node in scope.graph.nodes.values():
            inner = definitions.get(node.type)
            if inner is None:
                continue
            if node.type in above or len(above) >= _MAX_DEPTH:
                warnings.append(
                    f"Node {scope.execution_id(node)}: the subgraph {inner.name} "
                    "contains itself and was left out."
                )
                continue
            child = Scope(inner, f"{scope.execution_id(node)}:", scope, node)
            scope.children[node.id] = child
            waiting.append((child, above | {node.type}))
        _set_values(scope, definitions)
    return top, warnings


def bound(instance: Node, graph: Graph, number: int) -> Socket | None:
    """Return the instance's socket for a subgraph input: of its name, or else in its place."""
    wanted = graph.inputs[number] if number < len(graph.inputs) else None
    if wanted is None:
        return None
    named = [one for one in instance.inputs if one.name == wanted.name]
    if named:
        return next((one for one in named if one.type == wanted.type), named[0])
    known = {one.name for one in graph.inputs}
    if number < len(instance.inputs) and instance.inputs[number].name not in known:
        return instance.inputs[number]
    return None


def output_number(instance: Node, graph: Graph, slot: int) -> int:
    """Return which subgraph output an instance's output is: of its name, or else in its place."""
    name = instance.outputs[slot].name if slot < len(instance.outputs) else None
    return next((at for at, one in enumerate(graph.outputs) if one.name == name), slot)


def promoted(graph: Graph, known: Definitions) -> list[int]:
    """List the numbers of the subgraph inputs that show a widget on the instance, in order."""
    found = known.promoted.get(id(graph))
    if found is None:
        known.promoted[id(graph)] = found = []  # what a definition within itself gets
        found += [at for at in range(len(graph.inputs)) if _shows(graph, at, known)]
    return found


def _shows(graph: Graph, number: int, known: Definitions) -> bool:
    """Return whether a subgraph input leads to a widget, also through instances inside."""
    for link in graph.entering.get(number, ()):
        node = graph.nodes.get(link.target)
        sockets = node.inputs if node else ()
        socket = next((one for one in sockets if one.link == link.id), None)
        if node is None or socket is None:
            continue
        if socket.widget is not None:
            return True
        inner = known.get(node.type)
        names = {inner.inputs[at].name for at in promoted(inner, known)} if inner else set()
        if socket.name in names:
            return True
    return False


def shown_values(
    instance: Node, graph: Graph, definitions: Definitions
) -> tuple[dict[int, Value], dict[tuple[str, str], Value]]:
    """Return what an instance sets in its subgraph: values of inputs, and of widgets inside.

    Widgets inside are named by node id and name; files from before promoted inputs list them so.
    """
    raw = instance.raw
    named, saved = raw.get("widgets_values_named"), raw.get("widgets_values")
    key = "widgets_values_named"
    if isinstance(saved, dict) and not isinstance(named, dict):
        named, saved, key = saved, [], "widgets_values"
    values = saved if isinstance(saved, list) else []
    proxies = _proxies(instance.properties.get("proxyWidgets"))
    inputs: dict[int, Value] = {}
    widgets: dict[tuple[str, str], Value] = {}
    if proxies is None:
        slots = pairs(named, values) if isinstance(named, dict) else None
        for at, number in enumerate(promoted(graph, definitions)):
            name = graph.inputs[number].name
            paths: list[Path] = []
            value: Json = None
            slot = at if slots is None else slots.get(name)
            if isinstance(named, dict) and name in named:
                value = named[name]
                paths.append((*instance.path, key, name))
            if slot is not None and slot < len(values):
                value = values[slot]
                paths.append((*instance.path, "widgets_values", slot))
            if value is not None:
                inputs[number] = Value(value, tuple(paths), _label(instance, graph, number))
    assigned = [*_proxied(instance, proxies or [], values), *_quarantined(instance)]
    for node_id, name, one in assigned:
        if node_id != "-1":
            widgets[node_id, name] = one
            continue
        # The node -1 means the subgraph's own input.
        inputs |= {at: one for at, socket in enumerate(graph.inputs) if socket.name == name}
    return inputs, widgets


def _set_values(scope: Scope, definitions: Definitions) -> None:
    """Work out what is set inside a scope, by its instance or one further out."""
    instance, parent = scope.instance, scope.parent
    if instance is None or parent is None:
        return
    scope.inputs, scope.widgets = shown_values(instance, scope.graph, definitions)
    for number, socket in enumerate(scope.graph.inputs):
        over = parent.widgets.get((instance.id, socket.name))
        if over is not None:
            scope.inputs[number] = over


def _proxied(
    instance: Node, proxies: list[tuple[str, str]], values: list[Json]
) -> Iterator[tuple[str, str, Value]]:
    shown = [one for one in proxies if not one[1].startswith(_PREVIEW)]
    listed = shown if len(values) <= len(shown) else proxies
    for at, ((node_id, name), value) in enumerate(zip(listed, values, strict=False)):
        if value is not None and not name.startswith(_PREVIEW):
            path = (*instance.path, "widgets_values", at)
            yield node_id, name, Value(value, (path,), name)


def _quarantined(instance: Node) -> Iterator[tuple[str, str, Value]]:
    """Yield the values of promoted widgets that the page could not bind to their node any more."""
    rows = instance.properties.get("proxyWidgetErrorQuarantine")
    for at, row in enumerate(rows if isinstance(rows, list) else []):
        entry = row.get("originalEntry") if isinstance(row, dict) else None
        if isinstance(entry, list) and len(entry) >= 2 and row.get("hostValue") is not None:
            path = (*instance.path, "properties", "proxyWidgetErrorQuarantine", at, "hostValue")
            yield str(entry[0]), str(entry[1]), Value(row["hostValue"], (path,))


def proxied(instance: Node) -> list[tuple[str, str]]:
    """List the widgets inside that an instance of an older file shows: node id and widget name."""
    found = _proxies(instance.properties.get("proxyWidgets")) or []
    return [one for one in found if one[0] != "-1" and not one[1].startswith(_PREVIEW)]


def _proxies(value: Json) -> list[tuple[str, str]] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if not isinstance(value, list):
        return None
    return [(str(one[0]), str(one[1])) for one in value if isinstance(one, list) and len(one) >= 2]


def _label(instance: Node, graph: Graph, number: int) -> str:
    socket = graph.inputs[number]
    shown = bound(instance, graph, number)
    return (shown.label if shown else "") or socket.label or socket.name
