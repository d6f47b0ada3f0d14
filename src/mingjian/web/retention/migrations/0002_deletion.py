"""Deletion decisions, and purposes of keeping on."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0005_map_cells'),
        ('retention', '0001_initial'),
        ('retrievals', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeepingPurpose',
            fields=[
                ('camera', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='keeping_purpose', serialize=False, to='registry.camera')),
                ('purpose', models.CharField(max_length=255)),
                ('review_date', models.CharField(blank=True, max_length=10)),
                ('achieved', models.BooleanField(default=False)),
                ('stated_name', models.CharField(max_length=64)),
                ('stated_ns', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('stated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DeletionDecision',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('from_ns', models.BigIntegerField()),
                ('to_ns', models.BigIntegerField()),
                ('ground', models.CharField(max_length=64)),
                ('number', models.CharField(max_length=64)),
                ('decided_date', models.CharField(max_length=10)),
                ('state', models.CharField(db_index=True, default='entered', max_length=10)),
                ('entered_name', models.CharField(max_length=64)),
                ('entered_ns', models.BigIntegerField()),
                ('confirmed_name', models.CharField(blank=True, max_length=64)),
                ('confirmed_ns', models.BigIntegerField(null=True)),
                ('evidence', models.CharField(blank=True, max_length=64)),
                ('held', models.BooleanField(default=False)),
                ('segments', models.PositiveIntegerField(default=0)),
                ('bytes', models.BigIntegerField(default=0)),
                ('left', models.JSONField(default=list)),
                ('done_ns', models.BigIntegerField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deletion_decisions', to='registry.camera')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='retrievals.evidencehold')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['camera', 'to_ns'], name='deletion_decision_span')],
            },
        ),
    ]
