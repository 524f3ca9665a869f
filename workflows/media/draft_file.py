"""A file while it is being written, and readers of files by descriptor. No Django."""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO

from workflows.errors import TooLarge


class Draft(io.BufferedRandom):
    """A file that takes at most `limit` bytes; beyond them `write` raises TooLarge."""

    def __init__(self, descriptor: int, limit: int) -> None:
        super().__init__(io.FileIO(descriptor, "r+"))
        self.limit = limit

    def write(self, chunk: Any) -> int:
        """Write bytes at the present place."""
        end = self.tell() + len(chunk)
        if end > self.limit:
            raise TooLarge(
                "The file would be too large.", value=end, expected=f"at most {self.limit:,} bytes"
            )
        return super().write(chunk)

    def reader(self) -> io.BufferedReader:
        """Open what has been written for reading, from a place of its own."""
        self.flush()
        return reader(os.dup(self.fileno()))


def reader(descriptor: int) -> io.BufferedReader:
    """Read a file by its descriptor, which is closed with it, from a place of its own."""
    return io.BufferedReader(_Reader(descriptor))


def again(file: BinaryIO) -> BinaryIO:
    """Open an open file once more, to read it from its beginning."""
    if isinstance(file, io.BytesIO):
        return io.BytesIO(file.getvalue())
    return reader(os.dup(file.fileno()))


class _Reader(io.RawIOBase):
    """Reads with `pread`: descriptors of one opening share their place, so not by it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

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
