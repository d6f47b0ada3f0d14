"""API tokens."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_second_factor")]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField()),
                ("created_ns", models.BigIntegerField()),
                ("expires_ns", models.BigIntegerField()),
                ("last_used_ns", models.BigIntegerField(null=True)),
                ("last_used_address", models.CharField(blank=True, max_length=45)),
                ("revoked_ns", models.BigIntegerField(null=True)),
                ("revoke_reason", models.CharField(blank=True, max_length=500)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
