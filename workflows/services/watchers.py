"""How many event streams and sockets are open in this process, and the limit on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.conf import settings

from workflows.errors import TooManyWatchers

_ids = count()
_open: set[int] = set()


def check_room() -> None:
    """Raise TooManyWatchers when no further watcher is let in."""
    limit = settings.LIMITS["watchers"]
    if len(_open) >= limit:
        raise TooManyWatchers(limit=limit)


@contextmanager
def watching() -> Iterator[None]:
    """Count as a watcher while inside."""
    id = next(_ids)
    _open.add(id)
    try:
        yield
    finally:
        _open.discard(id)
