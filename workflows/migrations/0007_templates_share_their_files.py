from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def share(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write down which files the templates of today show."""
    from workflows.media.references import media_ids

    Workflow, Asset = apps.get_model("workflows", "Workflow"), apps.get_model("workflows", "Asset")
    Share = apps.get_model("workflows", "Share")
    for workflow in Workflow.objects.filter(is_template=True).iterator():
        ids = set()
        for text in media_ids([workflow.nodes, workflow.cover]):
            try:
                ids.add(UUID(text))
            except ValueError:
                continue
        own = Asset.objects.filter(owner=workflow.owner_id, pk__in=ids)
        Share.objects.bulk_create(Share(workflow=workflow, asset=asset) for asset in own)


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0006_creation_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="workflows.asset",
                    ),
                ),
                (
                    "workflow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="workflows.workflow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("asset", "workflow"), name="share_unique")
                ],
            },
        ),
        migrations.RunPython(share, migrations.RunPython.noop),
    ]
