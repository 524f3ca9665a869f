"""A file that one process at a time has locked; the kernel lets go when the process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another process has this lock; `holder` names it as far as it is known."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


class Unreachable(Exception):
    """The database that has the lock does not respond."""


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

    def close(self) -> None:
        """Let go."""
        self._file.close()
