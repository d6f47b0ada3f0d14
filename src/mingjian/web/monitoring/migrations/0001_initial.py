"""People before the screens: records, rooms, changes, audits, alarms."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('registry', '0005_map_cells'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('change', models.CharField(max_length=500)),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(db_index=True, default='asked', max_length=10)),
                ('asked_name', models.CharField(max_length=64)),
                ('asked_ns', models.BigIntegerField()),
                ('decided_name', models.CharField(blank=True, max_length=64)),
                ('decided_ns', models.BigIntegerField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('version', models.PositiveIntegerField(default=1)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='change_requests', to='registry.camera')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MonitoringRoom',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=64)),
                ('created_ns', models.BigIntegerField()),
                ('division', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='monitoring_rooms', to='organisations.division')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='monitoring_rooms', to='organisations.organisation')),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='monitoring_rooms', to='registry.place')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RoomAccess',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('person_name', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=255)),
                ('since_ns', models.BigIntegerField()),
                ('until_ns', models.BigIntegerField(null=True)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access', to='monitoring.monitoringroom')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ViewAudit',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('seen', models.JSONField(default=list)),
                ('mask_fails', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('verdict', models.CharField(max_length=16)),
                ('audited_name', models.CharField(max_length=64)),
                ('audited_ns', models.BigIntegerField()),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='view_audits', to='registry.camera')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='BulkAlarm',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('viewer_name', models.CharField(max_length=64)),
                ('day', models.CharField(max_length=10)),
                ('minutes', models.PositiveIntegerField()),
                ('threshold', models.PositiveIntegerField()),
                ('raised_ns', models.BigIntegerField()),
                ('division', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.division')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('viewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('viewer', 'day'), name='bulk_alarm_once')],
            },
        ),
        migrations.CreateModel(
            name='RoomEntry',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('person_name', models.CharField(max_length=64)),
                ('unit', models.CharField(blank=True, max_length=128)),
                ('reason', models.CharField(max_length=255)),
                ('entered_ns', models.BigIntegerField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('access', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.roomaccess')),
                ('escort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.roomaccess')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='monitoring.monitoringroom')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['room', 'entered_ns'], name='room_entry_log')],
            },
        ),
        migrations.CreateModel(
            name='StaffRecord',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('skills_until', models.CharField(blank=True, max_length=10)),
                ('confidentiality_until', models.CharField(blank=True, max_length=10)),
                ('vetted_date', models.CharField(blank=True, max_length=10)),
                ('created_ns', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_records', to='organisations.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_records', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('organisation', 'user'), name='staff_record_once')],
            },
        ),
    ]
