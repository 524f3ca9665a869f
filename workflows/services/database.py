"""What services need of the database as a whole: its tables up to date, one row by its key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.core.management import call_command
from django.db import connection, models
from django.db.models import QuerySet

from workflows.engine.file_lock import lock_file

APP = "workflows"
MIGRATION_KEY = 0x7061746368_6D6967  # "patchmig", among the advisory locks of a database

Row = TypeVar("Row", bound=models.Model)


class NewerDatabase(Exception):
    """A later version of this program has changed the tables."""


def migrate_if_needed() -> None:
    """Apply migrations that are missing, one process at a time.

    Raises NewerDatabase when there are some that this version does not know.
    """
    from django.db.migrations.executor import MigrationExecutor

    with _alone():
        executor = MigrationExecutor(connection)
        loader = executor.loader
        ours = {key for key in loader.applied_migrations if key[0] == APP}
        unknown = sorted(name for app, name in ours if (app, name) not in loader.disk_migrations)
        if unknown:
            raise NewerDatabase(
                f"The database was made by a newer Patchbay (it knows {unknown[-1]}). Start that "
                "version, or go back to a backup from before the upgrade."
            )
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for other processes that migrate the tables, and hold them off."""
    if connection.vendor != "postgresql":
        # Not SQLite's own lock: `migrate` opens and ends transactions as it goes.
        file = Path(connection.settings_dict["NAME"])
        with lock_file(file.with_name(f"{file.name}-migrate"), wait=True):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_KEY])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_KEY])


def one(rows: QuerySet[Row]) -> Row | None:
    """Return the row of a look-up by a unique key, or None.

    Unlike `first()` it requests no order, which would cost more than the look-up itself.
    """
    return next(iter(rows[:1]), None)


def row_id(text: str) -> int:
    """Return the id of a row that a text names, 0 for what names none: no row has that.

    Sixty-three bits: more would be an error of the database, not an unknown row.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
