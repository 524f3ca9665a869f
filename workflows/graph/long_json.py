"""Long JSON written and read in pieces, so that the other threads get their turn in between.

The interpreter runs nothing else while it writes or parses one text: for ten megabytes a server
would be silent for a third of a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from workflows.types import Json

#: Levels of lists and objects that are handled item by item: a run's nodes, a list's rows.
LEVELS = 3
#: Longer lists are written in slices, for a call per item costs as much as the item.
FEW, SLICE = 64, 16
#: Shorter texts are parsed at once; that takes a few milliseconds.
LONG = 256 * 1024

_scan = json.JSONDecoder().raw_decode


def chunks(value: Json, encoder: json.JSONEncoder, levels: int = LEVELS) -> Iterator[str]:
    """Yield the text of a value, as an encoder without spaces writes it, piece by piece."""
    if not levels or not value or not isinstance(value, dict | list):
        yield encoder.encode(value)
    elif isinstance(value, dict):
        before, plain = "{", dict[str, Json]()
        for key, item in value.items():
            if not item or not isinstance(item, dict | list):
                plain[key] = item
                continue
            if plain:
                yield f"{before}{encoder.encode(plain)[1:-1]}"
                before, plain = ",", {}
            yield f"{before}{encoder.encode(key)}:"
            yield from chunks(item, encoder, levels - 1)
            before = ","
        yield f"{before}{encoder.encode(plain)[1:]}" if plain else "}"
    elif len(value) > FEW:
        for at in range(0, len(value), SLICE):
            yield f"{',' if at else '['}{encoder.encode(value[at : at + SLICE])[1:-1]}"
        yield "]"
    else:
        for at, item in enumerate(value):
            yield "," if at else "["
            yield from chunks(item, encoder, levels - 1)
        yield "]"


def loads(text: str) -> Json:
    """Parse a text; a long one in pieces where it was written without spaces.

    Raises JSONDecodeError.
    """
    if len(text) > LONG:
        try:
            value, end = _read(text, 0, LEVELS)
        except json.JSONDecodeError:
            pass  # spaces, or no JSON at all: one call says which
        else:
            if end == len(text):
                return value
    return json.loads(text)


def _read(text: str, at: int, levels: int) -> tuple[Json, int]:
    opening = text[at : at + 1]
    if not levels or opening not in ("{", "[") or text[at + 1 : at + 2] in ("}", "]"):
        return _scan(text, at)
    if opening == "[":
        items: list[Json] = []
        while text[at : at + 1] in ("[", ","):
            item, at = _read(text, at + 1, levels - 1)
            items.append(item)
        return items, _after(text, at, "]")
    found: dict[str, Json] = {}
    while text[at : at + 1] in ("{", ","):
        key, at = _scan(text, at + 1)
        found[key], at = _read(text, _after(text, at, ":"), levels - 1)
    return found, _after(text, at, "}")


def _after(text: str, at: int, expected: str) -> int:
    if text[at : at + 1] != expected:
        raise json.JSONDecodeError(f"Expecting {expected!r}", text, at)
    return at + 1
