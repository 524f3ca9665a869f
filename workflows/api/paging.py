"""Pages of a list by `limit` and `cursor`; the list stays a bare array, and `Link` leads on.

A cursor names the last row returned by where it sorts, so it stays good when that row goes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from rest_framework.request import Request

from workflows.api import query
from workflows.api.base import origin_of

MAX_LIMIT = 1_000
T = TypeVar("T")


def page(
    request: Request, rows: Sequence[T], place: Callable[[T], str]
) -> tuple[Sequence[T], dict[str, str]]:
    """Return the rows of the page that is requested, and the headers that lead on from it.

    `place` returns a text by which the rows are sorted, ascending, no two alike. Without `limit`
    and `cursor` that is everything. Raises BadRequest.
    """
    query.paged_by(request, "limit", "cursor")
    after = _after(query.one(request, "cursor"))
    if after is not None:
        rows = [row for row in rows if place(row) > after]
    if query.one(request, "limit") is None:
        return rows, {}
    limit = query.number(request, "limit", default=MAX_LIMIT, low=1, high=MAX_LIMIT)
    if len(rows) <= limit:
        return rows, {}
    cursor = base64.urlsafe_b64encode(place(rows[limit - 1]).encode()).decode()
    parameters = {**request.GET.dict(), "cursor": cursor}
    link = f'<{origin_of(request)}{request.path}?{urlencode(parameters)}>; rel="next"'
    return rows[:limit], {"Link": link}


def _after(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise query.wrong("cursor", cursor, "the cursor of a Link header") from None
