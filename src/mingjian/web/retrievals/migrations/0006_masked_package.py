from django.db import migrations, models


class Migration(migrations.Migration):
    """Packages say which of their clips are under privacy masks."""

    dependencies = [("retrievals", "0005_redaction")]

    operations = [
        migrations.AddField(model_name="retrievalpackage", name="masks", field=models.JSONField(default=dict)),
    ]
