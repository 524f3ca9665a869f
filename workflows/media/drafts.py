"""A file while it is being written: on disk, without a name, and gone when it is closed."""

from __future__ import annotations

import io
import os
import secrets
from typing import Any

from workflows.errors import TooLarge
from workflows.media import storage


class Draft(io.BufferedRandom):
    """Takes at most `limit` bytes; beyond them `write` raises TooLarge."""

    def __init__(self, limit: int) -> None:
        folder = storage.root() / "partial"
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / secrets.token_hex(16)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        # Without a name nothing has to be cleaned up, however the process ends.
        path.unlink()
        super().__init__(io.FileIO(descriptor, "r+"))
        self._limit = limit

    def write(self, piece: Any) -> int:
        """Write bytes at the present place."""
        end = self.tell() + len(piece)
        if end > self._limit:
            raise TooLarge(
                "The file would be too large.", value=end, expected=f"at most {self._limit:,} bytes"
            )
        return super().write(piece)
