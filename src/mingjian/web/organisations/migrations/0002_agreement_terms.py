"""What an agreement settles, and the law's word on it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns; agreements from before have no judgement."""

    dependencies = [("organisations", "0001_initial")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        migrations.AddField(model_name="agreement", name="terms", field=models.JSONField(default=list)),
        migrations.AddField(model_name="agreement", name="judgement", field=models.JSONField(null=True)),
    ]
