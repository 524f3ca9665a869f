"""SQLite whose writing transactions wait for each other in this process instead of polling.

SQLite lets one writer in at a time; the others try again after sleeps of up to 100 ms, and the one
that has waited longest has no better chance. Nearly all writers of a site are threads of one
process, so they queue at a lock of ours first, which wakes the next one at once.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

#: One lock per database file: tests have several databases in one process.
_locks: dict[str, threading.Lock] = {}
_locks_lock = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper, with a turn taken before BEGIN and given up after COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()
        finally:
            if not self._in_transaction():
                self._end_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            if not self._in_transaction():
                self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._turn is not None:
            return
        with _locks_lock:
            lock = _locks.setdefault(str(self.settings_dict["NAME"]), threading.Lock())
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        if not lock.acquire(timeout=seconds):
            raise OperationalError("database is locked")
        self._turn = lock

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _in_transaction(self) -> bool:
        return self.connection is not None and self.connection.in_transaction
