from django.db import migrations


class Migration(migrations.Migration):
    """The tables were never used here: imports have a slice of their own (exchange)."""

    dependencies = [
        ('registry', '0005_map_cells'),
    ]

    operations = [
        migrations.DeleteModel(name='ImportRow'),
        migrations.DeleteModel(name='ImportBatch'),
    ]
