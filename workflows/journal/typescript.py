"""The events of a run as TypeScript, for the browser: a union discriminated by `type`.

Reads the classes of `events.py` and what they refer to; a type it has no word for is an error, so
nothing is guessed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import Field, fields
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeGuard,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from workflows.journal import events
from workflows.journal.events import Event
from workflows.types import JsonObject

_HEAD = """\
/** The events of a run. Written by `manage.py event_types` from `workflows/journal/events.py`. */
import type { Json, JsonObject } from './json'
"""
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


def declarations() -> str:
    """Return the file of types."""
    declared = list(vars(events).values())
    shapes = [cls for cls in declared if is_typeddict(cls)]
    kinds = [cls for cls in declared if isinstance(cls, type) and _is_event(cls)]
    parts = [_HEAD, *map(_shape, shapes), *map(_event, kinds)]
    return "\n".join([*parts, _union("RunEvent", [cls.__name__ for cls in kinds])])


def _is_event(cls: type) -> TypeGuard[type[Event]]:
    return issubclass(cls, Event) and cls is not Event


def _event(cls: type[Event]) -> str:
    hints = get_type_hints(cls, include_extras=True)
    line = ["  seq: number", "  at: string", f"  type: '{cls.type}'"]
    facts: tuple[Field[Any], ...] = fields(cls)
    for fact in facts:
        word = _words(_sent(hints[fact.name]))
        if "optional" in fact.metadata:
            line.append(f"  {fact.name}?: {word.removesuffix(' | null')}")
        else:
            line.append(f"  {fact.name}: {word}")
    return _interface(cls, line)


def _shape(cls: Any) -> str:
    hints = get_type_hints(cls, include_extras=True)
    lines = []
    for name, hint in hints.items():
        optional = get_origin(hint) is NotRequired
        word = _words(get_args(hint)[0] if optional else hint)
        lines.append(f"  {name}{'?' if optional else ''}: {word}")
    return _interface(cls, lines)


def _interface(cls: type, lines: list[str]) -> str:
    return "\n".join([*_comment(cls), f"export interface {cls.__name__} {{", *lines, "}", ""])


def _union(name: str, members: list[str]) -> str:
    return "\n".join([f"export type {name} =", *(f"  | {member}" for member in members), ""])


def _comment(cls: type) -> Iterator[str]:
    lines = inspect.cleandoc(cls.__doc__ or "").splitlines()
    if len(lines) < 2:
        yield f"/** {''.join(lines)} */"
        return
    yield "/**"
    yield from (f" * {line}".rstrip() for line in lines)
    yield " */"


def _sent(hint: Any) -> Any:
    """Return what the line has of a fact that Python may hold in another form."""
    return hint.__metadata__[0] if get_origin(hint) is Annotated else hint


def _words(hint: Any) -> str:
    """Write a type of Python in TypeScript. Raises TypeError for one there is no word for."""
    if hint is Any:
        return "Json"
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_typeddict(hint):
        return str(hint.__name__)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is list:
        return f"{_words(parts[0])}[]"
    if hint == JsonObject:
        return "JsonObject"
    if origin is dict and parts[0] is str:
        return f"Record<string, {_words(parts[1])}>"
    if origin is Literal:
        return " | ".join(f"'{part}'" for part in parts)
    if origin in (Union, UnionType):
        return " | ".join(map(_words, parts))
    raise TypeError(f"There is no TypeScript for {hint!r}.")
