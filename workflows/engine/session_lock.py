"""The lock of PostgreSQL that makes an engine the only one of its database.

An advisory lock lives as long as the session that took it; this one is opened for nothing else. A
pooler that gives sessions away between transactions would give the lock away with it.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

from workflows.engine.file_lock import Taken, Unreachable

#: Names the lock among all advisory locks of the database.
KEY = 0x7061746368626179  # "patchbay"
#: A dead network is noticed within some ten seconds, on both sides.
_CLIENT = {
    "connect_timeout": 3,
    "keepalives_idle": 3,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8_000,
}
_SERVER = ("tcp_keepalives_idle = 3", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")
_OF_OURS = (
    "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    f"AND l.classid = {KEY >> 32} AND l.objid = {KEY & 0xFFFFFFFF} "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def parameters() -> dict[str, Any]:
    """Return what a session of our own is opened with, apart from Django's."""
    found: dict[str, Any] = dict(connection.get_connection_params())
    for ours in ("pool", "cursor_factory", "context", "prepare_threshold"):
        found.pop(ours, None)
    return {**found, **_CLIENT}


def open_session(name: str) -> psycopg.Connection[Any]:
    """Open a session that commits each statement, and whose loss both sides notice soon.

    `name` is how the server lists it. Raises psycopg's errors.
    """
    session = psycopg.connect(**{**parameters(), "application_name": name}, autocommit=True)
    try:
        for setting in _SERVER:
            session.execute(f"SET {setting}")
    except BaseException:
        session.close()
        raise
    return session


class SessionLock:
    """An advisory lock of PostgreSQL on a session that does nothing else."""

    def __init__(self, patience_seconds: float) -> None:
        self._session: psycopg.Connection[Any] | None = None
        self._backend: tuple[Any, ...] = ()
        self._take(time.monotonic() + patience_seconds)

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return whether the very session we took the lock on still has it."""
        if not self._backend:
            return False
        cursor.execute(
            f"SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE {_OF_OURS} "
            "AND a.pid = %s AND a.backend_start = %s",
            self._backend,
        )
        return cursor.fetchone() is not None

    def keep(self) -> None:
        """Check whether the session lives; open another one if not."""
        if self._session is not None:
            try:
                self._session.execute("SELECT 1")
                return
            except psycopg.Error:
                self.close()
        self._take(time.monotonic())

    def close(self) -> None:
        """End the session, and the lock with it."""
        session, self._session, self._backend = self._session, None, ()
        if session is not None:
            with suppress(psycopg.Error):
                session.close()

    def _take(self, deadline: float) -> None:
        try:
            self._open(deadline)
        except psycopg.Error as error:
            raise Unreachable(str(error)) from error

    def _open(self, deadline: float) -> None:
        session = open_session(f"patchbay {socket.gethostname()[:40]}:{os.getpid()}")
        try:
            while not _first(session, "SELECT pg_try_advisory_lock(%s)", KEY)[0]:
                if time.monotonic() >= deadline:
                    raise Taken(_holder(session))
                time.sleep(0.1)
            self._backend = _first(
                session,
                "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()",
            )
        except BaseException:
            session.close()
            raise
        self._session = session


def _first(session: psycopg.Connection[Any], text: Any, *values: object) -> tuple[Any, ...]:
    return session.execute(text, values).fetchone() or ()


def _holder(session: psycopg.Connection[Any]) -> str:
    row = _first(
        session,
        "SELECT a.application_name, host(a.client_addr) FROM pg_locks l "
        f"JOIN pg_stat_activity a ON a.pid = l.pid WHERE {_OF_OURS}",
    )
    name, place = row or ("", None)
    return " from ".join(part for part in (str(name).removeprefix("patchbay "), place) if part)
