"""What an import of one kind of objects does: look at rows, apply them, put them back. One module for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import QuerySet

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, Problem, WrongCell, shown_value
from mingjian.web.exchange.models import ImportRow
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera, Device, Place, PlacePart, Room, System


@dataclass(slots=True)
class SheetRow:
    """A row as it was read: typed values by column key (None: cleared), and what could not be read."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str, error: WrongCell | MingjianError) -> None:
        """Note what is wrong with a cell."""
        said = error.said if isinstance(error, WrongCell) else error.message
        self.problems.append(Problem(column, said, error.remedy))


@dataclass(slots=True)
class Finding:
    """What a row would do."""

    row: SheetRow
    change: str  # new, changed, same; refused when the row has problems
    subject_id: str = ""
    seen_version: int = 0
    name: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    notes: list[Problem] = field(default_factory=list)


class Work(Protocol):
    """One file's work for one actor. Keeps what it looked up from chunk to chunk."""

    def look(self, rows: Sequence[SheetRow]) -> list[Finding]:
        """What each row would do. Changes nothing that the rows speak of."""

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """Do it, inside a transaction. Raises MingjianError at the first row that cannot be done any more."""

    def finish(self) -> None:
        """Once after the last chunk, inside the same transaction."""

    def undo(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        """Put rows back, which come last first; those that cannot, by number, with the reason. Inside a transaction."""


class Kind(Protocol):
    """A kind of objects that can be imported and exported."""

    @property
    def name(self) -> str:
        """cameras, devices, channels, memberships, places, systems, organisations."""

    @property
    def title(self) -> Text:
        """What people call it."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its sheet."""

    @property
    def organisation_path(self) -> str:
        """From a row to the id of the organisation that it lies with, as queries name it."""

    @property
    def division_path(self) -> str:
        """The same to the id of its division."""

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin; `again`: the rows were looked at before. `reason` goes into the entries."""

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """`values` of a finding as texts by column key."""

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """What this actor may export."""

    def exported(self, some: Sequence[Any]) -> Iterator[dict[str, str]]:
        """Objects as texts by column key."""


class Names:
    """Names for ids, read once for a page of rows."""

    _MODELS: Mapping[str, tuple[Any, str]] = {
        "organisation_id": (Organisation, "name"), "builder_id": (Organisation, "name"), "parent_id": (Organisation, "name"),
        "division_id": (Division, "name"), "place_id": (Place, "name"), "system_id": (System, "name"),
        "part_id": (PlacePart, "part"), "room_id": (Room, "name"), "device_id": (Device, "name"), "camera_id": (Camera, "name"),
    }  # fmt: skip

    def __init__(self, documents: Sequence[Mapping[str, Any]]) -> None:
        wanted: dict[tuple[Any, str], set[str]] = {}
        for document in documents:
            for attribute, source in self._MODELS.items():
                if isinstance(document.get(attribute), str):
                    wanted.setdefault(source, set()).add(document[attribute])
        self._known = {
            source: dict(source[0].objects.filter(pk__in=ids).values_list("pk", source[1]))
            for source, ids in wanted.items()
        }

    def of(self, attribute: str, key: Any) -> str:
        """The name, the key itself when there is none any more, "" for nothing."""
        if not key:
            return ""
        return str(self._known.get(self._MODELS[attribute], {}).get(key) or key)

    def texts(self, columns: Sequence[Column], values: Mapping[str, Any]) -> dict[str, str]:
        """Values by attribute as texts by column key; a column that names another object is kept as its id."""
        found = {}
        for column in columns:
            attribute = f"{column.key}_id"
            if attribute in self._MODELS:
                if attribute in values:
                    found[column.key] = shown_value(column, self.of(attribute, values[attribute]))
            elif column.key in values:
                found[column.key] = shown_value(column, values[column.key])
        return found


def position_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """A position as it was given, by column key; nothing when `values` say nothing of one."""
    if "given" not in values:
        return {}
    return {key: str((values["given"] or {}).get(key, "")) for key in ("datum", "lon", "lat")}
