import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('retrievals', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RetrievalPackage',
            fields=[
                ('id', models.CharField(max_length=26, primary_key=True, serialize=False)),
                ('state', models.CharField(db_index=True, default='wanted', max_length=12)),
                ('cancel', models.BooleanField(default=False)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('wanted_by_name', models.CharField(max_length=64)),
                ('wanted_by_unit', models.CharField(blank=True, max_length=128)),
                ('wanted_ns', models.BigIntegerField()),
                ('retry_ns', models.BigIntegerField()),
                ('ready_ns', models.BigIntegerField(null=True)),
                ('done_bytes', models.BigIntegerField(default=0)),
                ('total_bytes', models.BigIntegerField(default=0)),
                ('bytes', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('manifest_digest', models.CharField(blank=True, max_length=64)),
                ('problem_code', models.CharField(blank=True, max_length=32)),
                ('problem_zh', models.CharField(blank=True, max_length=500)),
                ('problem_en', models.CharField(blank=True, max_length=500)),
                ('retrieval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='retrievals.retrieval')),
                ('wanted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
