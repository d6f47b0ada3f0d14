"""The database refuses to change or delete leaves."""

from django.db import migrations

from mingjian.web.ledger.fence import lower_fence, raise_fence


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: raise_fence(editor),
            lambda apps, editor: lower_fence(editor),
        ),
    ]
