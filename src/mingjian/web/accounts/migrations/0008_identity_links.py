"""Identities of a foreign provider that sign users in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_browser_session")]

    operations = [
        migrations.CreateModel(
            name="IdentityLink",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("issuer", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                ("linked_by", models.CharField(blank=True, max_length=26)),
                ("created_ns", models.BigIntegerField()),
                ("last_used_ns", models.BigIntegerField(null=True)),
                ("ended_ns", models.BigIntegerField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_ns", None)),
                        fields=("issuer", "subject"),
                        name="identity_links_one_user",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_ns", None)),
                        fields=("user", "issuer"),
                        name="user_has_one_identity",
                    ),
                ],
            },
        ),
    ]
