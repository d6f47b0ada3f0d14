"""What ended a look before its time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("viewing", "0003_look_opened_by")]

    operations = [
        migrations.AddField(
            model_name="look",
            name="over_because",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
    ]
