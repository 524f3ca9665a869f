"""Schemas of what classes declare: dataclasses as `asdict` writes them, typed dicts and bodies.

A class is a component under its name and its docstring the description. A type that JSON Schema has
no word for here is an error, so nothing is guessed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import msgspec

from workflows.api.openapi.row import ANY, BOOLEAN, INTEGER, NUMBER, STRING, listed, nullable, ref
from workflows.bodies import Body
from workflows.types import JsonObject

_PLAIN: dict[Any, JsonObject] = {
    Any: ANY,
    str: STRING,
    bool: BOOLEAN,
    int: INTEGER,
    float: NUMBER,
    NoneType: {"type": "null"},
}


def components(classes: Iterable[Any], *, without: Iterable[str] = ()) -> dict[str, JsonObject]:
    """Return the schema of each class by its name; fields named in `without` are left out."""
    return {cls.__name__: component(cls, without=without) for cls in classes}


def component(cls: Any, *, without: Iterable[str] = ()) -> JsonObject:
    """Return the schema of a class. Raises TypeError for a type there is no schema for."""
    hints = get_type_hints(cls, include_extras=True)
    if is_dataclass(cls):
        facts = {fact.name: fact.metadata for fact in fields(cls)}
        hints = {name: hint for name, hint in hints.items() if name in facts}
        optional = {name for name, metadata in facts.items() if "optional" in metadata}
    else:
        optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    hints = {name: hint for name, hint in hints.items() if name not in without}
    properties = {name: _schema(hint, name in optional) for name, hint in hints.items()}
    found: JsonObject = {"type": "object", "description": inspect.getdoc(cls) or ""}
    return {
        **found,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def bodies(classes: Iterable[type[Body]]) -> dict[str, JsonObject]:
    """Return the schema of each class of a request's body by its name, and of what it holds."""
    _, found = msgspec.json.schema_components(
        sorted(set(classes), key=lambda cls: cls.__name__),
        ref_template="#/components/schemas/{name}",
    )
    for schema in found.values():
        schema.pop("title", None)
        for part in schema.get("properties", {}).values():
            if part.get("default", 0) is None:
                del part["default"]
    return found


def _schema(hint: Any, is_optional: bool = False) -> JsonObject:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _schema(parts[0])
    if origin is Annotated:
        return _schema(hint.__metadata__[0], is_optional)
    if origin in (Union, UnionType):
        return _union(parts, is_optional)
    if origin in (list, tuple):
        return listed(_schema(parts[0]))
    if origin is dict and parts[0] is str:
        return {"type": "object", "additionalProperties": _schema(parts[1])}
    if origin is Literal:
        return {"const": parts[0]} if len(parts) == 1 else {"enum": list(parts)}
    if is_typeddict(hint) or is_dataclass(hint):
        return ref(hint.__name__)
    if hint not in _PLAIN:
        raise TypeError(f"There is no schema for {hint!r}.")
    return _PLAIN[hint]


def _union(parts: tuple[Any, ...], is_optional: bool) -> JsonObject:
    """Write `X | None`; null is no value of a field that is left out instead."""
    held = [part for part in parts if part is not NoneType]
    if len(held) != 1:
        raise TypeError(f"There is no schema for {' | '.join(map(repr, parts))}.")
    schema = _schema(held[0])
    if "enum" in schema and not is_optional:
        return {"enum": [*schema["enum"], None]}
    return schema if is_optional else nullable(schema)
