"""New files on disk, without a name, that are gone once no process has them open."""

from __future__ import annotations

import os
import secrets

from workflows.media import files
from workflows.media.draft_file import Draft

__all__ = ["Draft", "new_draft"]


def new_draft(limit: int) -> Draft:
    """Return an empty file of at most `limit` bytes."""
    path = files.local_folder("partial") / secrets.token_hex(16)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    # Without a name nothing has to be cleaned up, however the process ends.
    path.unlink()
    return Draft(descriptor, limit)
