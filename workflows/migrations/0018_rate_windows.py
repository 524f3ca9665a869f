"""Counters of rates over all processes. PostgreSQL does not log the table: a count costs no sync."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def unlog(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE workflows_ratewindow SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0017_workers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateWindow",
            fields=[
                ("key", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("ends", models.FloatField()),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(unlog, migrations.RunPython.noop, elidable=False),
    ]
