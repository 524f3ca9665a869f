"""Recipes: what is to be done with media, put together here and carried out where they are read.

A recipe is a `functools.partial` of module-level functions whose arguments may be recipes again. It
can be sent to a media process, which an iterator cannot; types take it for what it makes. One whose
functions and classes are `kept` can be written down, and read again by a later version.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from workflows.types import Json, JsonObject

P = ParamSpec("P")
R = TypeVar("R")
Kept = TypeVar("Kept")

#: A media process works on for so long before it says how far it is.
SLICE_SECONDS = 0.25


def later(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return the recipe of a call of a module-level function."""
    return cast(R, partial(function, *args, **kwargs))


def carry_out(recipe: Any) -> Any:
    """Call what a recipe says, its arguments first; anything else is returned as it is."""
    if isinstance(recipe, partial):
        values = {name: carry_out(value) for name, value in recipe.keywords.items()}
        return recipe.func(*map(carry_out, recipe.args), **values)
    if type(recipe) in (list, tuple):
        return type(recipe)(map(carry_out, recipe))
    return recipe


def each(recipe: Iterator[R]) -> Iterator[R]:
    """Carry out a recipe that makes one thing after another, and yield them."""
    yield from carry_out(recipe)


def slices(recipe: Iterator[float]) -> Generator[float, None, None]:
    """Carry out a recipe whose steps say how many seconds are done; yield that now and then."""
    yield from paced(carry_out(recipe))


def paced(steps: Iterable[float]) -> Generator[float, None, None]:
    """Yield only some of the steps: one in each slice of time."""
    until = time.monotonic() + SLICE_SECONDS
    for done in steps:
        if time.monotonic() >= until:
            yield done
            until = time.monotonic() + SLICE_SECONDS


_kept: dict[str, Any] = {}
_names: dict[Any, str] = {}


def kept(name: str) -> Callable[[Kept], Kept]:
    """Let recipes that are written down have a module-level function or a dataclass, by a name.

    The name stays. What it does to the same arguments stays too, or it gets another name.
    """

    def register(thing: Kept) -> Kept:
        if name in _kept:
            raise ValueError(f"there is a {name} already")
        _kept[name], _names[thing] = thing, name
        return thing

    return register


def is_kept(thing: Any) -> bool:
    """Return whether recipes that are written down may have it."""
    return thing in _names


def encoded(value: Any, special: Callable[[Any], JsonObject | None]) -> Json:
    """Write a recipe of kept functions and plain values as JSON; `special` writes what it knows.

    Raises TypeError for anything else.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [encoded(item, special) for item in value]
    if isinstance(value, Fraction):
        return {"ratio": str(value)}
    if isinstance(value, partial) and value.func in _names and not value.keywords:
        return {"do": _names[value.func], "of": encoded(value.args, special)}
    if is_dataclass(value) and type(value) in _names:
        row = [getattr(value, field.name) for field in fields(value)]
        return {"do": _names[type(value)], "of": encoded(row, special)}
    found = special(value)
    if found is None:
        raise TypeError(f"a recipe that is written down cannot have {type(value).__name__}")
    return found


def decoded(value: Json, special: Callable[[JsonObject], Any]) -> Any:
    """Read what `encoded` has written; lists become tuples. Raises KeyError for unknown names."""
    if isinstance(value, list):
        return tuple(decoded(item, special) for item in value)
    if not isinstance(value, dict):
        return value
    if "ratio" in value:
        return Fraction(value["ratio"])
    if "do" not in value:
        return special(value)
    thing, of = _kept[value["do"]], decoded(value["of"], special)
    return thing(*of) if isinstance(thing, type) else partial(thing, *of)
