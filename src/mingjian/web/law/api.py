"""GET law/clauses, one clause, state tables and coverage. Everybody who is signed in may read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.law import queries
from mingjian.web.law.policies import READ

router = Router(tags=["law"])

Standing = Literal["bound", "ruled", "planned", "out_of_scope", "unproved"]
Name = Annotated[str, Path(max_length=64)]


class Labelled(Schema):
    """A name and its word in the reader's language."""

    name: str
    label: str


class ClauseOut(Schema):
    """A clause in the list. `document` is the regulation's name; `printed` is how a paper cites the clause, with its
    mark where the number is not certain.
    """

    pack: str
    document: str
    address: str
    key: str
    status: Standing
    obliges: str
    whom: list[Labelled]
    label: str
    confidence: Literal["certain", "likely", "confirm_before_use"]
    printed: str


class ParameterOut(Schema):
    """What the rule reads from the clause."""

    name: str
    value: str


class ActionOut(Schema):
    """An action of the application that asks the clause's rule."""

    name: str
    title: str


class ExampleOut(Schema):
    """A case that proves the rule."""

    kind: Literal["passing", "failing", "boundary"]
    says: str


class CitedOut(Schema):
    """How many entries of the audit record cite the clause with this verdict."""

    verdict: str
    label: str
    count: int


class CitingEntryOut(Schema):
    """An entry of the audit record where the clause bit."""

    id: int
    at: str
    actor_name: str
    action: str
    title: str
    object_kind: str
    object_id: str
    object_name: str
    outcome: Literal["done", "denied", "failed"]
    verdict: str


class ClauseDetailOut(ClauseOut):
    """A clause with all that hangs on it. `entries`: the 20 latest, null for who may not read the audit record."""

    text: str
    why: str | None
    applies_if: str
    stricter_than: list[str]
    valid_from: str
    valid_to: str | None
    parameters: list[ParameterOut]
    rules: list[str]
    actions: list[ActionOut]
    examples: list[ExampleOut]
    cited: list[CitedOut]
    entries: list[CitingEntryOut] | None


class BothOut(Schema):
    """Words in both languages."""

    zh: str
    en: str


class StateOut(Schema):
    """A state; nothing leaves a final one."""

    name: str
    label: BothOut
    final: bool


class TransitionOut(Schema):
    """A way between states; `guard` names the check that lets through."""

    source: str
    event: str
    target: str
    label: BothOut
    guard: str | None
    clauses: list[str]


class StateTableOut(Schema):
    """A state table: what a screen draws and what an action follows."""

    name: str
    title: BothOut
    initial: str
    states: list[StateOut]
    transitions: list[TransitionOut]


class ReasonedOut(Schema):
    """A clause that is not bound, and why."""

    clause: str
    why: str
    why_en: str


class CoverageOut(Schema):
    """How far the law is bound: `clauses` = `bound` + out_of_scope + unbound."""

    clauses: int
    bound: int
    out_of_scope: list[ReasonedOut]
    unbound: list[str]
    ruled: list[str]
    planned: list[ReasonedOut]
    unproved: list[ReasonedOut]


@router.get("/clauses", auth=Requires(READ), response=list[ClauseOut], operation_id="law_clauses")
def list_clauses(request: HttpRequest) -> list[dict[str, Any]]:
    """Every clause of every pack, in the order of the texts (about 150: no pages)."""
    return queries.clause_rows(language_of(request))


@router.get("/clauses/{key}", auth=Requires(READ), response=ClauseDetailOut, operation_id="law_clause")
def get_clause(request: HttpRequest, key: Name) -> dict[str, Any]:
    """One clause, by key (qd204.filing.acceptance) or address (qd204:16.1)."""
    return queries.clause_detail(actor_of(request), key, language_of(request))


@router.get("/states/{table}", auth=Requires(READ), response=StateTableOut, operation_id="law_state_table")
def get_state_table(request: HttpRequest, table: Name) -> dict[str, Any]:
    """A state table: plan, project, filing, removal, retrieval."""
    return queries.table_document(table)


@router.get("/coverage", auth=Requires(READ), response=CoverageOut, operation_id="law_coverage")
def get_coverage(request: HttpRequest) -> dict[str, Any]:
    """How far the law is bound, as `mingjian law coverage --json` says it."""
    return queries.coverage_values()
