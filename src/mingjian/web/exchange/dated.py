"""What sheets of dated relations share: each row names two things and says from when to when they belong together.

What they are, which rights they need and what a relation ends when it begins is each kind's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, WrongCell
from mingjian.web.exchange.kinds import Finding, SheetRow
from mingjian.web.exchange.matching import read_into, require_columns
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.references import References
from mingjian.web.exchange.refusals import outdated
from mingjian.web.registry.judging import today
from mingjian.web.registry.shared import past_day

_DAYS = ("since_date", "until_date")
_Row = TypeVar("_Row")


class DatedWork:
    """The base of a Work over such rows: names looked up, days read, and what a row ends held against its preview."""

    kinds: tuple[str, str]
    """The columns that name the two things, of which a row's values get the ids as `KIND_id`."""
    columns: tuple[Column, ...]
    ends_early: Text
    """What is said of a row that ends before it begins."""

    def __init__(self, actor: Actor, reason: str) -> None:
        self._actor = actor
        self._reason = reason
        self._refs = References(actor)
        self._day = today().isoformat()

    def finish(self) -> None:
        """Nothing is left to do."""

    def _read(self, rows: Sequence[SheetRow]) -> tuple[list[Finding], list[Finding]]:
        """Every row as a finding with its values; and those of which both things are known."""
        for kind in self.kinds:
            self._refs.load(kind, [row.values[kind] for row in rows if isinstance(row.values.get(kind), str)])
        findings = [Finding(row, "new", values=self._stored(row)) for row in rows]
        ids = {f"{kind}_id" for kind in self.kinds}
        return findings, [one for one in findings if ids <= one.values.keys()]

    def _stored(self, row: SheetRow) -> dict[str, Any]:
        """The row's values by attribute; what cannot be is a problem of its column."""
        given, values = row.values, dict[str, Any]()
        require_columns(row, self.columns)
        for kind in self.kinds:
            if given.get(kind) is not None:
                read_into(values, row, kind, lambda kind=kind: {f"{kind}_id": self._refs.find(kind, given[kind])})
        values |= self._further(row)
        for key in _DAYS:
            if given.get(key):
                read_into(values, row, key, lambda key=key: {key: past_day(given[key], key)})
        return values

    def _further(self, row: SheetRow) -> dict[str, Any]:
        """What the kind's other columns say."""
        raise NotImplementedError

    def _in_order(self, row: SheetRow, since: str, until: str) -> bool:
        """Whether it does not end before it begins; if it does, that is a problem of the row."""
        if until and until < since:
            row.wrong("until_date", WrongCell(self.ends_early.zh, self.ends_early.en))
            return False
        return True

    def _as_previewed(
        self, row: ImportRow, begin: Callable[[], tuple[_Row, _Row | None]], key: Callable[[_Row], list[Any]]
    ) -> tuple[_Row, _Row | None]:
        """What begins, and what that ends: the same as in the preview. Raises MingjianError import_outdated."""
        try:
            made, ended = begin()
        except MingjianError as error:
            raise outdated(row.number) from error
        if (None if ended is None else key(ended)) != (row.before or {}).get("ended"):
            raise outdated(row.number)
        return made, ended
