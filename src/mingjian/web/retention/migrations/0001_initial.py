"""What web keeps of retention certificates, and what is asked of stored quality."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0005_map_cells'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProofCursor',
            fields=[
                ('day', models.CharField(max_length=10, primary_key=True, serialize=False)),
                ('bytes', models.BigIntegerField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='QualityProfile',
            fields=[
                ('system', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='quality_profile', serialize=False, to='registry.system')),
                ('height', models.PositiveIntegerField()),
                ('fps_milli', models.PositiveIntegerField()),
                ('bitrate_bps', models.PositiveBigIntegerField(default=0)),
                ('basis', models.CharField(max_length=128)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ProvedDay',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('day', models.CharField(max_length=10)),
                ('window_days', models.PositiveIntegerField()),
                ('made_ns', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('met', models.BooleanField()),
                ('recorded_ms', models.BigIntegerField()),
                ('owed_ms', models.BigIntegerField()),
                ('oldest_ns', models.BigIntegerField(null=True)),
                ('decodes', models.BooleanField(null=True)),
                ('deleted_until', models.CharField(blank=True, max_length=10)),
                ('altered', models.PositiveIntegerField()),
                ('missing', models.PositiveIntegerField()),
                ('volumes_absent', models.PositiveIntegerField()),
                ('codecs', models.CharField(blank=True, max_length=64)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('fps_milli', models.PositiveIntegerField(null=True)),
                ('bitrate_bps', models.PositiveBigIntegerField(null=True)),
                ('findings', models.JSONField(default=list)),
                ('sound', models.BooleanField()),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proved_days', to='registry.camera')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['day', 'sound', 'camera'], name='proved_day_findings')],
                'constraints': [models.UniqueConstraint(fields=('camera', 'day'), name='proved_day_once')],
            },
        ),
    ]
