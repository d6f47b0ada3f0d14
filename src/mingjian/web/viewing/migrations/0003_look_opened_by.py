from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('viewing', '0002_look_ended'),
    ]

    operations = [
        migrations.AddField(
            model_name='look',
            name='opened_by',
            field=models.CharField(default='own_right', max_length=12),
        ),
        migrations.AddField(
            model_name='look',
            name='retrieval',
            field=models.CharField(blank=True, db_index=True, default='', max_length=26),
            preserve_default=False,
        ),
    ]
