from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The pole that a planned point will hang on."""

    dependencies = [("planning", "0001_initial")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        migrations.AddField(
            "plannedpoint", "pole", models.CharField(blank=True, max_length=64, default=""), preserve_default=False
        ),
    ]
