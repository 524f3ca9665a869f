"""The database of these tests goes away when they have ended, whoever still has a session there."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db.backends.postgresql.creation import DatabaseCreation

from tests.started import ROOT


def _drop(self: Any, test_database_name: str, verbosity: int) -> None:
    """Drop the database with its sessions: a pool may be opening one while it is closed."""
    name = self.connection.ops.quote_name(test_database_name)
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


setattr(DatabaseCreation, "_destroy_test_db", _drop)  # noqa: B010  its types do not show it


def _create(name: str, *, template: str = "template1") -> str:
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server}/{name}"


def _remove(name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url() -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    name = f"lab_{uuid.uuid4().hex[:12]}"
    yield _create(name)
    _remove(name)


@pytest.fixture(scope="session")
def migrated() -> Iterator[str]:
    """The name of a database with all tables and the shipped templates, to make others of."""
    name = f"migrated_{uuid.uuid4().hex[:12]}"
    url = _create(name)
    prepare = "from canvas.management.commands.serve import prepare; prepare()"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", prepare],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
    )
    yield name
    _remove(name)


@pytest.fixture
def migrated_url(migrated: str) -> Iterator[str]:
    """The URL of a database of the test's own that has its tables."""
    with _copy(migrated) as url:
        yield url


@pytest.fixture(scope="module")
def module_url(migrated: str) -> Iterator[str]:
    """The same for the tests of a module together."""
    with _copy(migrated) as url:
        yield url


@contextmanager
def _copy(migrated: str) -> Iterator[str]:
    name = f"lab_{uuid.uuid4().hex[:12]}"
    yield _create(name, template=migrated)
    _remove(name)
