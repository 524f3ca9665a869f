"""Request bodies: declared once as classes, read strictly, refused by field, value and expectation.

A class says the type, the limits and the meaning of each field. It checks the request, words the
refusal and makes the schema of the API's description (`api/openapi/classes.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType, inspect

from workflows.errors import InvalidBody, PatchbayError
from workflows.types import Json, JsonObject

__all__ = ["SECRET", "UNSET", "Body", "Meta", "Name", "UnsetType", "name_of", "read"]

B = TypeVar("B", bound="Body")

#: Characters of a refused value that the refusal repeats.
SHOWN = 80
#: Marks a field (`Meta(extra=SECRET)`) whose value no refusal repeats.
SECRET = {"secret": True}


def name_of(most: int) -> Meta:
    """Say of a text that users read that it is neither empty nor of spaces alone, nor longer."""
    expected = f"text of 1 to {most} characters"
    return Meta(min_length=1, max_length=most, pattern=r"\S", extra={"expected": expected})


Name = Annotated[str, name_of(200)]

_PLACE = re.compile(r"(?s)(?P<what>.*?)(?: - at `(?P<path>.*)`)?")
_MISSING = re.compile(r"Object missing required field `(.*)`")
#: A list is one field, whichever of its items is wrong.
_ITEM = re.compile(r"(\[\d+\])+$")
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<at>\d+)\]|\[\.\.\.\]")


class Body(msgspec.Struct, kw_only=True, rename="camel"):
    """The fields of one request; others are ignored.

    A field with the default UNSET may be left out, which is not the same as null.
    """

    def given(self) -> dict[str, Any]:
        """Return the fields that are not UNSET by their names in Python."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in fields.items() if value is not UNSET}


def read(body: JsonObject, cls: type[B], error: type[PatchbayError] = InvalidBody) -> B:
    """Return a body as its class declares it.

    Raises the error, or what the field says otherwise: `Meta(extra={"error": ...})`, or
    `{"unknown": ...}` where a value of a wrong type names nothing, as an unknown one does.
    """
    try:
        return msgspec.convert(body, cls, dec_hook=_member)
    except msgspec.ValidationError as wrong:
        raise _refusal(str(wrong), body, cls, error) from None


def _member(cls: type[Any], value: Json) -> Enum:
    """Return the member of an enumeration of Django's, which msgspec does not know as one."""
    assert issubclass(cls, Enum)
    return cls(value)


def _refusal(
    text: str, body: JsonObject, cls: type[Body], error: type[PatchbayError]
) -> PatchbayError:
    """Return the error for what msgspec says, which is one sentence with a path at its end."""
    place = _PLACE.fullmatch(text)
    assert place is not None
    path = (place["path"] or "$").removeprefix("$")
    missing = _MISSING.fullmatch(place["what"])
    if missing is not None:
        path += f".{missing[1]}"
    field, value, found, extra = _follow(path, body, inspect.type_info(cls))
    expected = str(extra.get("expected") or _words(found))
    shown: JsonObject = {}
    if missing is None and not extra.get("secret"):
        shown["value"] = value[:SHOWN] if isinstance(value, str) else _short(value)
    item, field = _ITEM.search(field), _ITEM.sub("", field)
    start = f"An item of {field}" if item else field
    if missing is not None:
        start = f"{field} is missing; it"
    error = extra.get("error", error)
    if missing is None:
        error = extra.get("unknown", error)
    return error(f"{start} must be {expected}.", field=field, expected=expected, **shown)


def _follow(
    path: str, value: Json, type: inspect.Type
) -> tuple[str, Json, inspect.Type, dict[str, Any]]:
    """Walk a path of msgspec's; return its name, value and type, and what is said of the type."""
    name, extra = "", dict[str, Any]()
    for step in _STEP.finditer(path):
        type, more = _bare(type)
        key, at = step["key"], step["at"]
        if key is not None:
            name += f".{key}" if name else key
            value = value.get(key) if isinstance(value, dict) else None
        elif at is not None:
            name += f"[{at}]"
            value = value[int(at)] if isinstance(value, list) else None
        else:
            return name, value, type, more
        # What a list says of itself, it says of its items.
        extra = {} if at is None else more
        type = _inner(type, key)
    type, more = _bare(type)
    return name, value, type, {**extra, **more}


def _inner(type: inspect.Type, key: str | None) -> inspect.Type:
    if isinstance(type, inspect.StructType):
        return next(field.type for field in type.fields if field.encode_name == key)
    if isinstance(type, inspect.ListType):
        return type.item_type
    return inspect.AnyType()


def _bare(type: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """Return a type without what only says that it may be null or absent, and its notes."""
    extra: dict[str, Any] = {}
    while isinstance(type, inspect.Metadata | inspect.UnionType):
        if isinstance(type, inspect.Metadata):
            extra, type = {**(type.extra or {}), **extra}, type.type
            continue
        held = [part for part in type.types if not isinstance(part, inspect.NoneType)]
        if len(held) != 1:
            break
        type = held[0]
    return type, extra


def _words(type: inspect.Type) -> str:
    match type:
        case inspect.StrType():
            span = _span(type.min_length, type.max_length)
            return f"text of {span} characters" if span else "text"
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() | inspect.FloatType():
            number = "a whole number" if isinstance(type, inspect.IntType) else "a number"
            span = _span(type.ge, type.le)
            both = type.ge is not None and type.le is not None
            return f"{number} {'from' if both else 'of'} {span}" if span else number
        case inspect.LiteralType():
            return " or ".join(map(str, type.values))
        case inspect.CustomType():
            return " or ".join(str(member.value) for member in cast("Iterable[Enum]", type.cls))
        case inspect.UUIDType():
            return "a UUID"
        case inspect.ListType():
            span = _span(type.min_length, type.max_length)
            return f"a list of {span} items" if span else "a list"
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(_words(_bare(part)[0]) for part in type.types))
        case inspect.NoneType():
            return "null"
        case _:
            return "a JSON object"


def _span(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low} or more" if low is not None else ""
    return f"at most {high}" if low is None else f"{low} to {high}"


def _short(value: Json) -> Json:
    """Return a plain value as it is, and of a list or an object only its type."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, dict) else value
