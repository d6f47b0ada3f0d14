from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Alerts of the clock of a removal, beside those of a system's deadline."""

    dependencies = [("filings", "0002_newest")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        migrations.AlterField(
            "filingalert",
            "deadline",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alerts",
                to="filings.filingdeadline",
            ),
        ),
        migrations.AddField(
            "filingalert",
            "removal",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="filings.removal"
            ),
        ),
        migrations.AddConstraint(
            "filingalert",
            models.UniqueConstraint(fields=("removal", "last_day", "offset_days"), name="removal_alert_once"),
        ),
    ]
