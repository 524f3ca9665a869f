"""Where counters of windows are kept: in this process, or with PostgreSQL in a table of all.

The table is not logged: a crash of the database may forget a minute, and a count costs no sync.
"""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Protocol

from django.db import connection

from workflows.models import RateWindow

#: Windows kept at most in a process; beyond, those that are over are forgotten, then everything.
MAX_KEYS = 50_000
_MAX_KEY = 200
_TABLE = f'"{RateWindow._meta.db_table}"'


class Windows(Protocol):
    """Counters that begin again when their window is over. Times in seconds; `now` is for tests."""

    def count(
        self, key: str, limit: int, seconds: int, rest_seconds: int, now: float | None
    ) -> tuple[int, float]:
        """Count one more; return how many that makes, and in how many seconds the window is over.

        More than `limit` are refused; the first that is makes the window last `rest_seconds` more.
        """

    def ends_in(self, key: str, now: float | None) -> float:
        """Return in how many seconds a window is over; 0 when it is."""

    def give_back(self, key: str) -> None:
        """Take one count back."""

    def clear(self, key: str) -> None:
        """Forget a window."""

    def forget(self) -> None:
        """Forget all."""


class LocalWindows:
    """Those of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def count(
        self, key: str, limit: int, seconds: int, rest_seconds: int, now: float | None
    ) -> tuple[int, float]:
        """Count one more."""
        now = time.monotonic() if now is None else now
        with self._lock:
            if len(self._windows) >= MAX_KEYS:
                self._make_room(now)
            end, count = self._windows.get(key, (now + seconds, 0))
            if end <= now:
                end, count = now + seconds, 0
            if count == limit and rest_seconds:
                end = now + rest_seconds
            self._windows[key] = (end, count + 1)
            return count + 1, end - now

    def ends_in(self, key: str, now: float | None) -> float:
        """Return in how many seconds a window is over."""
        now = time.monotonic() if now is None else now
        with self._lock:
            end, _ = self._windows.get(key, (now, 0))
        return max(0.0, end - now)

    def give_back(self, key: str) -> None:
        """Take one count back."""
        with self._lock:
            if key in self._windows:
                end, count = self._windows[key]
                self._windows[key] = (end, max(0, count - 1))

    def clear(self, key: str) -> None:
        """Forget a window."""
        with self._lock:
            self._windows.pop(key, None)

    def forget(self) -> None:
        """Forget all."""
        with self._lock:
            self._windows.clear()

    def _make_room(self, now: float) -> None:
        for key in [key for key, (end, _) in self._windows.items() if end <= now]:
            del self._windows[key]
        if len(self._windows) >= MAX_KEYS:
            self._windows.clear()


class SharedWindows:
    """Those of all processes of a site; the database's clock says what time it is."""

    def count(
        self, key: str, limit: int, seconds: int, rest_seconds: int, now: float | None
    ) -> tuple[int, float]:
        """Count one more, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH t AS (SELECT {_NOW} AS now) "
                f"INSERT INTO {_TABLE} AS w (key, ends, count) "
                "SELECT %s, t.now + %s, 1 FROM t ON CONFLICT (key) DO UPDATE SET "
                f"count = CASE WHEN w.ends <= {_NOW} THEN 1 ELSE w.count + 1 END, "
                f"ends = CASE WHEN w.ends <= {_NOW} THEN excluded.ends "
                f"WHEN %s > 0 AND w.count = %s THEN {_NOW} + %s ELSE w.ends END "
                f"RETURNING count, ends - {_NOW}",
                [now, _short(key), seconds, now, now, rest_seconds, limit, now, rest_seconds, now],
            )
            count, wait = cursor.fetchone() or (0, 0.0)
        return int(count), float(wait)

    def ends_in(self, key: str, now: float | None) -> float:
        """Return in how many seconds a window is over."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT ends - {_NOW} FROM {_TABLE} WHERE key = %s", [now, _short(key)])
            row = cursor.fetchone()
        return max(0.0, float(row[0])) if row else 0.0

    def give_back(self, key: str) -> None:
        """Take one count back."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {_TABLE} SET count = GREATEST(0, count - 1) WHERE key = %s", [_short(key)]
            )

    def clear(self, key: str) -> None:
        """Forget a window."""
        RateWindow.objects.filter(key=_short(key)).delete()

    def forget(self) -> None:
        """Forget all."""
        RateWindow.objects.all().delete()


#: A given time, or that of the database.
_NOW = "COALESCE(%s::float8, EXTRACT(EPOCH FROM clock_timestamp())::float8)"


def _short(key: str) -> str:
    """Return a key as the table keeps it: long ones by their digest, and no NUL."""
    if len(key) <= _MAX_KEY and key.isprintable():
        return key
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
