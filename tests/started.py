"""Databases and data folders that stand ready, so that a test's own start is a short one.

Migrating an empty database takes five seconds: it is done once for every state of the migrations,
and kept in `.cache`. A first start also installs the templates: the processes of a test run do that
once together. Tests get copies of both.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

from django import get_version

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "patchbay.sqlite3"
KEPT = ROOT / ".cache" / "migrated"
#: What decides how the tables look, besides Django.
_TABLES = ("workflows/migrations", "workflows/models", "workflows/fields.py")
_MIGRATE = """
from django.db import connection
from workflows.services.database import migrate_if_needed
migrate_if_needed()
connection.close()
"""
#: What a site holds only while it runs, and the secrets that no other site may have.
_OWN = shutil.ignore_patterns(
    "serve.lock", "*-engine", "*-migrate", "tmp", "secret_key", "encryption_key"
)


def copy_started(folder: Path) -> None:
    """Fill a folder that does not exist yet, as a first start would have."""
    shutil.copytree(_started(), folder, ignore=_OWN)
    folder.chmod(0o700)


@cache
def migrated() -> Path:
    """Return an SQLite database with all tables and no rows, of which to take a copy."""
    file = KEPT / f"{_state_of_tables()}.sqlite3"
    KEPT.mkdir(parents=True, exist_ok=True)
    with alone(KEPT / "lock"):
        if not file.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            folder = shared("migrated")
            migrate(DATA_DIR=str(folder))
            # A process that is killed meanwhile leaves no half a file.
            shutil.copy(folder / DATABASE, file.with_suffix(".new"))
            file.with_suffix(".new").rename(file)
    return file


@cache
def _started() -> Path:
    folder, ready = shared("started"), shared("started-ready")
    with alone(shared("started-lock")):
        if not ready.exists():
            folder.mkdir(mode=0o700)
            shutil.copy(migrated(), folder / DATABASE)
            prepare(DATA_DIR=str(folder))
            ready.touch()
    return folder


def migrate(**environment: str) -> None:
    """Make the tables of a site."""
    _shell(_MIGRATE, **environment)


def prepare(**environment: str) -> None:
    """Do what a first start does before it serves."""
    _shell("from canvas.management.commands.serve import prepare; prepare()", **environment)


def _shell(command: str, **environment: str) -> None:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", command],
        cwd=ROOT,
        env={**kept, **environment},
        check=True,
    )


def _state_of_tables() -> str:
    state = sha256(get_version().encode())
    for name in _TABLES:
        place = ROOT / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            state.update(file.read_bytes())
    return state.hexdigest()[:16]


def shared(name: str) -> Path:
    """Return where something is that all processes of this test run have in common."""
    return Path(os.environ["TESTS_SHARE"], name)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold off other processes of the tests."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
