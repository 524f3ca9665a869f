# Runners get UUIDs, workflows a second name that is one, steps the state a runner gives them.

import uuid

import django.db.models.deletion
import workflows.fields
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_workflows(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every workflow a uid of its own; a column's default is computed once for all rows."""
    Workflow = apps.get_model("workflows", "Workflow")
    for pk in Workflow.objects.values_list("pk", flat=True):
        Workflow.objects.filter(pk=pk).update(uid=uuid.uuid4())


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0002_accounts'),
    ]

    operations = [
        # No runner could be registered before, so nothing is lost.
        migrations.DeleteModel(name='Runner'),
        migrations.CreateModel(
            name='Runner',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('endpoint', models.CharField(max_length=2000)),
                ('headers', workflows.fields.EncryptedField(default='{}')),
                ('tags', workflows.fields.DocumentField(default=list)),
                ('status', models.CharField(choices=[('active', 'Active'), ('disabled', 'Disabled')], default='active', max_length=16)),
                ('shared', models.BooleanField(default=False)),
                ('private', models.BooleanField(default=False)),
                ('health', workflows.fields.DocumentField(default=None, null=True)),
                ('last_seen_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runners', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['owner', '-created_at'], name='runner_owner_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['active', 'disabled'])), name='runner_status_known')],
            },
        ),
        migrations.CreateModel(
            name='RunnerCatalogue',
            fields=[
                ('runner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='catalogue', serialize=False, to='workflows.runner')),
                ('version', models.CharField(blank=True, default='', max_length=100)),
                ('object_info', workflows.fields.DocumentField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.AddField(
            model_name='asset',
            name='discard',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='step',
            name='position',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='step',
            name='state',
            field=models.CharField(blank=True, default='', max_length=16),
        ),
        migrations.AddField(
            model_name='webhook',
            name='dialect',
            field=models.CharField(choices=[('native', 'Native'), ('fal', 'Fal')], default='native', max_length=16),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='secret',
            field=workflows.fields.EncryptedField(default=''),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='token',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='webhook', to='workflows.token'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('dialect__in', ['native', 'fal'])), name='webhook_dialect_known'),
        ),
        migrations.AddField(
            model_name='workflow',
            name='uid',
            field=models.UUIDField(default=uuid.uuid4),
        ),
        migrations.RunPython(name_workflows, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='workflow',
            constraint=models.UniqueConstraint(fields=('uid',), name='workflow_uid_unique'),
        ),
    ]
