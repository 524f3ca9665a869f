"""The one rule for lists: how often a node is called, with what, and how its results are gathered.

A list that comes to a single-value port runs the node once per item, in order. Several such lists
go in step, and the shorter ones repeat their last item. A port that takes many gets one flat list
of everything on its connections. Nested lists count as flat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output, is_list, item_type
from workflows.graph.values import accept
from workflows.types import Json, JsonObject, PortType

#: Calls of one node in one run that a list may ask for.
MAX_ITEMS = 10_000
#: Items of all lists together that go to one port that takes many.
MAX_MANY = 100_000

#: Types whose values may be lists themselves, and those that take such a value as one.
_DATA = frozenset({"json", "table"})
_TAKES_DATA = frozenset({"any", "json", "table", "file"})


@dataclass(frozen=True, slots=True)
class Connected:
    """A value that came over a connection, and the type its source declared for it."""

    value: Json
    type: PortType = "any"


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls a node makes: keyword arguments for each, in order.

    `items` is None for a plain single call, else the number of calls (0 for an empty list).
    `holes` are the places in a list where nothing is, because it failed: no call is made for them.
    """

    items: int | None
    arguments: Sequence[JsonObject]
    holes: frozenset[int] = frozenset()

    @property
    def made(self) -> Sequence[JsonObject]:
        """The arguments of the calls that are made."""
        if not self.holes:
            return self.arguments
        return [row for at, row in enumerate(self.arguments) if at not in self.holes]


def calls(
    inputs: Sequence[Input], typed: Mapping[str, Json], connected: Mapping[str, Sequence[Connected]]
) -> Calls:
    """Work out a node's calls from its typed values (already converted) and its connections.

    An edge's value beats the typed one; where an edge brings None, the typed one holds. An item
    that is None is a hole, and what collects items does without it. Every input is an argument of
    each call, None where nothing was given. Raises NodeError naming the input for
    a value that does not fit, and for a required input that stayed empty.
    """
    fixed: JsonObject = {}
    lists: dict[str, list[Json]] = {}
    for port in inputs:
        connections = [
            connection
            for connection in connected.get(port.name, ())
            if connection.value is not None
        ]
        if not connections:
            fixed[port.name] = _given(port, typed.get(port.name))
        elif port.many:
            _check_many(port, connections)
            fixed[port.name] = [
                accept(port, item, source=connection.type)
                for connection in connections
                for item in _there(_flat(connection, port.type), port.type)
            ]
        elif _spreads(connections[0], port.type):
            items = _flat(connections[0], port.type)
            lists[port.name] = [
                None if items[at] is None else _accept_item(port, connections[0], items, at)
                for at in range(len(items))
            ]
        else:
            fixed[port.name] = accept(
                port, _whole(connections[0], port.type), source=connections[0].type
            )
    if not lists:
        return Calls(None, (fixed,))
    shortest, count = min(map(len, lists.values())), max(map(len, lists.values()))
    if shortest == 0:
        return Calls(0, ())
    if count > MAX_ITEMS:
        name = max(lists, key=lambda name: len(lists[name]))
        expected = f"at most {MAX_ITEMS} items"
        message = f"{name} has {count} items; expected {expected}."
        raise NodeError(message, field=name, value=count, expected=expected)
    rows = [
        {**fixed, **{name: items[min(at, len(items) - 1)] for name, items in lists.items()}}
        for at in range(count)
    ]
    holes = frozenset(at for at, row in enumerate(rows) if any(row[name] is None for name in lists))
    return Calls(count, rows, holes)


def gather(outputs: Sequence[Output], results: Sequence[JsonObject]) -> JsonObject:
    """Join the responses of item calls: one list per output port, in the order of the items.

    Outputs that are lists already are joined end to end. No results give empty lists.
    """
    gathered: JsonObject = {}
    for output in outputs:
        values = [result.get(output.name) for result in results]
        if is_list(output.type):
            values = [item for value in values for item in _as_list(value)]
        gathered[output.name] = values
    return gathered


def _check_many(port: Input, connections: Sequence[Connected]) -> None:
    count = sum(
        len(connection.value) if isinstance(connection.value, list) else 1
        for connection in connections
    )
    if count > MAX_MANY:
        raise NodeError(
            f"{port.label or port.name} gets {count:,} items.",
            field=port.name,
            value=count,
            expected=f"at most {MAX_MANY:,} items",
        )


def _given(port: Input, value: Json) -> Json:
    if port.required and value is None:
        label = port.label or port.name
        raise NodeError(f"{label} is empty; expected a value.", field=port.name, expected="a value")
    return value


def _accept_item(port: Input, connection: Connected, items: Sequence[Json], at: int) -> Json:
    try:
        return accept(port, items[at], source=item_type(connection.type))
    except NodeError as error:
        placed = NodeError(f"Item {at + 1} of {len(items)}: {error.message}", **error.context)
        placed.context["item"] = at
        raise placed from error


def _is_one_value(connection: Connected, target: PortType) -> bool:
    """Return whether a list on an edge is one value: JSON or a table where such belong."""
    if not isinstance(connection.value, list):
        return True
    if item_type(target) == "table":
        return not is_list(connection.type) and all(
            isinstance(row, dict) for row in connection.value
        )
    return connection.type in _DATA and item_type(target) in _TAKES_DATA


def _spreads(connection: Connected, target: PortType) -> bool:
    if is_list(target) or target in ("any", "json"):
        return False
    return not _is_one_value(connection, target)


def _whole(connection: Connected, target: PortType) -> Json:
    return _there(_flat(connection, target), target) if is_list(target) else connection.value


def _there(items: list[Json], target: PortType) -> list[Json]:
    """Return a list without what has failed; in JSON nothing is a value."""
    if item_type(target) in _TAKES_DATA:
        return items
    return [item for item in items if item is not None]


def _flat(connection: Connected, target: PortType) -> list[Json]:
    """Return an edge's items in order, lists within lists opened (JSON's own lists are not)."""
    if _is_one_value(connection, target):
        return [connection.value]
    if item_type(connection.type) in _DATA and item_type(target) in _TAKES_DATA:
        return list(connection.value)
    found: list[Json] = []
    waiting = [iter(connection.value)]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            found.append(item)
        else:
            waiting.pop()
    return found


def _as_list(value: Json) -> list[Json]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
