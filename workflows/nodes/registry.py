"""The registry of node types: the `@node` decorator, look-up, and the catalogue for the palette.

A node type is one file: a declaration and a plain typed async function. The registry knows no
Django and no engine; the planner reads it as a mapping of type name to `NodeType`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workflows.graph.ports import FIELD_TYPES, Input, NodeType, Output
from workflows.nodes.provider import Provider
from workflows.types import Json, JsonObject

Function = Callable[..., Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True)
class Registered:
    """A node type and the function that does its work: `await function(context, **inputs)`.

    With a provider the engine submits and waits; the function then gets what the provider answered
    as one more keyword argument, `answer`, and makes outputs of it.
    """

    node_type: NodeType
    function: Function
    provider: Provider | None = None


_registered: dict[str, Registered] = {}


def node(
    type: str,
    *,
    name: str,
    category: str,
    description: str,
    inputs: tuple[Input, ...] = (),
    outputs: tuple[Output, ...] = (),
    provider: Provider | None = None,
    **more: Any,
) -> Callable[[Function], Function]:
    """Register the decorated async function as the node type `type`.

    The function gets the context and one keyword argument per input port, None where nothing was
    given, and answers a dict of output port name to value. It must not change what it is given.
    Raises ValueError when the type name is taken.
    """

    def register(function: Function) -> Function:
        if type in _registered:
            raise ValueError(f"node type {type!r} is registered twice")
        node_type = NodeType(
            type, name, category, description, tuple(inputs), tuple(outputs), **more
        )
        _registered[type] = Registered(node_type, function, provider)
        return function

    return register


def load_builtin() -> None:
    """Import every module below `workflows.nodes`, which registers the built-in types."""
    package = importlib.import_module("workflows.nodes")
    for module in pkgutil.walk_packages(package.__path__, "workflows.nodes."):
        importlib.import_module(module.name)


def get(type: str) -> Registered | None:
    """Return the registered type, or None for one this server does not know."""
    return _registered.get(type)


def node_types() -> Mapping[str, NodeType]:
    """Map type name to declaration; what the planner and the document checks read."""
    return {type: registered.node_type for type, registered in _registered.items()}


def catalogue() -> list[JsonObject]:
    """Return every node type in wire form for `GET /api/nodes`, sorted by category and name."""
    rows = [_row(registered.node_type) for registered in _registered.values()]
    return sorted(rows, key=lambda row: (row["category"], row["name"]))


def field_types() -> Mapping[str, str]:
    """Map the field types of a request input to the port type each yields."""
    return FIELD_TYPES


def _row(node_type: NodeType) -> dict[str, Json]:
    row = asdict(node_type)
    del row["extra"], row["pixel_bytes"]  # the latter is between node and engine
    return {**row, **node_type.extra}
