import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0007_devices'),
        ('retrievals', '0003_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='RetrievalCopy',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('from_ns', models.BigIntegerField()),
                ('to_ns', models.BigIntegerField()),
                ('recipient_name', models.CharField(max_length=64)),
                ('recipient_unit', models.CharField(blank=True, max_length=128)),
                ('state', models.CharField(db_index=True, default='wanted', max_length=12)),
                ('cancel', models.BooleanField(default=False)),
                ('wanted_by_name', models.CharField(max_length=64)),
                ('wanted_ns', models.BigIntegerField()),
                ('ready_ns', models.BigIntegerField(null=True)),
                ('done_ms', models.BigIntegerField(default=0)),
                ('total_ms', models.BigIntegerField(default=0)),
                ('bytes', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('problem_code', models.CharField(blank=True, max_length=32)),
                ('problem_zh', models.CharField(blank=True, max_length=500)),
                ('problem_en', models.CharField(blank=True, max_length=500)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.camera')),
                ('executor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='retrievals.retrievalexecutor')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='retrievals.retrievalpackage')),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
