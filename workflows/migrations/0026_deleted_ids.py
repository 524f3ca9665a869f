"""Which ids of nodes and edges each log has deleted: kept, so that none is used again."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import workflows.fields


def read_logs(apps: Any, schema: Any) -> None:
    """Note what the changes so far have deleted, the last time each."""
    change, deleted = (apps.get_model("workflows", name) for name in ("Change", "DeletedId"))
    rows = change.objects.order_by("workflow_id", "version")
    columns = rows.values_list("workflow_id", "version", "operations")
    for workflow_id, version, operations in columns.iterator(chunk_size=500):
        gone: dict[tuple[str, str], None] = {}
        for operation in operations:
            noun, _, action = operation["op"].partition(".")
            if action == "remove":
                gone[noun, operation["id"]] = None
            elif action == "add":
                gone.pop((noun, operation[noun]["id"]), None)
        if gone:
            deleted.objects.bulk_create(
                (
                    deleted(workflow_id=workflow_id, noun=noun, item=item, version=version)
                    for noun, item in gone
                ),
                batch_size=400,
                update_conflicts=True,
                unique_fields=["workflow", "noun", "item"],
                update_fields=["version"],
            )


class Migration(migrations.Migration):

    dependencies = [("workflows", "0025_comments")]

    operations = [
        migrations.CreateModel(
            name="DeletedId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(max_length=4)),
                ("item", workflows.fields.DocumentField()),
                ("version", models.PositiveIntegerField()),
                (
                    "workflow",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deleted_ids",
                        to="workflows.workflow",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="deletedid",
            constraint=models.UniqueConstraint(
                fields=("workflow", "item", "noun"), name="deleted_id_unique"
            ),
        ),
        migrations.RunPython(read_logs, migrations.RunPython.noop),
    ]
