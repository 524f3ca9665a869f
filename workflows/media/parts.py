"""Files that come in parts: each part lies in a folder of its upload until all are put together.

A part is named by its number and its hash, so sending one again changes nothing, and of two that
differ the one that is asked for is taken. Whatever nobody puts together is removed in time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from workflows.errors import InvalidBody, TooLarge
from workflows.media.storage import CHUNK_BYTES, root

MAX_NUMBER = 10_000
_FOLDER = "parts"


def write(user_id: int, upload_id: UUID, number: int, pieces: Iterable[bytes], limit: int) -> str:
    """Keep a part of a user's upload and return its hash.

    Raises InvalidBody for a number out of range, and TooLarge once the parts of this upload have
    more bytes than the limit.
    """
    if not 1 <= number <= MAX_NUMBER:
        raise InvalidBody(
            "There is no such part.",
            field="partNumber",
            value=number,
            expected=f"1 to {MAX_NUMBER}",
        )
    folder = _place(user_id, upload_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    size, digest = _size(folder), hashlib.sha256()
    partial = folder / f"{secrets.token_hex(8)}.partial"
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise TooLarge(value=size, expected=f"at most {limit:,} bytes")
                digest.update(piece)
                file.write(piece)
        partial.replace(folder / _name(number, digest.hexdigest()))
    finally:
        partial.unlink(missing_ok=True)
    return digest.hexdigest()


def read(user_id: int, upload_id: UUID, parts: dict[int, str]) -> Iterator[bytes]:
    """Return the bytes of the parts (number -> hash) in the order of their numbers.

    Raises InvalidBody at once when one of them has not been sent.
    """
    folder = _place(user_id, upload_id)
    files = [folder / _name(number, parts[number]) for number in sorted(parts)]
    for number, file in zip(sorted(parts), files, strict=True):
        if not file.is_file():
            raise InvalidBody(
                f"Part {number} has not been sent, or not with this etag.",
                field="parts",
                value=number,
                expected="the number and etag of a part",
            )
    return _pieces(files)


def drop(user_id: int, upload_id: UUID) -> None:
    """Remove the parts of an upload."""
    shutil.rmtree(_place(user_id, upload_id), ignore_errors=True)


def waiting_bytes(user_id: int) -> int:
    """Return how much the parts of all of a user's uploads take."""
    folder = root() / _FOLDER / str(user_id)
    return sum(_size(upload) for upload in folder.iterdir()) if folder.is_dir() else 0


def forget(before: datetime) -> int:
    """Remove the uploads that nothing has been added to since; return how many."""
    count = 0
    for upload in (root() / _FOLDER).glob("*/*"):
        with suppress(FileNotFoundError):
            if upload.stat().st_mtime < before.timestamp():
                shutil.rmtree(upload, ignore_errors=True)
                count += 1
    return count


def _place(user_id: int, upload_id: UUID) -> Path:
    return root() / _FOLDER / str(user_id) / str(upload_id)


def _name(number: int, digest: str) -> str:
    # A hash comes from outside here: anything else than one names no file of ours.
    safe = digest if digest.isascii() and digest.isalnum() and len(digest) == 64 else "none"
    return f"{number}-{safe}"


def _size(folder: Path) -> int:
    # What another request finishes with meanwhile is not there any more.
    total = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                total += entry.stat().st_size
    return total


def _pieces(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        with file.open("rb") as opened:
            while piece := opened.read(CHUNK_BYTES):
                yield piece
