"""The database of these tests goes away when they have ended, whoever still has a session there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db.backends.postgresql.creation import DatabaseCreation


def _drop(self: Any, test_database_name: str, verbosity: int) -> None:
    """Drop the database with its sessions: a pool may be opening one while it is closed."""
    name = self.connection.ops.quote_name(test_database_name)
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


setattr(DatabaseCreation, "_destroy_test_db", _drop)  # noqa: B010  its types do not show it


@pytest.fixture
def database_url() -> Iterator[str]:
    """The address of an empty database of the test's own."""
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"lab_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield f"{server}/{name}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
