"""The database's tables: brought up to date when, and only when, something is missing."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection


def migrate_if_needed() -> None:
    """Apply migrations that are missing."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
