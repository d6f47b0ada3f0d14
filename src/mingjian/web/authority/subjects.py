"""Whose an object of the record is and where it lies, by its kind. The slice that keeps the kind says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Located:
    """Ids of the organisation whose it is and of the division in which it lies; empty where there is none."""

    organisation_id: str = ""
    division_id: str = ""


Find = Callable[[str], Located | None]
_finders: dict[str, Find] = {}


def keep_subject(kind: str, find: Find) -> None:
    """Name the function that locates an object of this kind by id. Raises ValueError when the kind has one."""
    if kind in _finders:
        raise ValueError(f"objects of kind {kind} are located already")
    _finders[kind] = find


def keep_rows(
    kind: str, model: type[Model], organisation: str = "organisation_id", division: str = "division_id"
) -> None:
    """Objects of this kind are rows of `model`; the columns (or paths over relations, or "") say where they are."""

    def find(object_id: str) -> Located | None:
        wanted = [column for column in (organisation, division) if column]
        row = model._default_manager.filter(pk=object_id).values(*wanted).first()
        if row is None:
            return None
        return Located(row.get(organisation) or "", row.get(division) or "")

    keep_subject(kind, find)


def subject_of(kind: str, object_id: str) -> Located | None:
    """Where the object is; None when there is no such object, or nobody locates this kind. One query."""
    find = _finders.get(kind)
    return find(object_id) if find is not None and object_id else None
