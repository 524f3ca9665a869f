"""Files under the hash of their content.

A file's key follows from its SHA-256 alone: no text of a user ever becomes part of it. Files are
written elsewhere and put into their place when complete, so a file that exists is whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, cast

from workflows.errors import AssetNotFound, TooLarge
from workflows.media import files
from workflows.media.files import CHUNK_BYTES
from workflows.media.sniff import HEAD_BYTES

#: A file to be stored: its bytes, pieces of them, or something to read from.
Content = bytes | BinaryIO | Iterable[bytes]
#: The form of a hash.
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: `head` is the beginning of the file, for `sniff`."""

    sha256: str
    size: int
    head: bytes


def key(sha256: str) -> str:
    """Return the key of a file with this hash. Raises AssetNotFound for anything but a hash."""
    if not SHA256.fullmatch(sha256):
        raise AssetNotFound()
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def hash_of(key_: str) -> str | None:
    """Return the hash that a key is of; None for keys of other files."""
    sha256 = key_.rpartition("/")[2]
    return sha256 if SHA256.fullmatch(sha256) and key(sha256) == key_ else None


class Writer:
    """Writes one file: `write` its pieces, then `commit`; leaving the block without drops it.

    Works the same for callers that get their pieces asynchronously.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._hash = hashlib.sha256()
        self._size = 0
        self._head = b""
        self._path = files.local_folder("partial") / secrets.token_hex(16)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = cast(BinaryIO, os.fdopen(descriptor, "wb"))

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()  # writes what is left of the buffer, for which there may be no room
        finally:
            self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Append bytes. Raises TooLarge once there are more than the limit."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLarge(value=self._size, expected=f"at most {self._limit:,} bytes")
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
        self._hash.update(chunk)
        self._file.write(chunk)

    def commit(self) -> Stored:
        """Put the file in its place, where it is durable."""
        self._file.close()
        sha256 = self._hash.hexdigest()
        files.store().put(key(sha256), self._path)
        return Stored(sha256, self._size, self._head)


def write(file: Content, limit: int) -> Stored:
    """Store a file of at most `limit` bytes. Raises TooLarge."""
    with Writer(limit) as writer:
        for chunk in _chunks(file):
            writer.write(chunk)
        return writer.commit()


def open_file(sha256: str) -> BinaryIO:
    """Open a stored file. Raises AssetNotFound when it is not there (or is no plain file)."""
    return files.store().open(key(sha256))


def exists(sha256: str) -> bool:
    """Return whether a file with this hash is stored."""
    return bool(SHA256.fullmatch(sha256)) and files.store().size(key(sha256)) is not None


def existing(hashes: Iterable[str]) -> set[str]:
    """Return those of some hashes with which a file is stored."""
    keys = {key(sha256): sha256 for sha256 in hashes}
    return {keys[found] for found in files.store().existing(keys)}


def read_range(sha256: str, start: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes of a stored file from `start`, in pieces. Raises AssetNotFound."""
    return files.store().read(key(sha256), start, length)


def _chunks(file: Content) -> Iterator[bytes]:
    if isinstance(file, bytes):
        yield file
    elif hasattr(file, "read") and hasattr(file, "seek"):
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
    else:
        yield from file
