import uuid
from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_versions(apps: Any, schema_editor: Any) -> None:
    change, workflow = apps.get_model("workflows", "Change"), apps.get_model("workflows", "Workflow")
    last = change.objects.filter(workflow=OuterRef("pk"), version=OuterRef("version"))
    changed = workflow.objects.annotate(last=Subquery(last.values("batch_id")[:1]))
    changed.filter(last__isnull=False).update(epoch=Subquery(last.values("batch_id")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("workflows", "0019_reservations"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="base_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="change",
            name="digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="workflow",
            name="epoch",
            field=models.UUIDField(default=uuid.uuid4),
        ),
        migrations.RunPython(name_versions, migrations.RunPython.noop),
    ]
