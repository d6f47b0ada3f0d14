"""An approved re-aiming is used once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("monitoring", "0001_initial")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        migrations.AddField(model_name="changerequest", name="used_ns", field=models.BigIntegerField(null=True)),
    ]
