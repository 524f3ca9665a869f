"""The ledger keeps the slug of the workflow a line is about."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Copy the slugs of workflows that are still there."""
    entry = apps.get_model("workflows", "CreditEntry")
    run = apps.get_model("workflows", "Run")
    slug = run.objects.filter(pk=models.OuterRef("run_id")).values("workflow__slug")[:1]
    rows = entry.objects.filter(run__workflow__isnull=False)
    rows.update(workflow_slug=models.Subquery(slug))


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0009_app_aliases'),
    ]

    operations = [
        migrations.AddField(
            model_name='creditentry',
            name='workflow_slug',
            field=models.CharField(blank=True, default='', max_length=128),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
