"""Subgraphs spread out: every use of a definition as a scope of its own, with its outer values.

Nodes in a scope are known to runners by execution ids: `12:5` is node 5 in the subgraph that
instance 12 uses, `12:5:3` one level deeper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflows.errors import TooLarge
from workflows.graph.comfy_format.converted import Path
from workflows.graph.comfy_format.shape import BYPASSED, MUTED, Graph, Node, Socket
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


def flatten(root: Graph, definitions: Mapping[str, Graph]) -> tuple[Scope, list[str]]:
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
                field="graph", value=count, expected=f"at most {MAX_NODES} nodes",
            )  # fmt: skip
        for node in scope.graph.nodes.values():
            inner = definitions.get(node.type)
            if inner is None:
                continue
            if node.type in above or len(above) >= _MAX_DEPTH:
                warnings.append(f"Node {scope.execution_id(node)}: the subgraph {inner.name} "
                                "contains itself and was left out.")  # fmt: skip
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


def promoted(graph: Graph, definitions: Mapping[str, Graph]) -> list[int]:
    """List the numbers of the subgraph inputs that show a widget on the instance, in order."""
    return _promoted(graph, definitions, frozenset())


def _promoted(graph: Graph, definitions: Mapping[str, Graph], above: frozenset[int]) -> list[int]:
    if id(graph) in above:
        return []
    fed: dict[int, list[tuple[str, str]]] = {}
    for link in graph.links.values():
        if link.origin == graph.input_end:
            fed.setdefault(link.origin_slot, []).append((link.id, link.target))
    found: list[int] = []
    for number in range(len(graph.inputs)):
        for link_id, target in fed.get(number, []):
            node = graph.nodes.get(target)
            socket = (
                next((one for one in node.inputs if one.link == link_id), None) if node else None
            )
            if node is None or socket is None:
                continue
            inner = definitions.get(node.type)
            if socket.widget is None and inner is not None:
                names = {inner.inputs[at].name
                         for at in _promoted(inner, definitions, above | {id(graph)})}  # fmt: skip
                if socket.name not in names:
                    continue
            elif socket.widget is None:
                continue
            found.append(number)
            break
    return found


def _set_values(scope: Scope, definitions: Mapping[str, Graph]) -> None:
    """Work out what an instance's saved values set inside it."""
    instance = scope.instance
    if instance is None:
        return
    parent = scope.parent
    raw, path = instance.raw, instance.path
    named, saved = raw.get("widgets_values_named"), raw.get("widgets_values")
    numbers = promoted(scope.graph, definitions)
    proxies = _proxies(instance.properties.get("proxyWidgets"))
    if isinstance(saved, dict) and not isinstance(named, dict):
        named, saved = saved, []
    values = saved if isinstance(saved, list) else []
    if proxies is not None:
        _set_proxied(scope, proxies, values)
    else:
        key = "widgets_values_named" if "widgets_values_named" in raw else "widgets_values"
        slots = pairs(named, values) if isinstance(named, dict) else {}
        for at, number in enumerate(numbers):
            name = scope.graph.inputs[number].name
            paths: list[Path] = []
            value: Json = None
            slot = slots.get(name) if isinstance(named, dict) else at
            if isinstance(named, dict) and name in named:
                value = named[name]
                paths.append((*path, key, name))
            if slot is not None and slot < len(values):
                value = values[slot]
                paths.append((*path, "widgets_values", slot))
            if value is not None:
                scope.inputs[number] = Value(value, tuple(paths), _label(scope, number))
    _set_quarantined(scope)
    if parent is None:
        return
    for number in range(len(scope.graph.inputs)):
        over = parent.widgets.get((instance.id, scope.graph.inputs[number].name))
        if over is not None:
            scope.inputs[number] = over


def _set_proxied(scope: Scope, proxies: list[tuple[str, str]], values: list[Json]) -> None:
    shown = [one for one in proxies if not one[1].startswith(_PREVIEW)]
    listed = shown if len(values) <= len(shown) else proxies
    for at, (node_id, name) in enumerate(listed[: len(values)]):
        if values[at] is None or name.startswith(_PREVIEW):
            continue
        assert scope.instance is not None
        value = Value(values[at], ((*scope.instance.path, "widgets_values", at),),
                      f"{_instance_name(scope)}: {name}")  # fmt: skip
        _assign(scope, node_id, name, value)


def _set_quarantined(scope: Scope) -> None:
    """Take the values of promoted widgets that the page could not bind to their node any more."""
    assert scope.instance is not None
    rows = scope.instance.properties.get("proxyWidgetErrorQuarantine")
    for at, row in enumerate(rows if isinstance(rows, list) else []):
        entry = row.get("originalEntry") if isinstance(row, dict) else None
        if isinstance(entry, list) and len(entry) >= 2 and row.get("hostValue") is not None:
            path = (*scope.instance.path, "properties", "proxyWidgetErrorQuarantine", at,
                    "hostValue")  # fmt: skip
            _assign(scope, str(entry[0]), str(entry[1]), Value(row["hostValue"], (path,)))


def _assign(scope: Scope, node_id: str, name: str, value: Value) -> None:
    """Set a widget inside a subgraph; the node -1 means the subgraph's own input."""
    if node_id != "-1":
        scope.widgets[node_id, name] = value
        return
    for number, one in enumerate(scope.graph.inputs):
        if one.name == name:
            scope.inputs[number] = value


def _proxies(value: Json) -> list[tuple[str, str]] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if not isinstance(value, list):
        return None
    return [(str(one[0]), str(one[1])) for one in value if isinstance(one, list) and len(one) >= 2]


def _label(scope: Scope, number: int) -> str:
    socket = scope.graph.inputs[number]
    shown = bound(scope.instance, scope.graph, number) if scope.instance else None
    words = (shown.label if shown else "") or socket.label or socket.name
    return f"{_instance_name(scope)}: {words}"


def _instance_name(scope: Scope) -> str:
    return (scope.instance.title if scope.instance else "") or scope.graph.name or "Subgraph"
