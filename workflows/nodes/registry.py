"""The registry of node types: the `@node` decorator, look-up, and the catalogue for the palette.

A node type is one file: a declaration and a plain typed async function. The registry knows no
Django and no engine; the planner reads it as a mapping of type name to `NodeType`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from workflows.graph.ports import FIELD_TYPES, Input, NodeType, Output
from workflows.nodes import declaration
from workflows.nodes.provider import Provider
from workflows.types import Json, JsonObject

Function = Callable[..., Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True)
class Registered:
    """A node type and the function that does its work: `await function(context, **inputs)`.

    With a provider the engine submits and waits; the function then gets what the provider returned
    as one more keyword argument, `provided`, and makes outputs of it.
    """

    node_type: NodeType
    function: Function
    provider: Provider | None = None


_registered: dict[str, Registered] = {}
#: The package whose declarations are being read; "" while they are Patchbay's own.
_package = ""


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
    given, and returns a dict of output port name to value. It must not change what it is given.
    Raises ValueError when the type name is taken or the declaration is wrong.
    """

    def register(function: Function) -> Function:
        node_type = NodeType(
            type,
            name,
            category,
            description,
            tuple(inputs),
            tuple(outputs),
            package=_package,
            **more,
        )
        declaration.check(node_type, function, ("provided",) if provider else ())
        if type in _registered:
            owner = _registered[type].node_type.package or "Patchbay"
            raise ValueError(f"node type {type!r} is taken by {owner}")
        _registered[type] = Registered(node_type, function, provider)
        return function

    return register


def load_builtin() -> None:
    """Register the built-in types."""
    load(importlib.import_module("workflows.nodes"))


def load(module: ModuleType) -> None:
    """Import every module below a module, which registers the types they declare."""
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        importlib.import_module(found.name)


@contextmanager
def of_package(name: str) -> Iterator[None]:
    """Register what is declared inside as types of a package: all of them or, on an error, none."""
    global _package
    before, outer = dict(_registered), _package
    _package = name
    try:
        yield
    except BaseException:
        _registered.clear()
        _registered.update(before)
        raise
    finally:
        _package = outer


def get(type: str) -> Registered | None:
    """Return the registered type, or None for one this server does not know."""
    return _registered.get(type)


def node_types() -> Mapping[str, NodeType]:
    """Map type name to declaration; what the planner and the document checks read."""
    return {type: registered.node_type for type, registered in _registered.items()}


def unknown(document: JsonObject) -> list[str]:
    """List the node types of a document that are not registered here."""
    return sorted({str(node.get("type")) for node in document["nodes"]} - _registered.keys())


def catalogue() -> list[JsonObject]:
    """Return every node type as JSON for `GET /api/nodes`, sorted by category and name."""
    rows = [_row(registered.node_type) for registered in _registered.values()]
    return sorted(rows, key=lambda row: (row["category"], row["name"]))


def field_types() -> Mapping[str, str]:
    """Map the field types of a request input to the port type each yields."""
    return FIELD_TYPES


def _row(node_type: NodeType) -> dict[str, Json]:
    row = asdict(node_type)
    del row["extra"], row["pixel_bytes"], row["joins"]  # the last two are the engine's
    for port in row["inputs"]:
        worded = {option: option[:1].upper() + option[1:] for option in port["options"]}
        port["labels"] = {**worded, **port["labels"]}
    return {**row, **node_type.extra}
