"""Addresses of our own files: relative inside, whole for clients that have no page of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflows.types import Json

MEDIA = "/media/"
#: The rest of a text in JSON that turns out to be a key.
_KEY = re.compile(r'(?:[^"\\]++|\\.)*+":')


def absolute(value: Json, origin: str) -> Json:
    """Return a JSON value with `origin` put before every address of a file of ours."""
    if isinstance(value, str):
        return origin + value if value.startswith(MEDIA) else value
    if isinstance(value, list):
        return [absolute(item, origin) for item in value]
    if isinstance(value, dict):
        return {key: absolute(item, origin) for key, item in value.items()}
    return value


def absolute_pieces(text: str, start: int, end: int, origin: str) -> Iterator[tuple[int, int, str]]:
    """Do the same with a part of a text of JSON that is too large to be built again.

    Yields pieces as begin, end and what is to be put behind them: `origin`, and at last nothing.
    """
    at = start
    while origin and (at := text.find(f'"{MEDIA}', at, end) + 1):
        # JSON as `fields.encode` writes it: a quote inside a text has a backslash before it.
        if text[at - 2] in ":,[" and not _KEY.match(text, at, end):
            yield start, at, origin
            start = at
    yield start, end, ""
