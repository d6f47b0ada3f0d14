"""The API token an entry was done by. A column that may be null is added in place on both databases: the fence stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_reach")]

    operations = [
        migrations.AddField("auditentry", "api_token", models.CharField(max_length=26, null=True)),
    ]
