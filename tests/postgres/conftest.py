"""The database of these tests goes away when they have ended, whoever still has a session there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation

from tests import started
from tests.started import alone, shared


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


def _once(kind: str, prepare: Callable[[str], None], *, template: str = "template1") -> str:
    """Return the name of a database to make others of: the processes of a test run share it.

    It goes away with the server.
    """
    note = shared(f"postgres-{kind}")
    with alone(shared("postgres-lock")):
        if not note.exists():
            name = f"{kind}_{uuid.uuid4().hex[:12]}"
            prepare(_create(name, template=template))
            note.write_text(name)
        return note.read_text()


@pytest.fixture(scope="session")
def tables() -> str:
    """The name of a database with all tables and no rows."""
    return _once("tables", lambda url: started.migrate(**_place(url)))


@pytest.fixture(scope="session")
def migrated(tables: str) -> str:
    """The name of a database with all tables and the shipped templates, to make others of."""
    return _once("migrated", lambda url: started.prepare(**_place(url)), template=tables)


def _place(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url, "DATA_DIR": os.environ["DATA_DIR"]}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tables: str
) -> None:
    """Make the database of these tests one that has its tables."""
    connection.settings_dict["TEST"]["TEMPLATE"] = tables


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
