"""The lock on DATA_DIR: two servers over one folder would fence each other's runs for ever."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another server already runs on this folder."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


def take(folder: Path) -> IO[str]:
    """Lock a folder for this process and return the open lock file; closing it lets go.

    The kernel lets go by itself when the process dies, however it dies. Raises Taken with the
    other process's id, as far as it is known.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Not "w": that would empty the file of the process that holds the lock.
    file = os.fdopen(os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = file.read(20).strip()
        file.close()
        raise Taken(holder) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
