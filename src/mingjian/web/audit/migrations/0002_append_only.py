"""The database refuses to change or delete audit rows."""

from django.db import migrations

from mingjian.web.audit.fence import ENTRIES, lower_fence, raise_fence


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: raise_fence(editor, (ENTRIES,)),
            lambda apps, editor: lower_fence(editor, (ENTRIES,)),
        ),
    ]
