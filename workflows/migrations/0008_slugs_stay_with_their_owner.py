import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write down the slugs that are in use."""
    Workflow, Slug = apps.get_model("workflows", "Workflow"), apps.get_model("workflows", "Slug")
    rows = Workflow.objects.values_list("slug", "owner_id", "pk").iterator()
    Slug.objects.bulk_create(
        (
            Slug(slug=slug, base=slug, number=1, owner_id=owner, workflow_id=pk)
            for slug, owner, pk in rows
        ),
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0007_templates_share_their_files"),
    ]

    operations = [
        migrations.RemoveField(model_name="asset", name="shared"),
        migrations.CreateModel(
            name="Slug",
            fields=[
                (
                    "slug",
                    models.CharField(max_length=128, primary_key=True, serialize=False),
                ),
                ("base", models.CharField(max_length=128)),
                ("number", models.PositiveIntegerField(default=1)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workflow",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workflows.workflow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("workflow__isnull", False)),
                        fields=("workflow",),
                        name="slug_workflow_once",
                    )
                ],
                "indexes": [
                    models.Index(fields=["base", "-number"], name="slug_highest"),
                    models.Index(
                        condition=models.Q(("workflow__isnull", True)),
                        fields=["base", "owner", "number"],
                        name="slug_reusable",
                    ),
                ],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
