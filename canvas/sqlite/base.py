"""SQLite for a server of many short threads: writers queue, and connections are used again.

SQLite lets one writer in at a time; the others try again after sleeps of up to 100 ms, and the one
that has waited longest has no better chance. Nearly all writers of a site are threads of one
process, so they queue up here first (`queue.py`), where the next one is woken at once.

Threads give their connections back after each piece of work, so each would open the file, set its
pragmas and register Django's sixty functions again; a closed connection is kept for the next one
instead.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from canvas.sqlite.queue import WriteQueue

#: One queue per database file: tests have several databases in one process.
_queues: dict[str, WriteQueue] = {}
_queues_lock = threading.Lock()
#: Idle connections by database file and process, for a forked child must open its own.
_idle: dict[tuple[str, int], deque[sqlite3.Connection]] = {}
MAX_IDLE = 16


if TYPE_CHECKING:

    class DjangosWrapper(base.DatabaseWrapper):
        """Django's wrapper with the methods of its own that django-stubs leave out."""

        def _start_transaction_under_autocommit(self) -> Any: ...
        def _commit(self) -> Any: ...
        def _rollback(self) -> Any: ...
        def _close(self) -> Any: ...

else:
    DjangosWrapper = base.DatabaseWrapper


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which turns `%s` into `?`: once for each statement that comes again."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """Return a statement as SQLite reads it."""
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _converted(query)


@lru_cache(maxsize=256)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(DjangosWrapper):
    """Django's wrapper, with a turn taken before BEGIN and given up after COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: WriteQueue | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take an idle connection of this process, or open one, in a folder that may be new."""
        try:
            return self._pool().pop()
        except IndexError:
            folder = Path(self.settings_dict["NAME"]).parent
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise OperationalError(f"{folder} cannot be used: {error.strerror}.") from error
            return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor of ours."""
        assert self.connection is not None  # Django has seen to it
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn(moved=False)
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
            pool = self._pool()
            fit = self.connection is not None and not self.connection.in_transaction
            if fit and self.errors_occurred is False and len(pool) < MAX_IDLE:
                pool.append(self.connection)
            else:
                super()._close()
        finally:
            self._end_turn()

    def _pool(self) -> deque[sqlite3.Connection]:
        return _idle.setdefault((str(self.settings_dict["NAME"]), os.getpid()), deque())

    def _take_turn(self) -> None:
        if self._turn is not None:
            return
        with _queues_lock:
            queue = _queues.setdefault(str(self.settings_dict["NAME"]), WriteQueue())
        if not queue.acquire(self.settings_dict["OPTIONS"].get("timeout", 5)):
            raise OperationalError("database is locked")
        self._turn = queue

    def _end_turn(self, *, moved: bool = True) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release(moved=moved)

    def _in_transaction(self) -> bool:
        return self.connection is not None and self.connection.in_transaction
