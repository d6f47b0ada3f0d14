"""The database's own refusal to change or delete audit rows: triggers, for each kind of database we run on.

Used by the migration; and by tests, which have to empty a table that nobody may empty.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLE = "audit_auditentry"
_MESSAGE = "audit entries are append-only"

_SQLITE = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
)
_SQLITE_UNDO = ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")

_POSTGRESQL = (
    f"CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {_TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {_TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)
_POSTGRESQL_UNDO = (
    f"DROP TRIGGER audit_no_truncate ON {_TABLE}",
    f"DROP TRIGGER audit_no_change ON {_TABLE}",
    "DROP FUNCTION audit_append_only()",
)


def raise_fence(editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    _run(editor, _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL)


def lower_fence(editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers."""
    _run(editor, _SQLITE_UNDO if editor.connection.vendor == "sqlite" else _POSTGRESQL_UNDO)


def _run(editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
