
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0003_dialects'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_due',
        ),
        migrations.RemoveIndex(
            model_name='run',
            name='run_active',
        ),
        migrations.RemoveIndex(
            model_name='step',
            name='step_request_running',
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['next_at'], name='delivery_open'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['owner', 'created_at'], name='run_unfinished'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(condition=models.Q(('request_id__isnull', False)), fields=['request_id'], name='step_request'),
        ),
    ]
