"""Masks of cameras and lifts of masks."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0006_imports_moved'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MaskLift',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=200)),
                ('live', models.BooleanField()),
                ('from_ns', models.BigIntegerField(null=True)),
                ('to_ns', models.BigIntegerField(null=True)),
                ('expires_ns', models.BigIntegerField(db_index=True)),
                ('retrieval', models.CharField(blank=True, db_index=True, max_length=26)),
                ('state', models.CharField(db_index=True, default='asked', max_length=8)),
                ('asked_name', models.CharField(max_length=64)),
                ('asked_unit', models.CharField(blank=True, max_length=128)),
                ('asked_ns', models.BigIntegerField()),
                ('decided_name', models.CharField(blank=True, max_length=64)),
                ('decided_ns', models.BigIntegerField(null=True)),
                ('ended_name', models.CharField(blank=True, max_length=64)),
                ('ended_ns', models.BigIntegerField(null=True)),
                ('word', models.CharField(blank=True, max_length=500)),
                ('version', models.PositiveIntegerField(default=1)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LiftedCamera',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.camera')),
                ('lift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cameras', to='masks.masklift')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Mask',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('preset', models.CharField(blank=True, max_length=32)),
                ('points', models.JSONField()),
                ('reason', models.CharField(max_length=200)),
                ('drawn_name', models.CharField(max_length=64)),
                ('from_ns', models.BigIntegerField()),
                ('confirmed_ns', models.BigIntegerField()),
                ('confirmed_name', models.CharField(max_length=64)),
                ('withdrawal_name', models.CharField(blank=True, max_length=64)),
                ('withdrawal_reason', models.CharField(blank=True, max_length=500)),
                ('withdrawal_ns', models.BigIntegerField(null=True)),
                ('withdrawn_name', models.CharField(blank=True, max_length=64)),
                ('withdrawn_ns', models.BigIntegerField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='masks', to='registry.camera')),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawal_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['camera', 'withdrawn_ns'], name='mask_in_force')],
            },
        ),
        migrations.AddIndex(
            model_name='masklift',
            index=models.Index(fields=['asked_by', 'state'], name='mask_lift_asked_by'),
        ),
        migrations.AddConstraint(
            model_name='liftedcamera',
            constraint=models.UniqueConstraint(fields=('lift', 'camera'), name='lifted_camera_once'),
        ),
    ]
