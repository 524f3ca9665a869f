"""Lists by page: `page` from 1, `per_page` up to 100, and how many there are in all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from workflows.api import query
from workflows.types import JsonObject

DEFAULT, MOST = 10, 100


def page_of(
    request: HttpRequest,
    name: str,
    rows: QuerySet[Any],
    shown: Callable[[Sequence[Any]], list[JsonObject]],
) -> JsonObject:
    """Return `{name: [...], "total"}` of the requested page. Raises BadRequest."""
    page = query.number(request, "page", default=1, low=1)
    size = query.number(request, "per_page", default=DEFAULT, low=1, high=MOST)
    found = list(rows[(page - 1) * size : page * size])
    return {name: shown(found), "total": rows.count()}
