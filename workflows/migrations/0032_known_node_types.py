from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("workflows", "0031_comment_excerpts"),
    ]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="node_types",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
