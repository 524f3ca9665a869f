"""How often somebody may do something: counters of a window, kept in this process.

There is one server process, and a restart may forget a minute: no table is worth that.
"""

from __future__ import annotations

import threading
import time

from workflows.errors import RateLimitExceeded

#: Windows kept at most; beyond, those that are over are forgotten, then everything.
MAX_KEYS = 50_000

_lock = threading.Lock()
_windows: dict[str, tuple[float, int]] = {}


def take(
    key: str, *, limit: int, seconds: int, now: float | None = None, rest_seconds: int = 0
) -> int:
    """Count one more of `key` in its window and return how many are left.

    A window begins with its first call. With `rest_seconds` whoever exceeds it waits so long from
    then on. Raises RateLimitExceeded with `limit` and `retryAfter` (s).
    """
    now = time.monotonic() if now is None else now
    with _lock:
        if len(_windows) >= MAX_KEYS:
            _forget(now)
        end, count = _windows.get(key, (now + seconds, 0))
        if end <= now:
            end, count = now + seconds, 0
        if count == limit and rest_seconds:
            end = now + rest_seconds
            _windows[key] = (end, limit + 1)
        if count >= limit:
            wait = max(1, round(end - now))
            raise RateLimitExceeded(
                f"Too many requests; try again in {wait} s.", limit=limit, retryAfter=wait
            )
        _windows[key] = (end, count + 1)
        return limit - count - 1


def ends_in(key: str, now: float | None = None) -> float:
    """Return in how many seconds the window of `key` is over; 0 when it is."""
    now = time.monotonic() if now is None else now
    with _lock:
        end, _ = _windows.get(key, (now, 0))
    return max(0.0, end - now)


def give_back(key: str) -> None:
    """Take one count of `key` back."""
    with _lock:
        if key in _windows:
            end, count = _windows[key]
            _windows[key] = (end, max(0, count - 1))


def clear(key: str) -> None:
    """Forget the counts of `key`."""
    with _lock:
        _windows.pop(key, None)


def forget() -> None:
    """Forget all windows; for tests."""
    with _lock:
        _windows.clear()


def _forget(now: float) -> None:
    for key in [key for key, (end, _) in _windows.items() if end <= now]:
        del _windows[key]
    if len(_windows) >= MAX_KEYS:
        _windows.clear()
