"""Variations of a node: a graph in which lists of values feed some of its fields.

A run of that graph calls the node once for each combination, as for any list: what is before the
node runs once, and plan, cost, progress, retry and cancel are those of a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

from workflows.bodies import Body, Meta
from workflows.errors import InvalidBody, NodeError
from workflows.graph.document import show
from workflows.graph.node_ports import inputs_of, port_name
from workflows.graph.ports import MEDIA, Input, NodeType, is_list, item_type
from workflows.graph.values import accept_typed
from workflows.types import Json, JsonObject, NodeId

#: Combinations of one run, and fields that change.
MAX_VARIATIONS, MAX_AXES = 64, 2
#: Where the lists are in the graph of the run, from the node.
_LEFT, _DOWN = 360, 160
_HIDDEN_WIDGETS = frozenset({"credential", "model", "fields", "app"})


class Axis(Body):
    """A field and the values that it gets, one after the other."""

    field: str
    values: Annotated[
        list[Any],
        Meta(
            min_length=1,
            max_length=MAX_VARIATIONS,
            extra={"expected": f"a list of 1 to {MAX_VARIATIONS} values"},
        ),
    ]


class Variations(Body):
    """A node, and the values of one or two of its fields; each combination is one variation."""

    node: str
    axes: Annotated[
        list[Axis],
        Meta(
            min_length=1,
            max_length=MAX_AXES,
            extra={"expected": "a list of one or two fields with their values"},
        ),
    ]

    def cells(self) -> list[tuple[Json, ...]]:
        """Return the values of each variation, row by row: the first field changes fastest."""
        rows = product(*(axis.values for axis in reversed(self.axes)))
        return [tuple(reversed(row)) for row in rows]

    def json(self) -> JsonObject:
        """Return them as a run stores and shows them."""
        axes: list[Json] = [{"field": axis.field, "values": axis.values} for axis in self.axes]
        return {"node": self.node, "axes": axes}


@dataclass(frozen=True, slots=True)
class _Target:
    node: JsonObject
    inputs: Mapping[str, Input]


def varied(
    document: JsonObject, variations: Variations, types: Mapping[str, NodeType]
) -> JsonObject:
    """Return the graph with a list in front of each field that changes.

    The node gives up what it is pinned to, and goes on when one of its calls fails. Raises
    InvalidBody for a node or field that cannot change so, and for too many combinations.
    """
    target = _target(document, variations, types)
    cells = variations.cells()
    if len(cells) > MAX_VARIATIONS:
        raise InvalidBody(
            "There are too many variations.",
            field="variations.axes",
            value=len(cells),
            expected=f"at most {MAX_VARIATIONS} combinations",
        )
    names = [axis.field for axis in variations.axes]
    taken = {node["id"] for node in document["nodes"]}
    lists, edges = list[JsonObject](), list[JsonObject]()
    for at, axis in enumerate(variations.axes):
        port = _port(target, axis)
        id = _free(f"variations-{port.name}", taken)
        lists.append(_list(id, port, [cell[at] for cell in cells], target.node, at))
        edges.append(
            {
                "id": _free(f"variations-{port.name}-edge", taken),
                "source": id,
                "sourceHandle": "items",
                "target": variations.node,
                "targetHandle": port.name,
            }
        )
    replaced = set(names)
    others = [
        edge
        for edge in document["edges"]
        if edge["target"] != variations.node
        or port_name(edge.get("targetHandle"), "in", frozenset(target.inputs)) not in replaced
    ]
    nodes = [
        _running(node) if node["id"] == variations.node else node for node in document["nodes"]
    ]
    return {"nodes": [*nodes, *lists], "edges": [*others, *edges]}


def _running(node: JsonObject) -> JsonObject:
    given = node.get("onError")
    policy = given if isinstance(given, dict) else {}
    rest = {name: value for name, value in node.items() if name != "pinned"}
    return {**rest, "onError": {**policy, "policy": "continue"}}


def _target(document: JsonObject, variations: Variations, types: Mapping[str, NodeType]) -> _Target:
    node = next((node for node in document["nodes"] if node["id"] == variations.node), None)
    node_type = None if node is None else types.get(node["type"])
    if node is None or node_type is None or not node_type.runs or node_type.dynamic == "fields":
        raise InvalidBody(
            "There are no variations of this node.",
            field="variations.node",
            value=variations.node[:200],
            expected="the id of a node of the workflow that runs",
        )
    return _Target(node, {port.name: port for port in inputs_of(node_type, node["data"])})


def _port(target: _Target, axis: Axis) -> Input:
    port = target.inputs.get(axis.field)
    able = {name for name, port in target.inputs.items() if _varies(port)}
    if port is None or axis.field not in able:
        raise InvalidBody(
            f"The field {show(axis.field)} has no variations.",
            field="variations.axes",
            value=axis.field[:200],
            expected="one of " + ", ".join(sorted(able)) if able else "a node with such a field",
        )
    for value in axis.values:
        try:
            accepted = accept_typed(port, value)
        except NodeError as error:
            raise InvalidBody(
                error.message,
                field="variations.axes",
                value=value,
                expected=error.context.get("expected"),
            ) from error
        if accepted is None:
            raise InvalidBody(
                f"A variation of {show(axis.field)} is empty.",
                field="variations.axes",
                value=value,
                expected=f"a value of type {port.type}",
            )
    return port


def _varies(port: Input) -> bool:
    """Return whether an input takes single values that a list can give it."""
    plain = item_type(port.type) not in {*MEDIA, "any", "json", "table"}
    fills = port.widget is not None and port.widget not in _HIDDEN_WIDGETS
    return port.port and plain and fills and not port.many and not is_list(port.type)


def _list(
    id: NodeId, port: Input, values: Sequence[Json], target: JsonObject, at: int
) -> JsonObject:
    at_target = target.get("position")
    place = at_target if isinstance(at_target, dict) else {}
    x, y = (place.get(name, 0) for name in ("x", "y"))
    return {
        "id": id,
        "type": "list",
        "position": {"x": x - _LEFT, "y": y + at * _DOWN},
        "data": {"label": port.label or port.name, "items": list(values)},
    }


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found)
    return found
