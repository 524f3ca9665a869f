"""The database of these tests goes away when they have ended, whoever still has a session there."""

from __future__ import annotations

from django.db.backends.postgresql.creation import DatabaseCreation


def _drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """Drop the database with its sessions: a pool may be opening one while it is closed."""
    name = self.connection.ops.quote_name(test_database_name)
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


DatabaseCreation._destroy_test_db = _drop  # type: ignore[method-assign]
