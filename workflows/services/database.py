"""What services ask of the database as a whole: its tables up to date, one row by its key."""

from __future__ import annotations

from typing import TypeVar

from django.core.management import call_command
from django.db import connection, models
from django.db.models import QuerySet

Row = TypeVar("Row", bound=models.Model)


def migrate_if_needed() -> None:
    """Apply migrations that are missing."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def one(rows: QuerySet[Row]) -> Row | None:
    """Return the row of a look-up by a unique key, or None.

    Unlike `first()` it asks for no order, which would cost more than the look-up itself.
    """
    return next(iter(rows[:1]), None)
