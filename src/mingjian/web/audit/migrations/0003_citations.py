"""The clauses an entry rests on, each in a row of its own behind the same fence; those kept until now are copied."""

import django.db.models.deletion
from django.db import migrations, models

from mingjian.web.audit.fence import CITATIONS, lower_fence, raise_fence

_COPY = (
    "INSERT INTO audit_auditcitation (entry_id, clause, verdict) "
    "SELECT id, clause, '' FROM audit_auditentry WHERE clause IS NOT NULL AND clause NOT LIKE '%,%'"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="AuditCitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("clause", models.CharField(max_length=64)),
                ("verdict", models.CharField(blank=True, max_length=16)),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="citations",
                        to="audit.auditentry",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["clause", "-entry"], name="audit_citation_clause")],
                "constraints": [models.UniqueConstraint(fields=("entry", "clause"), name="audit_citation_once")],
            },
        ),
        migrations.RunSQL(_COPY, migrations.RunSQL.noop),
        migrations.RunPython(
            lambda apps, editor: raise_fence(editor, (CITATIONS,)),
            lambda apps, editor: lower_fence(editor, (CITATIONS,)),
        ),
    ]
