"""Migrations leave workers of the version before able to write what they write."""

from __future__ import annotations

from django.db.migrations import AddField, DeleteModel, RemoveField, RenameField, RenameModel
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

#: The version with the first workers.
FIRST = "0017_workers"
#: Tables that a worker adds rows to; others are written by web processes, which are stopped first.
WRITTEN = {
    "asset",
    "cacheentry",
    "creditentry",
    "delivery",
    "event",
    "noderesult",
    "part",
    "ratewindow",
    "recipe",
    "reservation",
    "run",
    "snapshot",
    "step",
    "worker",
}


def test_migrations_only_add_and_what_they_add_needs_no_value() -> None:
    loader = MigrationLoader(None)
    found = 0
    for (app, name), migration in loader.disk_migrations.items():
        if app != "workflows" or name <= FIRST:
            continue
        for operation in migration.operations:
            found += 1
            assert not isinstance(operation, DeleteModel | RemoveField | RenameField | RenameModel)
            if isinstance(operation, AddField) and operation.model_name_lower in WRITTEN:
                field = operation.field
                optional = field.null or field.db_default is not NOT_PROVIDED
                optional = optional or field.many_to_many
                assert optional, f"{name}: {operation.name} needs null=True or db_default"
    assert found
