"""The store of files, by key: a folder (MEDIA_ROOT) or a bucket (MEDIA_URL), and which it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

__all__ = ["CHUNK_BYTES", "Found", "Store", "local_folder", "store"]

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A stored file."""

    key: str
    size: int
    modified: datetime


class Store(Protocol):
    """Files by key, such as `ab/cd/<hash>`; one that can be seen is whole.

    Every method raises Unavailable when the place of the files does not respond.
    """

    def put(self, key: str, file: Path, *, durable: bool = True) -> None:
        """Keep a finished file of `partial`, which is moved or read; another of that key goes.

        One that is not `durable` may be lost when the machine fails in the next seconds.
        """

    def open(self, key: str) -> BinaryIO:
        """Open a file that has a descriptor. Raises AssetNotFound."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file from `start`, `length` bytes of it or all. Raises AssetNotFound."""

    def size(self, key: str) -> int | None:
        """Return how many bytes a file has; None when it is not there."""

    def existing(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys under which there is a file."""

    def delete(self, key: str) -> bool:
        """Remove a file; returns whether there may have been one."""

    def drop(self, folder: str) -> None:
        """Remove all files of a folder."""

    def list(self, folder: str = "") -> Iterator[Found]:
        """Yield the files of a folder and those below it."""

    def check(self) -> None:
        """Raise Unavailable, naming the setting, unless files can be written and listed."""


def store() -> Store:
    """Return the store that the settings name."""
    return _store(str(settings.BUCKET_URL), str(settings.MEDIA_ROOT))


@lru_cache(maxsize=4)
def _store(url: str, root: str) -> Store:
    if url:
        # Imported here: who keeps files in a folder loads nothing of it.
        from workflows.media.files.bucket import Bucket

        return Bucket(url)
    from workflows.media.files.folder import Folder

    return Folder(Path(root))


def local_folder(name: str) -> Path:
    """Return a folder of this machine below MEDIA_ROOT, made for the owner alone."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = root / name
    made.mkdir(exist_ok=True, mode=0o700)
    return made
