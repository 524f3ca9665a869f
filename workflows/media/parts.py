"""Files that come in parts: each part is stored in a folder of its upload until all are joined.

A part is named by its number and its hash, so sending one again changes nothing, and of two that
differ the requested one is taken. Parts that are never joined are removed in time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from workflows.errors import InvalidBody, TooLarge
from workflows.media import files

MAX_NUMBER = 10_000
_FOLDER = "parts"


def write(user_id: int, upload_id: UUID, number: int, chunks: Iterable[bytes], limit: int) -> str:
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
    size, digest = _size(folder), hashlib.sha256()
    partial = files.local_folder("partial") / secrets.token_hex(16)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(value=size, expected=f"at most {limit:,} bytes")
                digest.update(chunk)
                file.write(chunk)
        key = f"{folder}/{_name(number, digest.hexdigest())}"
        files.store().put(key, partial, durable=False)
    finally:
        partial.unlink(missing_ok=True)
    return digest.hexdigest()


def read(user_id: int, upload_id: UUID, parts: dict[int, str]) -> Iterator[bytes]:
    """Return the bytes of the parts (number -> hash) in the order of their numbers.

    Raises InvalidBody at once when one of them has not been sent.
    """
    folder = _place(user_id, upload_id)
    keys = [f"{folder}/{_name(number, parts[number])}" for number in sorted(parts)]
    found = files.store().existing(keys)
    for number, key in zip(sorted(parts), keys, strict=True):
        if key not in found:
            raise InvalidBody(
                f"Part {number} has not been sent, or not with this etag.",
                field="parts",
                value=number,
                expected="the number and etag of a part",
            )
    return _chunks(keys)


def drop(user_id: int, upload_id: UUID) -> None:
    """Remove the parts of an upload."""
    files.store().drop(_place(user_id, upload_id))


def waiting_bytes(user_id: int) -> int:
    """Return how much the parts of all of a user's uploads take."""
    return _size(f"{_FOLDER}/{user_id}")


def forget(before: datetime) -> int:
    """Remove the uploads that nothing has been added to since; return how many."""
    latest: dict[str, datetime] = {}
    for part in files.store().list(_FOLDER):
        folder = part.key.rpartition("/")[0]
        latest[folder] = max(part.modified, latest.get(folder, part.modified))
    old = [folder for folder, modified in latest.items() if modified < before]
    for folder in old:
        files.store().drop(folder)
    return len(old)


def _place(user_id: int, upload_id: UUID) -> str:
    return f"{_FOLDER}/{user_id}/{upload_id}"


def _name(number: int, digest: str) -> str:
    # A hash comes from outside here: anything else than one names no file of ours.
    safe = digest if digest.isascii() and digest.isalnum() and len(digest) == 64 else "none"
    return f"{number}-{safe}"


def _size(folder: str) -> int:
    return sum(part.size for part in files.store().list(folder))


def _chunks(keys: list[str]) -> Iterator[bytes]:
    for key in keys:
        yield from files.store().read(key)
