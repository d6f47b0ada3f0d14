"""Sessions of our own, which know when a screen was touched last and whether it is locked. Everybody signs in anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_passkeys")]

    operations = [
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("active_ns", models.BigIntegerField()),
                ("locked_ns", models.BigIntegerField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
