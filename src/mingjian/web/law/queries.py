"""The law as the screens read it: clauses and their standing, state tables, entries that cite a clause."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.rules.examples import EXAMPLES
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Clause
from mingjian.rules.library import current_law
from mingjian.rules.pack_schema import WHOM
from mingjian.rules.registry import BINDINGS, Coverage, coverage, rule_name
from mingjian.rules.report import coverage_document, find_clause, parameter_text
from mingjian.rules.state_table import StateTable
from mingjian.rules.states.tables import STATE_TABLES
from mingjian.web.audit.models import AuditEntry
from mingjian.web.audit.names import all_names, readable
from mingjian.web.audit.policies import READ as READ_AUDIT
from mingjian.web.audit.queries import citing_counts, entries_citing
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applications, reached
from mingjian.web.http.problem import not_found


@cache
def current_coverage() -> Coverage:
    """The coverage of the law this release carries, proved once a process: its parts change with the program only."""
    return coverage(current_law(), reached())


def clause_rows(language: str) -> list[dict[str, Any]]:
    """Every clause in the order of the texts."""
    return [_row(one.clause, one.status, language) for one in current_coverage().standings]


def clause_detail(actor: Actor, name: str, language: str) -> dict[str, Any]:
    """A clause by key or address, with text, parameters, rules, examples and how often it was cited.

    The latest entries that cite it are there for whoever may read the audit record, and None for others.
    Raises MingjianError not_found.
    """
    clause = _clause(name)
    standing = next(one for one in current_coverage().standings if one.clause.key == clause.key)
    rules = [rule_name(rule) for rule in BINDINGS.get(clause.key, ())]
    actions = list(dict.fromkeys(action for rule in rules for action in applications().get(rule, ())))
    titles = all_names()
    return _row(clause, standing.status, language) | {
        "text": clause.text,
        "why": None if standing.why is None else standing.why.for_language(language),
        "applies_if": clause.applies_if,
        "stricter_than": list(clause.stricter_than),
        "valid_from": clause.valid_from.isoformat(),
        "valid_to": None if clause.valid_to is None else clause.valid_to.isoformat(),
        "parameters": [{"name": key, "value": parameter_text(value)} for key, value in clause.parameters.items()],
        "rules": rules,
        "actions": [{"name": name, "title": titles[name].for_language(language)} for name in actions],
        "examples": [
            {"kind": one.kind.value, "says": one.says.for_language(language)}
            for one in EXAMPLES
            if one.clause == clause.key
        ],
        "cited": [
            {"verdict": verdict, "label": _verdict_label(verdict).for_language(language), "count": count}
            for verdict, count in citing_counts(actor, clause.key).items()
        ],
        "entries": _latest(actor, clause.key, language) if READ_AUDIT.allows(actor) else None,
    }


def table_document(name: str) -> dict[str, Any]:
    """A state table as values, labels in both languages. Raises MingjianError not_found."""
    table: StateTable[Any] | None = STATE_TABLES.get(name)
    if table is None:
        raise not_found("没有这张状态表", "there is no such state table")
    return {
        "name": table.name,
        "title": _both(table.title),
        "initial": table.initial,
        "states": [{"name": one.name, "label": _both(one.label), "final": one.final} for one in table.states],
        "transitions": [
            {
                "source": one.source,
                "event": one.event,
                "target": one.target,
                "label": _both(one.label),
                "guard": one.guard,
                "clauses": list(one.clauses),
            }
            for one in table.transitions
        ],
    }


def coverage_values() -> dict[str, Any]:
    """What `mingjian law coverage --json` prints."""
    return coverage_document(current_coverage())


def cited(keys: Iterable[str], language: str) -> list[dict[str, str]]:
    """Clauses by key, as people read them: the regulation's name and the article. Unknown keys are left out."""
    known = filter(None, map(current_law().known, keys))
    return [{"key": clause.key, "printed": clause.cite().printed(language)} for clause in known]


def _clause(name: str) -> Clause:
    try:
        return find_clause(current_law(), name)
    except MingjianError as error:
        raise not_found(error.message.zh, error.message.en) from None


def _row(clause: Clause, status: str, language: str) -> dict[str, Any]:
    return {
        "pack": clause.pack,
        "document": clause.document.for_language(language),
        "address": clause.address,
        "key": clause.key,
        "status": status,
        "obliges": clause.obliges.for_language(language),
        "whom": [{"name": one, "label": WHOM[one].for_language(language)} for one in clause.whom],
        "label": clause.article_label,
        "confidence": clause.label_confidence,
        "printed": clause.cite().printed(language),
    }


def _latest(actor: Actor, key: str, language: str) -> list[dict[str, Any]]:
    return [_entry(entry, key, language) for entry in entries_citing(actor, key, 20)]


def _entry(entry: AuditEntry, key: str, language: str) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": format_iso_ns(entry.at_ns),
        "actor_name": entry.actor_name,
        "action": entry.action,
        "title": readable(entry.action).for_language(language),
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "object_name": entry.object_name,
        "outcome": entry.outcome,
        "verdict": next(one.verdict for one in entry.cited if one.clause == key),
    }


def _verdict_label(verdict: str) -> Text:
    return Verdict(verdict).label if verdict else Text("引用", "cited")


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
