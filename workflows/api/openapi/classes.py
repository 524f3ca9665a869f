"""Schemas of what classes declare: bodies of requests, typed dicts, and dataclasses as JSON.

A class is a component under its name and its docstring the description. A type that JSON Schema has
no word for is an error, so nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field, fields, is_dataclass
from enum import Enum
from inspect import cleandoc, isclass
from types import NoneType
from typing import Annotated, Any, NotRequired, TypedDict, Union, get_args, get_origin, is_typeddict
from typing import get_type_hints as hints_of

import msgspec

from workflows.api.openapi.row import nullable
from workflows.types import JsonObject


def schemas(types: Iterable[Any]) -> tuple[list[JsonObject], dict[str, JsonObject]]:
    """Return the schema of each type, and of each class in them by its name.

    Raises TypeError for a type there is no schema for.
    """
    types = list(types)
    found, named = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}", schema_hook=_choices
    )
    dicts = {cls.__name__: cls for type in types for cls in _typed_dicts(type)}
    for name, schema in named.items():
        schema.pop("title", None)
        schema["description"] = cleandoc(schema.get("description", ""))
        properties = schema["properties"]
        for key, part in properties.items():
            if part.get("default", 0) is None:
                del part["default"]
            properties[key] = _short(part)
        if name in dicts:
            # In the order they are declared in.
            schema["properties"] = {key: properties[key] for key in hints_of(dicts[name])}
            schema["required"] = [key for key in schema["properties"] if key in schema["required"]]
    return list(found), named


def components(classes: Iterable[Any], *, without: Iterable[str] = ()) -> dict[str, JsonObject]:
    """Return the schema of each class by its name; fields named in `without` are left out."""
    return {cls.__name__: component(cls, without=without) for cls in classes}


def component(cls: Any, *, without: Iterable[str] = ()) -> JsonObject:
    """Return the schema of a class. Raises TypeError for a type there is no schema for."""
    return schemas([_as_json(cls, without) if is_dataclass(cls) else cls])[1][cls.__name__]


def _as_json(cls: Any, without: Iterable[str]) -> Any:
    """Return the typed dict of what a dataclass is in JSON; `Annotated[held, sent]` is as sent."""
    hints = hints_of(cls, include_extras=True)
    sent = {fact.name: _sent(hints[fact.name], fact) for fact in fields(cls)}
    kept = {name: hint for name, hint in sent.items() if name not in without}
    found = TypedDict(cls.__name__, kept)  # type: ignore[misc]  # made at run time
    found.__doc__ = cls.__doc__
    return found


def _sent(hint: Any, fact: Field[Any]) -> Any:
    if get_origin(hint) is Annotated and not isinstance(hint.__metadata__[-1], msgspec.Meta):
        hint = hint.__metadata__[-1]
    if "optional" not in fact.metadata:
        return hint
    # What is left out is not null.
    held = tuple(part for part in get_args(hint) if part is not NoneType)
    return NotRequired[Union[held]]  # noqa: UP007  # made at run time


def _short(schema: JsonObject) -> JsonObject:
    """Write `X or null` as one schema where X has a type."""
    parts = schema.get("anyOf", [])
    if len(parts) != 2 or parts[1] != {"type": "null"} or "type" not in parts[0]:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, **nullable(parts[0])}


def _choices(type: type[Any]) -> JsonObject:
    """Describe an enumeration of Django's, which msgspec does not know as one."""
    if not issubclass(type, Enum):
        raise NotImplementedError  # what msgspec asks of a hook that has no schema for a type
    return {"enum": [member.value for member in type]}


def _typed_dicts(type: Any) -> Iterable[Any]:
    """Yield the typed dicts in a type, and in the types of their fields."""
    if isclass(type) and is_typeddict(type):
        yield type
        for hint in hints_of(type).values():
            yield from _typed_dicts(hint)
    for part in get_args(type):
        yield from _typed_dicts(part)
