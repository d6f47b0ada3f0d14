"""Where PTZ cameras stood."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('masks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PositionStatement',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('preset', models.CharField(max_length=32)),
                ('bare', models.BooleanField(default=False)),
                ('stated_name', models.CharField(max_length=64)),
                ('stated_ns', models.BigIntegerField()),
                ('confirmed_name', models.CharField(blank=True, max_length=64)),
                ('from_ns', models.BigIntegerField(null=True)),
                ('ended_ns', models.BigIntegerField(null=True)),
                ('ended_name', models.CharField(blank=True, max_length=64)),
                ('ended_why', models.CharField(blank=True, max_length=12)),
                ('word', models.CharField(blank=True, max_length=500)),
                ('version', models.PositiveIntegerField(default=1)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='registry.camera')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['camera', 'stated_ns'], name='position_of_camera')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_ns', None)), fields=('camera',), name='position_one_open')],
            },
        ),
    ]
