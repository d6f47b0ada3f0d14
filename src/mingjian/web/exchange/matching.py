"""What the kinds have in common: rights remembered, rows that name the same thing twice, plain fields read one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mingjian.kernel.errors import MingjianError
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, WrongCell
from mingjian.web.exchange.kinds import SheetRow
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.registry.rights import Scope


class Rights:
    """A right asked about many rows: each pair of organisation and division once."""

    def __init__(self, actor: Actor, policy: ScopedPolicy) -> None:
        self._actor = actor
        self._policy = policy
        self._allowed: dict[tuple[str | None, str | None], bool] = {}

    def check(
        self, row: SheetRow, organisation: str | None, division: str | None, column: str = "organisation"
    ) -> None:  # fmt: skip
        """Note a problem at `column` when he has not the right there."""
        key = (organisation, division)
        if key not in self._allowed:
            self._allowed[key] = self._policy.allows(self._actor, Scope(*key))
        if not self._allowed[key] and not any(one.column == column for one in row.problems):
            title = self._policy.title
            row.wrong(column, WrongCell(
                f"您在该单位没有“{title.zh}”的权限", f"you have no right there to {title.en}",
                "只能导入本单位及下级单位的登记", "import what is of your own organisation and below",
            ))  # fmt: skip

    def require(self, organisation: str | None, division: str | None) -> None:
        """Raises Refused."""
        key = (organisation, division)
        if not self._allowed.get(key):
            self._policy.require(self._actor, Scope(*key))
            self._allowed[key] = True


def read_into(
    values: dict[str, Any], row: SheetRow, column: str, read: Callable[..., dict[str, Any]], *given: Any
) -> None:
    """Add what `read` makes of `given`; what it raises becomes a problem of the column, or of a position's part."""
    try:
        values |= read(*given)
    except MingjianError as error:
        field = (error.field or "").rpartition(".")[2]
        row.wrong(field if field in ("lon", "lat", "datum") else column, error)
    except WrongCell as error:
        row.wrong(column, error)


def require_columns(row: SheetRow, columns: Sequence[Column]) -> None:
    """A new object needs its required cells."""
    for column in columns:
        if column.required and row.values.get(column.key) in (None, "", []):
            row.wrong(column.key, WrongCell("必填", "is required"))


def twice(row: SheetRow, key: Any, seen: dict[Any, int], column: str = "name") -> None:
    """Note a problem when an earlier row of the file means the same thing."""
    if key in seen:
        row.wrong(column, WrongCell(
            f"与第 {seen[key]} 行重复", f"repeats row {seen[key]}", "请删去其中一行", "delete one of them"
        ))  # fmt: skip
    seen.setdefault(key, row.number)
