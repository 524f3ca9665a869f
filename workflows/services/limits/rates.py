"""How often a caller may do something: counters of a window, over all processes of a site."""

from __future__ import annotations

from django.db import connection

from workflows.errors import RateLimitExceeded
from workflows.services.limits.windows import LocalWindows, SharedWindows, Windows

_local, _shared = LocalWindows(), SharedWindows()


def take(
    key: str, *, limit: int, seconds: int, now: float | None = None, rest_seconds: int = 0
) -> int:
    """Count one more of `key` in its window and return how many are left.

    A window begins with its first call. With `rest_seconds` a caller that exceeds it waits so long
    from then on. Raises RateLimitExceeded with `limit` and `retryAfter` (s).
    """
    count, left = _windows().count(key, limit, seconds, rest_seconds, now)
    if count > limit:
        wait = max(1, round(left))
        raise RateLimitExceeded(
            f"Too many requests; try again in {wait} s.", limit=limit, retryAfter=wait
        )
    return limit - count


def ends_in(key: str, now: float | None = None) -> float:
    """Return in how many seconds the window of `key` is over; 0 when it is."""
    return _windows().ends_in(key, now)


def give_back(key: str) -> None:
    """Take one count of `key` back."""
    _windows().give_back(key)


def clear(key: str) -> None:
    """Forget the counts of `key`."""
    _windows().clear(key)


def forget() -> None:
    """Forget all windows; for tests."""
    _windows().forget()


def _windows() -> Windows:
    return _shared if connection.vendor == "postgresql" else _local
