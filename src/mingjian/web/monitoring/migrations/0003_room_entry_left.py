"""When somebody left a monitoring room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_change_used")]

    operations = [
        migrations.AddField(model_name="roomentry", name="left_ns", field=models.BigIntegerField(null=True)),
    ]
