"""Passkeys, and proofs that one was shown."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _of_user(name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_api_token")]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("key", models.TextField()),
                ("uses", models.BigIntegerField(default=0)),
                ("created_ns", models.BigIntegerField()),
                ("last_used_ns", models.BigIntegerField(null=True)),
                ("user", _of_user("passkeys")),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="PasskeyProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_ns", models.BigIntegerField()),
                ("user", _of_user("passkey_proofs")),
            ],
            options={"default_permissions": ()},
        ),
    ]
