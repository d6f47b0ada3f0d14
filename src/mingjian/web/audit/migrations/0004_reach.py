"""Where the object of an entry lies, and the actor's organisation and post. SQLite copies the table, triggers do not
follow: the fence is lowered and raised again. Entries from before stay without; whole roles see them as ever.
"""

from django.db import migrations, models

from mingjian.web.audit.fence import lower_fence, raise_fence


def _lower(apps, editor):
    lower_fence(editor)


def _raise(apps, editor):
    raise_fence(editor)


def _column(name, length, indexed=False):
    field = models.CharField(blank=True, db_index=indexed, default="", max_length=length)
    return migrations.AddField("auditentry", name, field)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_citations")]

    operations = [
        migrations.RunPython(_lower, _raise),
        _column("actor_post", 128),
        _column("actor_organisation", 26, indexed=True),
        _column("organisation_id", 26, indexed=True),
        _column("division_id", 26, indexed=True),
        migrations.RunPython(_raise, _lower),
    ]
