from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
import workflows.models.connections
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

#: Where a credential was named when its id was a small number.
TYPE, FIELD = "httpRequest", "credential"


def name_credentials(apps: Any, schema_editor: Any) -> None:
    """Give every credential an id that cannot be guessed, also in its owner's own documents.

    A document that names somebody else's keeps what it holds, which finds nothing any more.
    """
    credential, workflow, change = (
        apps.get_model("workflows", name) for name in ("Credential", "Workflow", "Change")
    )
    ids: dict[tuple[int, str], str] = {}
    for row in credential.objects.only("pk", "owner_id"):
        row.public_id = workflows.models.connections.new_credential_id()
        row.save(update_fields=["public_id"])
        ids[row.owner_id, str(row.pk)] = row.public_id
    for row in workflow.objects.filter(node_types__contains=f'"{TYPE}"').iterator():
        operations, inverse = [], []
        for node in row.nodes:
            old = node["data"].get(FIELD) if node["type"] == TYPE else None
            new = ids.get((row.owner_id, str(old)))
            if new is not None:
                node["data"][FIELD] = new
                where = {"op": "field.set", "id": node["id"], "field": FIELD}
                operations.append({**where, "value": new})
                inverse.append({**where, "value": old})
        if not operations:
            continue
        row.version += 1
        row.updated_at = timezone.now()
        row.save(update_fields=["nodes", "version", "updated_at"])
        change.objects.create(
            workflow=row, version=row.version, batch_id=uuid.uuid4(),
            label="Credentials have new ids", operations=operations, inverse=inverse[::-1],
        )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0012_warnings_and_cancels")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="public_id",
            field=models.CharField(max_length=32, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="credential",
            name="last_used_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(name_credentials, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="credential",
            name="public_id",
            field=models.CharField(
                default=workflows.models.connections.new_credential_id, max_length=32, unique=True
            ),
        ),
        migrations.CreateModel(
            name="CredentialBinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slot", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bindings",
                        to="workflows.credential",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credential_bindings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workflow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credential_bindings",
                        to="workflows.workflow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "workflow", "slot"), name="credential_binding_unique"
                    )
                ],
            },
        ),
    ]
