"""The lock on DATA_DIR: two servers over one folder would write each other's files."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from workflows.engine.file_lock import lock_file


def take(folder: Path) -> IO[str]:
    """Lock a folder for this process and return the open lock file; closing it lets go.

    Raises Taken, and OSError when the folder cannot be written.
    """
    return lock_file(folder / "serve.lock")
