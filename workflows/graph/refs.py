"""References inside JSON: `$input.prompt`, `$node.images.0.url`. Found, resolved, rewritten.

The grammar is closed: a string is a reference as a whole or not at all, and a path names keys of
objects and indices of lists. Nothing is interpolated, called or looked up on Python objects, and
what a reference brings in is never read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from workflows.errors import NodeError
from workflows.graph.document import MAX_NAME, show
from workflows.types import Json

#: The head that means the inputs of the run.
INPUT = "input"

_HEAD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_/-]*")
_PARTS = re.compile(r"(?:\.(?:[0-9]{1,9}|[A-Za-z_][A-Za-z0-9_-]*))*")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference: `head` is `input` or a node's id, `path` leads into its value."""

    head: str
    path: Path = ()

    def __str__(self) -> str:
        return "$" + ".".join([self.head, *map(str, self.path)])


def parse(value: Json, heads: Collection[str] | None = None) -> Reference | None:
    """Return the reference a value is, or None for everything else.

    With `heads` given, only those are heads, and the longest that fits wins: ids with dots in them
    can then be named, and "$5" stays text.
    """
    if not isinstance(value, str) or not value.startswith("$"):
        return None
    if heads is None:
        match = _HEAD.match(value, 1)
        end = match.end() if match else None
    else:
        end = _known_head(value, heads)
    if end is None or not _PARTS.fullmatch(value, end):
        return None
    parts = value[end + 1 :].split(".") if end < len(value) else []
    # An index is written one way only, so that a path read is the path written.
    if any(part.isdigit() and str(int(part)) != part for part in parts):
        return None
    return Reference(value[1:end], tuple(int(part) if part.isdigit() else part for part in parts))


def find(value: Json, heads: Collection[str] | None = None) -> Iterator[tuple[Path, Reference]]:
    """Yield every reference in a JSON value with the path to where it is, depth first."""
    waiting: list[tuple[Path, Json]] = [((), value)]
    while waiting:
        path, current = waiting.pop()
        if isinstance(current, dict):
            waiting.extend(((*path, key), current[key]) for key in reversed(current))
        elif isinstance(current, list):
            last = len(current) - 1
            waiting.extend(((*path, last - at), item) for at, item in enumerate(reversed(current)))
        elif (reference := parse(current, heads)) is not None:
            yield path, reference


def resolve(value: Json, sources: Mapping[str, Json], *, strict: bool = False) -> Json:
    """Return a copy of `value` in which each reference is replaced by what it leads to.

    `sources` maps heads to values. A string that names no known head stays text, unless `strict`.
    Raises NodeError naming the reference where a key or index is missing.
    """

    def change(text: str) -> Json:
        reference = parse(text, sources)
        if reference is not None:
            return look_up(sources[reference.head], reference)
        if strict and parse(text) is not None:
            expected = "a reference to " + (", ".join(sorted(sources)) or "nothing")
            raise NodeError(
                f"{text} leads nowhere; expected {expected}.",
                field=text,
                value=text,
                expected=expected,
            )
        return text

    return map_strings(value, change)


def look_up(value: Json, reference: Reference) -> Json:
    """Follow a reference's path into the value of its head.

    Raises NodeError naming the reference and the step that is missing.
    """
    for at, part in enumerate(reference.path):
        if isinstance(value, dict) and str(part) in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            whole = str(reference)
            walked = Reference(reference.head, reference.path[:at])
            if isinstance(value, list):
                expected = f"an index below {len(value)}"
            elif isinstance(value, dict):
                expected = "one of the keys " + ", ".join(map(str, list(value)[:20]))
            else:
                expected = "an object or a list there"
            raise NodeError(
                f"{whole} leads nowhere: {walked} is {show(value)} and has no {part!r}; "
                f"expected {expected}.",
                field=whole,
                value=part,
                expected=expected,
            )
    return value


def _known_head(text: str, heads: Collection[str]) -> int | None:
    """Return where the longest known head ends, trying one dot less each time."""
    end = len(text)
    if end > MAX_NAME + 1:  # no id is longer; without this, many dots would cost their square
        end = text.rfind(".", 1, MAX_NAME + 2)
    while end > 1:
        if text[1:end] in heads:
            return end
        end = text.rfind(".", 1, end)
    return None


def map_strings(value: Json, change: Callable[[str], Json]) -> Json:
    """Copy a JSON value with each string (keys aside) changed once; iterative, any depth."""
    holder = [value]
    waiting: list[tuple[Json, str | int]] = [(holder, 0)]
    while waiting:
        parent, key = waiting.pop()
        current = parent[key]
        if isinstance(current, str):
            parent[key] = change(current)
        elif isinstance(current, dict):
            parent[key] = copy = dict(current)
            waiting.extend((copy, name) for name in copy)
        elif isinstance(current, list):
            parent[key] = row = list(current)
            waiting.extend((row, at) for at in range(len(row)))
    return holder[0]
