"""The database's own refusal to change or delete leaves and checkpoints, as audit.fence does it for audit entries.

A pending leaf may go, but only when the tree has it.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_FENCED = ("ledger_leaf", "ledger_checkpoint")
_MESSAGE = "leaves of the ledger are append-only"
_STILL_PENDING = "NOT EXISTS (SELECT 1 FROM ledger_leaf WHERE ledger_leaf.name = OLD.name)"

_SQLITE = (
    *(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for table in _FENCED
        for verb in ("update", "delete")
    ),
    f"CREATE TRIGGER ledger_pending_no_update BEFORE UPDATE ON ledger_pending "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    f"CREATE TRIGGER ledger_pending_no_delete BEFORE DELETE ON ledger_pending WHEN {_STILL_PENDING} "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
)
_SQLITE_UNDO = tuple(
    f"DROP TRIGGER {table}_no_{verb}" for table in (*_FENCED, "ledger_pending") for verb in ("update", "delete")
)

_REFUSE = f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'"
_POSTGRESQL = (
    f"CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_REFUSE}; END $$",
    f"CREATE FUNCTION ledger_pending_leaves() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF TG_OP = 'UPDATE' OR {_STILL_PENDING} THEN {_REFUSE}; END IF; RETURN OLD; END $$",
    *(
        statement
        for table in _FENCED
        for statement in (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION ledger_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()",
        )
    ),
    "CREATE TRIGGER ledger_pending_no_change BEFORE UPDATE OR DELETE ON ledger_pending "
    "FOR EACH ROW EXECUTE FUNCTION ledger_pending_leaves()",
    "CREATE TRIGGER ledger_pending_no_truncate BEFORE TRUNCATE ON ledger_pending "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()",
)
_POSTGRESQL_UNDO = (
    *(
        f"DROP TRIGGER {table}_no_{verb} ON {table}"
        for table in (*_FENCED, "ledger_pending")
        for verb in ("change", "truncate")
    ),
    "DROP FUNCTION ledger_append_only()",
    "DROP FUNCTION ledger_pending_leaves()",
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
