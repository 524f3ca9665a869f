"""Copies of a bucket's files on this machine, for who needs a descriptor; bounded in bytes.

A file counts from before its first byte comes, with the size it will have. One that is open is
locked (`flock`, which travels with its descriptor) and stays; what was read longest ago goes.
Processes of one machine may share the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from workflows.errors import MediaBusy, TooLarge, Unavailable

#: How long to wait until files that are in use are closed.
ROOM_SECONDS = 30.0
_POLL_SECONDS = 0.1
_LOCK = "lock"


class Cache:
    """A folder of copies, named by the hash of their content."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._coming: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def open(self, sha256: str) -> BinaryIO | None:
        """Open a copy; None when there is none."""
        try:
            descriptor = os.open(self._folder / sha256, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return None
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        os.utime(descriptor)
        return cast(BinaryIO, os.fdopen(descriptor, "rb"))

    @contextmanager
    def coming(self, sha256: str) -> Iterator[None]:
        """Let one thread at a time fetch a file."""
        with self._guard:
            lock = self._coming.setdefault(sha256, threading.Lock())
        try:
            with lock:
                yield
        finally:
            with self._guard:
                if not lock.locked():
                    self._coming.pop(sha256, None)

    def fill(self, sha256: str, size: int, chunks: Iterator[bytes]) -> BinaryIO:
        """Make a copy of a file's pieces and open it.

        Raises MediaBusy when there is no room for it in time, and Unavailable when what comes has
        another hash.
        """
        descriptor, path = self._reserve(size)
        with os.fdopen(descriptor, "r+b") as file:
            try:
                digest = hashlib.sha256()
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                if digest.hexdigest() != sha256:
                    raise Unavailable("A file in the bucket of MEDIA_URL is damaged.", value=sha256)
                os.fdatasync(file.fileno())
                with self._alone():  # so that who counts misses none of both names
                    path.replace(self._folder / sha256)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            # Opened before this one is closed, so that it is locked all the time.
            return self.open(sha256) or cast(BinaryIO, os.fdopen(os.dup(file.fileno()), "rb"))

    def adopt(self, sha256: str, file: Path) -> None:
        """Move a file of this machine here, if there is room."""
        size = file.stat().st_size
        with self._alone():
            if self._make_room(size):
                file.replace(self._folder / sha256)

    def forget(self, sha256: str) -> None:
        """Remove a copy."""
        (self._folder / sha256).unlink(missing_ok=True)

    def _reserve(self, size: int) -> tuple[int, Path]:
        if size > self._limit:
            raise TooLarge(value=size, expected=f"at most {self._limit:,} bytes (MEDIA_CACHE_MB)")
        until = time.monotonic() + ROOM_SECONDS
        while True:
            with self._alone():
                if self._make_room(size):
                    path = self._folder / f"{secrets.token_hex(16)}.partial"
                    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
                    fcntl.flock(descriptor, fcntl.LOCK_SH)
                    os.truncate(descriptor, size)
                    return descriptor, path
            if time.monotonic() > until:
                raise MediaBusy(
                    "Files that are in use fill the cache (MEDIA_CACHE_MB); try again soon.",
                    value=size,
                    expected=f"at most {self._limit:,} bytes at once",
                )
            time.sleep(_POLL_SECONDS)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the one process and thread that makes room."""
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _make_room(self, size: int) -> bool:
        """Remove copies until there is room for so many bytes; returns whether there is."""
        files: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False)
                    if entry.name != _LOCK:
                        files.append((facts.st_mtime, facts.st_size, entry.path))
        total = sum(taken for _, taken, _ in files)
        for _, taken, path in sorted(files):
            # What a killed process was fetching goes at once, for no one has it open.
            if (total + size > self._limit or path.endswith(".partial")) and _remove(path):
                total -= taken
        return total + size <= self._limit


def _remove(path: str) -> bool:
    """Remove a file unless it is open; returns whether it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    finally:
        os.close(descriptor)
    return True
