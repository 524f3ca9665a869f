"""The one engine of a database: a lock held for as long as the engine lives.

PostgreSQL: an advisory lock on a session of its own. A session can end while we live, so the engine
looks after it (`keep`), and proves before each claim that it still has the lock (`holds`). SQLite:
a locked file beside the database's, which the kernel keeps for us until we die.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper

#: How long a start waits for the lock of a process that has just died.
PATIENCE_SECONDS = 2.0
#: How often a session is asked whether it lives.
KEEP_SECONDS = 2.0


class Taken(Exception):
    """Another process has this lock; `holder` names it as far as it is known."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


class Ownership(Protocol):
    """The right to execute the runs of a database."""

    def holds(self, cursor: CursorWrapper) -> bool:
        """Say whether the lock is ours, asked within the transaction that depends on it."""

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


def lock_file(path: Path, *, wait: bool = False) -> IO[str]:
    """Lock a file for this process and return it open; closing it lets go.

    The kernel lets go by itself when the process dies, however it dies. Raises Taken with the
    other process's id, as far as it is known, unless it may `wait`. The folder may be new.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Not "w": that would empty the file of the process that holds the lock.
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        holder = file.read(20).strip()
        file.close()
        raise Taken(f"process {holder}" if holder else "") from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


class FileLock:
    """A locked file."""

    def __init__(self, path: Path) -> None:
        self._file = lock_file(path)

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return True: the kernel takes nothing away."""
        return True

    def keep(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Let go."""
        self._file.close()
