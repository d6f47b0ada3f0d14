"""Places, systems and devices share their way through an import; what differs is in a module of each.

Rows are compared with the register by id, by a code, or by name and where. New ones are inserted together, changed ones
one by one; each leaves the entry that the single action leaves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.judgement import Judgement
from mingjian.web.audit.actions import About, record_many
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, WrongCell
from mingjian.web.exchange.kinds import Finding, Names, SheetRow
from mingjian.web.exchange.matching import Rights, require_columns, twice
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.references import References
from mingjian.web.exchange.refusals import outdated, touched
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.registry.judging import today
from mingjian.web.wiring import clock


class PlainKind(ABC):
    """The outward half of a kind (kinds.Kind) over one table."""

    columns: tuple[Column, ...]
    organisation_path = "organisation_id"
    division_path = "division_id"

    @abstractmethod
    def document(self, row: Any) -> dict[str, Any]:
        """An object as values by attribute."""

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """Texts by column key."""
        return names.texts(self.columns, values)

    def exported(self, some: Sequence[Any]) -> Iterator[dict[str, str]]:
        """As the sheet has them."""
        documents = [self.document(one) for one in some]
        names = Names(documents)
        for one, document in zip(some, documents, strict=True):
            yield self.cells(document, names) | {"id": one.id}


class PlainWork(ABC):
    """Work (kinds.Work) over one table with `version`, and `removed_ns` for what left the register."""

    model: type[Any]
    columns: tuple[Column, ...]
    references: Mapping[str, str]  # column -> kind of References
    entry_kind: str
    policy: ScopedPolicy
    added: str  # audit names
    changed: str
    removed: str

    def __init__(self, actor: Actor, reason: str) -> None:
        self.actor = actor
        self.refs = References(actor)
        self.rights = Rights(actor, self.policy)
        self.now_ns = clock().now_ns()
        self.day = today()
        self._reason = reason
        self._seen: dict[Any, int] = {}

    # what a kind says of itself

    @abstractmethod
    def existing(self, rows: Sequence[SheetRow]) -> tuple[dict[str, Any], dict[Any, list[str]]]:
        """Objects within reach by id, and ids by what `identity` gives."""

    @abstractmethod
    def identity(self, values: Mapping[str, Any]) -> Any:
        """What tells a row without an id apart from others."""

    @abstractmethod
    def stored(self, row: SheetRow, now: Any) -> dict[str, Any]:
        """What the row says, as attributes; problems are noted in the row."""

    @abstractmethod
    def document(self, row: Any) -> dict[str, Any]:
        """An object as `stored` would have it."""

    @abstractmethod
    def insert(self, rows: Sequence[ImportRow]) -> None:
        """New objects with what belongs to them."""

    @abstractmethod
    def change(self, row: Any, values: Mapping[str, Any]) -> None:
        """Set and save, version included."""

    @abstractmethod
    def remove(self, row: Any) -> dict[str, Any]:
        """Take it out of the register: what the entry shows. Raises MingjianError while something hangs on it."""

    def checked(self, row: SheetRow, values: dict[str, Any], now: Any) -> None:
        """What can be told only once it is known which object the row means; problems are noted in the row."""
        return

    def law(self, document: Mapping[str, Any]) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
        """What the single action's entry would say of an object that is so: judgements, and clauses cited besides."""
        return (), ()

    def where(self, values: Mapping[str, Any], now: Any) -> tuple[str | None, str | None]:
        """Organisation and division, as rights are asked."""
        organisation = values.get("organisation_id", None if now is None else now.organisation_id)
        return organisation, values.get("division_id", None if now is None else now.division_id)

    def found(self, column: str, text: str, now: Any) -> dict[str, Any]:
        """The id that a text of a reference column means: what is there already, else what it names."""
        there = None if now is None else getattr(now, column, None)
        if there is not None and there.name == text:  # though the name may be another's as well
            return {f"{column}_id": str(there.pk)}
        return {f"{column}_id": self.refs.find(self.references[column], text)}

    # the way of every kind

    def locked(self, ids: Sequence[str]) -> dict[str, Any]:
        """Objects that are still there, locked."""
        rows = self.model.objects.select_for_update().filter(pk__in=ids, removed_ns=None)
        return {one.id: one for one in rows}

    def taken_out(self, row: Any) -> dict[str, Any]:
        """Out of the register; what the entry shows."""
        row.removed_ns = self.now_ns
        row.version += 1
        row.save()
        return {"removed_at": format_iso_ns(self.now_ns)}

    def look(self, rows: Sequence[SheetRow]) -> list[Finding]:
        """As Work."""
        for column, kind in self.references.items():
            self.refs.load(kind, [row.values[column] for row in rows if isinstance(row.values.get(column), str)])
        objects, by_identity = self.existing(rows)
        return [self._finding(row, objects, by_identity) for row in rows]

    def _finding(self, row: SheetRow, objects: Mapping[str, Any], by_identity: Mapping[Any, list[str]]) -> Finding:
        given = row.values.get("id")
        if given is not None and given not in objects:
            row.wrong("id", WrongCell(
                "没有这个登记标识，或者不在您的权限范围", "no such id, or none within your reach",
                "新增的请留空", "leave it empty for a new one",
            ))  # fmt: skip
        now = objects.get(given or "")
        values = self.stored(row, now)
        if given is None:
            same = by_identity.get(self.identity(values), [])
            if len(same) > 1:
                row.wrong("name", WrongCell(
                    "登记中有多个同名的", "several of this name are registered", "请填写登记标识", "enter its id"
                ))  # fmt: skip
            now = objects[same[0]] if len(same) == 1 else None
            twice(row, self.identity(values), self._seen)
        if now is None:
            require_columns(row, self.columns)
        else:
            self.rights.check(row, *self.where({}, now))
        self.rights.check(row, *self.where(values, now))
        self.checked(row, values, now)
        return self._compared(row, values, now)

    def _compared(self, row: SheetRow, values: dict[str, Any], now: Any) -> Finding:
        finding = Finding(row, "new", new_id(self.now_ns), name=str(values.get("name") or row.values.get("name") or ""))
        if now is None:
            finding.values = values
        else:
            kept = self.document(now)
            finding.values = {key: value for key, value in values.items() if kept.get(key) != value}
            finding.subject_id, finding.seen_version, finding.name = now.pk, now.version, now.name
            finding.change = "changed" if finding.values else "same"
            finding.before = {key: kept.get(key) for key in finding.values} or None
        if row.problems:
            finding.change = "refused"
        return finding

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """As Work."""
        fresh = [row for row in rows if row.change == "new"]
        for row in fresh:
            self.rights.require(*self.where(row.values, None))
        self.insert(fresh)
        self._record(self.added, [self._about(row.subject_id, row.name, row.values, None, row.values) for row in fresh])
        others = [row for row in rows if row.change == "changed"]
        objects = self.locked([row.subject_id for row in others])
        done = []
        for row in others:
            now = objects.get(row.subject_id)
            if now is None or now.version != row.seen_version:
                raise outdated(row.number)
            self.rights.require(*self.where({}, now))
            self.rights.require(*self.where(row.values, now))
            self.change(now, row.values)
            done.append(self._about(now.pk, now.name, self.document(now), row.before, row.values))
        self._record(self.changed, done)

    def finish(self) -> None:
        """Nothing is left to do."""
        return

    def undo(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        """As Work."""
        objects = self.locked([row.subject_id for row in rows])
        refused: dict[int, MingjianError] = {}
        for row in rows:
            now = objects.get(row.subject_id)
            if now is None or now.version != row.seen_version + 1:
                refused[row.number] = touched()
                continue
            try:
                with transaction.atomic():
                    self._undo_one(row, now)
            except MingjianError as error:
                refused[row.number] = error
        return refused

    def _undo_one(self, row: ImportRow, now: Any) -> None:
        if row.change == "new":
            about = self._about(now.pk, now.name, self.document(now), None, self.remove(now), judged=False)
            self._record(self.removed, [about])
            return
        before = row.before or {}
        self.change(now, before)
        about = self._about(now.pk, now.name, self.document(now), {key: row.values.get(key) for key in before}, before)
        self._record(self.changed, [about])

    def _about(
        self, key: str, name: str, document: Mapping[str, Any], before: Mapping[str, Any] | None,
        after: Mapping[str, Any], *, judged: bool = True,
    ) -> About:  # fmt: skip
        organisation, division = self.where(document, None)
        judgements, clauses = self.law(document) if judged else ((), ())
        return About(key, name, organisation or "", division or "", before, after, judgements, clauses)

    def _record(self, action: str, abouts: Sequence[About]) -> None:
        if abouts:
            record_many(self.actor, action, self.entry_kind, abouts, policy=self.policy, reason=self._reason)
