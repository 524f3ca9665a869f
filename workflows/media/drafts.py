"""A file while it is being written: on disk, without a name, and gone when nobody has it open."""

from __future__ import annotations

import io
import os
import secrets
from typing import Any, BinaryIO, cast

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

    def reader(self) -> BinaryIO:
        """Open what has been written for reading, from a place of its own."""
        self.flush()
        return cast(BinaryIO, io.BufferedReader(_Reader(os.dup(self.fileno()))))


class _Reader(io.RawIOBase):
    """Reads a file that has no name; descriptors of one opening share their place, so not by it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        body = os.pread(self._descriptor, len(buffer), self._place)
        buffer[: len(body)] = body
        self._place += len(body)
        return len(body)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        ends = {io.SEEK_CUR: self._place, io.SEEK_END: os.fstat(self._descriptor).st_size}
        self._place = offset + ends.get(whence, 0)
        return self._place

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()
