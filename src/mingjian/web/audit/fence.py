"""The database's own refusal to change or delete audit rows: triggers, for each kind of database we run on.

Used by the migrations; and by tests, which have to empty tables that nobody may empty.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENTRIES = "audit_auditentry"
CITATIONS = "audit_auditcitation"
TABLES = (ENTRIES, CITATIONS)

_PREFIXES = {ENTRIES: "audit", CITATIONS: "audit_citation"}  # names of triggers are global in SQLite
_MESSAGE = "audit entries are append-only"
_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$"
)


def raise_fence(editor: BaseDatabaseSchemaEditor, tables: tuple[str, ...] = TABLES) -> None:
    """Create the triggers of the tables."""
    if editor.connection.vendor != "sqlite":
        _run(editor, _FUNCTION)
    for table in tables:
        prefix = _PREFIXES[table]
        if editor.connection.vendor == "sqlite":
            for what in ("UPDATE", "DELETE"):
                _run(
                    editor,
                    f"CREATE TRIGGER {prefix}_no_{what.lower()} BEFORE {what} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
                )
        else:
            for name, what, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
                _run(
                    editor,
                    f"CREATE TRIGGER {prefix}_no_{name} BEFORE {what} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION audit_append_only()",
                )


def lower_fence(editor: BaseDatabaseSchemaEditor, tables: tuple[str, ...] = TABLES) -> None:
    """Drop the triggers of the tables, and with those of the entries what they call."""
    for table in reversed(tables):
        prefix = _PREFIXES[table]
        if editor.connection.vendor == "sqlite":
            for what in ("update", "delete"):
                _run(editor, f"DROP TRIGGER {prefix}_no_{what}")
        else:
            for name in ("truncate", "change"):
                _run(editor, f"DROP TRIGGER {prefix}_no_{name} ON {table}")
    if ENTRIES in tables and editor.connection.vendor != "sqlite":
        _run(editor, "DROP FUNCTION audit_append_only()")


def _run(editor: BaseDatabaseSchemaEditor, statement: str) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(statement)
