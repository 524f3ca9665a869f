"""Files in a folder of this machine, or one that several share."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from workflows.errors import AssetNotFound
from workflows.media.files import CHUNK_BYTES, Found

#: What is in the folder besides files by key.
_OTHER = frozenset({"partial", "cache"})


class Folder:
    """The files below a folder; a key is a path in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, file: Path, *, durable: bool = True) -> None:
        """Move a file into its place."""
        place = self.root / key
        if durable:
            _sync(file)
        # From the outermost: `parents` makes those in between with the usual mode.
        for above in reversed(Path(key).parents):
            (self.root / above).mkdir(exist_ok=True, mode=0o700)
        file.replace(place)
        if durable:
            _sync(place.parent)

    def open(self, key: str) -> BinaryIO:
        """Open a file; what is no plain file counts as none."""
        try:
            descriptor = os.open(self.root / key, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as error:
            raise AssetNotFound() from error
        return cast(BinaryIO, os.fdopen(descriptor, "rb"))

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file from `start`, in pieces."""
        with self.open(key) as file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
                if not chunk:
                    return
                if left is not None:
                    left -= len(chunk)
                yield chunk

    def size(self, key: str) -> int | None:
        """Return how many bytes a file has."""
        try:
            facts = (self.root / key).stat()
        except OSError:
            return None
        return facts.st_size if stat.S_ISREG(facts.st_mode) else None

    def existing(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys under which there is a file."""
        return {key for key in keys if (self.root / key).is_file()}

    def delete(self, key: str) -> bool:
        """Remove a file."""
        try:
            (self.root / key).unlink()
        except FileNotFoundError:
            return False
        return True

    def drop(self, folder: str) -> None:
        """Remove a folder."""
        shutil.rmtree(self.root / folder, ignore_errors=True)

    def list(self, folder: str = "") -> Iterator[Found]:
        """Yield the files of a folder; what goes meanwhile may be missing."""
        for directory, folders, names in os.walk(self.root / folder):
            if Path(directory) == self.root:
                folders[:] = [name for name in folders if name not in _OTHER]
            # Listed first: a folder that changes while it is read may show a file twice.
            for name in names:
                path = Path(directory) / name
                with suppress(OSError):
                    facts = path.stat(follow_symlinks=False)
                    if stat.S_ISREG(facts.st_mode):
                        modified = datetime.fromtimestamp(facts.st_mtime, UTC)
                        yield Found(str(path.relative_to(self.root)), facts.st_size, modified)

    def check(self) -> None:
        """Do nothing: /healthz tries the disk."""


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
