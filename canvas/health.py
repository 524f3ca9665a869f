"""Whether this server can do its work: its database, disk and bucket, and its engine's threads."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from workflows.errors import StorageFull, Unavailable, trouble
from workflows.media import files

#: Less than this is as good as none: the next image does not fit.
FREE_BYTES = 8 * 1024 * 1024
PROBE_BYTES = 4096
#: All may ask as often as they like; the disk is tried no oftener than this.
KEPT_SECONDS = 1.0

_lock = threading.Lock()
_disk: tuple[float, str] = (float("-inf"), "")
_bucket: tuple[float, str] = (float("-inf"), "")


def problem() -> str:
    """Name the first part that does not work; "" when all do."""
    return _database_problem() or _disk_problem() or _bucket_problem() or _engine_problem()


def _database_problem() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            cursor.fetchone()
    except DatabaseError:
        return "database unavailable"
    return ""


def _disk_problem() -> str:
    global _disk
    with _lock:
        at, found = _disk
        if time.monotonic() - at > KEPT_SECONDS:
            folders = dict.fromkeys((settings.DATA_DIR, settings.MEDIA_ROOT))
            found = next(filter(None, map(_folder_problem, folders)), "")
            _disk = time.monotonic(), found
        return found


def _folder_problem(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
        room = os.statvfs(folder)
    except OSError as error:
        return "disk full" if isinstance(trouble(error), StorageFull) else "disk unusable"
    return "disk full" if room.f_bavail * room.f_frsize < FREE_BYTES else ""


def _bucket_problem() -> str:
    global _bucket
    if not settings.BUCKET_URL:
        return ""
    with _lock:
        at, found = _bucket
        if time.monotonic() - at > KEPT_SECONDS:
            try:
                files.store().size("check")
                found = ""
            except Unavailable:
                found = "bucket unavailable"
            _bucket = time.monotonic(), found
        return found


def _engine_problem() -> str:
    if settings.ENGINE != "embedded":
        return ""
    from workflows.engine import embedded

    engine = embedded.current()
    return "engine stopped" if engine is None else engine.trouble()
