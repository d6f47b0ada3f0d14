"""Addresses are asked for: is a camera there already."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0007_devices'),
    ]

    operations = [
        migrations.AlterField(
            model_name='cameraarchive',
            name='address',
            field=models.CharField(blank=True, db_index=True, max_length=255),
        ),
    ]
