"""Stored files that no row names, and unfinished ones: what a killed process has left.

Files in use are recognized by their age: writing one again makes it young, and a row follows within
minutes.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from workflows.media import files, hashed, storage
from workflows.models import Recipe

logger = logging.getLogger(__name__)

#: A file that was never finished is given up after so long without another byte.
PARTIAL_KEPT = timedelta(hours=2)
#: A finished file without a row; a run's file gets its row when its node has stored all of them.
ORPHAN_KEPT = timedelta(days=1)
#: Hashes that are looked up in one query.
ROWS = 500


def remove(now: datetime) -> int:
    """Remove unfinished files and files without a row; return how many. For a thread."""
    Recipe.objects.filter(assets=None).delete()  # of accounts that are gone
    removed = _remove_partial(now - PARTIAL_KEPT) + _remove_orphans(now - ORPHAN_KEPT)
    if removed:
        logger.info("%d files that no row names were removed", removed)
    return removed


def _remove_partial(before: datetime) -> int:
    folders = (files.local_folder("partial"), Path(settings.FILE_UPLOAD_TEMP_DIR))
    old = [file for folder in folders for file in _old_files(folder, before)]
    return sum(_unlink(file) for file in old)


def _remove_orphans(before: datetime) -> int:
    removed = 0
    old = [
        sha256
        for found in files.store().list()
        if found.modified < before and (sha256 := hashed.hash_of(found.key)) is not None
    ]
    for start in range(0, len(old), ROWS):
        chunk = old[start : start + ROWS]
        known = storage.used(chunk)
        removed += sum(
            files.store().delete(hashed.key(sha256)) for sha256 in chunk if sha256 not in known
        )
    return removed


def _old_files(folder: Path, before: datetime) -> Iterator[Path]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode) and facts.st_mtime < before.timestamp():
                    yield Path(entry.path)


def _unlink(file: Path) -> bool:
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    return True
