"""How many event streams and sockets are open, in all and by account, and the limits.

Those of this process are counted as they come and go; those of others as of their last heartbeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from workflows.engine import members
from workflows.errors import TooManyOwnWatchers, TooManyWatchers

_lock = Lock()
_open: Counter[int] = Counter()


@contextmanager
def watching(user_id: int) -> Iterator[None]:
    """Count as a watcher of this account while inside. Raises TooMany(Own)Watchers."""
    _enter(user_id)
    try:
        yield
    finally:
        with _lock:
            _open[user_id] -= 1
            if not _open[user_id]:
                del _open[user_id]


def _enter(user_id: int) -> None:
    own, most = settings.LIMITS["watchers_per_user"], settings.LIMITS["watchers"]
    elsewhere = members.watchers_elsewhere()
    with _lock:
        if _open[user_id] + elsewhere[str(user_id)] >= own:
            raise TooManyOwnWatchers(
                f"This account has {own} event streams and sockets open, which is the most it may"
                " have; close some first.",
                limit=own,
            )
        if _open.total() + elsewhere.total() >= most:
            raise TooManyWatchers(limit=most)
        _open[user_id] += 1


def _here() -> dict[str, int]:
    with _lock:
        return {str(user_id): count for user_id, count in _open.items()}


members.watchers_counted_by(_here)


def total() -> int:
    """Return how many are open in this process."""
    with _lock:
        return _open.total()
