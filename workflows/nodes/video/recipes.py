"""Recipes: what is to be done with clips, put together here and carried out where they are read.

A recipe is a `functools.partial` of module-level functions whose arguments may be recipes again. It
can be sent to a media process, which an iterator cannot; types take it for what it makes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

#: A media process works on for so long before it says how far it is.
SLICE_SECONDS = 0.25


def later(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return the recipe of a call of a module-level function."""
    return cast(R, partial(function, *args, **kwargs))


def carry_out(recipe: Any) -> Any:
    """Call what a recipe says, its arguments first; anything else stands for itself."""
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
