"""Files under MEDIA_ROOT and the upload folder that no row names: what a killed process has left.

Files in use are told by their age: whoever writes one touches it, and a row follows within minutes.
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

from workflows.media import storage
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
    folders = (storage.root() / "partial", Path(settings.FILE_UPLOAD_TEMP_DIR))
    old = [file for folder in folders for file in _old_files(folder, before)]
    return sum(_unlink(file) for file in old)


def _remove_orphans(before: datetime) -> int:
    removed = 0
    # Listed first: a folder that changes while it is read may show a file twice or not at all.
    old = [file for folder in storage.folders() for file in _old_files(folder, before)]
    for start in range(0, len(old), ROWS):
        chunk = old[start : start + ROWS]
        names = [file.name for file in chunk]
        known = storage.used(names)
        removed += sum(_unlink(file) for file in chunk if file.name not in known)
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
