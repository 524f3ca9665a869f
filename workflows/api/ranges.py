"""The Range header of RFC 9110: one range of bytes, or none."""

from __future__ import annotations

import re

from workflows.errors import PatchbayError

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class RangeNotSatisfiable(PatchbayError):
    """The file is shorter than the requested range."""

    code = "RANGE_NOT_SATISFIABLE"
    status = 416


def read_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (first, last) byte of the requested range, or None to send the whole.

    Several ranges, other units and malformed headers mean the whole, as the RFC allows. Raises
    RangeNotSatisfiable when the range is behind the end.
    """
    found = _ONE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        length = min(int(last), size)
        start, end = size - length, size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < start:
            return None
    if start > end or start >= size:
        raise RangeNotSatisfiable(size=size)
    return start, end
