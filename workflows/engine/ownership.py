"""The one engine of a database: a lock held for as long as the engine lives.

PostgreSQL: an advisory lock on a session of its own. A session can end while we live, so the engine
looks after it (`keep`), and proves before each claim that it still has the lock (`holds`). SQLite:
a locked file beside the database's, which the kernel keeps for us until we die.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper

from workflows.engine.file_lock import FileLock

#: How long a start waits for the lock of a process that has just died.
PATIENCE_SECONDS = 2.0
#: How often a session is asked whether it lives.
KEEP_SECONDS = 2.0


class Ownership(Protocol):
    """The right to execute the runs of a database."""

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return whether the lock is ours, asked within the transaction that depends on it."""

    def keep(self) -> None:
        """Take a lost lock again. Raises Taken, and others while the database is away."""

    def close(self) -> None:
        """Let go."""


def take() -> Ownership:
    """Become the one engine of the database. Raises Taken when there is another."""
    if connection.vendor == "postgresql":
        # Imported here: SQLite needs no driver of PostgreSQL.
        from workflows.engine.session_lock import SessionLock

        return SessionLock(PATIENCE_SECONDS)
    file = Path(connection.settings_dict["NAME"]).resolve()
    return FileLock(file.with_name(f"{file.name}-engine"))
