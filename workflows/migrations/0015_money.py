from __future__ import annotations

from collections import Counter
from typing import Any

import workflows.fields
from django.db import migrations, models

#: The model that a node works with when it names none; others have none.
DEFAULTS = {
    "speak": "local/piper-joe",
    "transcribe": "local/whisper-base",
    "upscale": "local/realesrgan",
    "cutOut": "local/isnet",
    "readText": "local/ppocr",
    "denoiseSpeech": "local/deepfilternet",
}


def count_work(apps: Any, schema_editor: Any) -> None:
    """Note what every workflow does, each node once; the next change of it counts lists too."""
    workflow = apps.get_model("workflows", "Workflow")
    rows = workflow.objects.only("pk", "nodes").order_by("pk")
    for row in rows.iterator(chunk_size=100):
        found: Counter[tuple[str, str]] = Counter()
        for node in row.nodes:
            model = node["data"].get("model") if isinstance(node.get("data"), dict) else None
            name = model if isinstance(model, str) and "/" in model else ""
            found[node["type"], (name or DEFAULTS.get(node["type"], ""))[:200]] += 1
        work = [[type, model, count] for (type, model), count in found.items()]
        workflow.objects.filter(pk=row.pk).update(work=work)


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0014_model_servers'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='creditentry',
            name='credit_node_once',
        ),
        migrations.RemoveConstraint(
            model_name='creditentry',
            name='credit_kind_known',
        ),
        migrations.AddField(
            model_name='credential',
            name='cap_per_day',
            field=models.DecimalField(decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='cap_per_month',
            field=models.DecimalField(decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='call',
            field=models.CharField(blank=True, db_default='', default='', max_length=250),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='credential',
            field=models.CharField(blank=True, db_default='', default='', max_length=32),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='credential_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='model',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='usage',
            field=workflows.fields.DocumentField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='usd',
            field=models.DecimalField(decimal_places=8, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name='creditentry',
            name='usd_estimate',
            field=models.DecimalField(decimal_places=8, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name='workflow',
            name='work',
            field=workflows.fields.DocumentField(default=list),
        ),
        migrations.AlterField(
            model_name='creditentry',
            name='kind',
            field=models.CharField(choices=[('grant', 'Grant'), ('charge', 'Charge'), ('usage', 'Usage'), ('adjustment', 'Adjustment'), ('call', 'Call')], default='charge', max_length=16),
        ),
        migrations.AddIndex(
            model_name='creditentry',
            index=models.Index(condition=models.Q(('kind', 'call')), fields=['credential', 'created_at'], name='credit_of_credential'),
        ),
        migrations.AddConstraint(
            model_name='creditentry',
            constraint=models.UniqueConstraint(fields=('run', 'node_id', 'call'), name='credit_node_once'),
        ),
        migrations.AddConstraint(
            model_name='creditentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['grant', 'charge', 'usage', 'adjustment', 'call'])), name='credit_kind_known'),
        ),
        migrations.RunPython(count_work, migrations.RunPython.noop, elidable=True),
    ]
