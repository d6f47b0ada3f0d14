"""Searching by any part of a name, by pinyin initials, by part of the 20-digit code.

Each subject has one narrow row of folded text (models.search). A search looks through those rows with the database's
own substring function; when few fit it then reads just these subjects, when many fit it walks the list's own index and
stops after a page. No index of n-grams: it would be forty times as many rows, and behave differently on each database.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Value
from django.db.models.functions import StrIndex
from pypinyin import Style, lazy_pinyin

FEW = 2000
_Row = TypeVar("_Row", bound=Model)


@lru_cache(maxsize=65536)
def _initial(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return str(lazy_pinyin(character, style=Style.FIRST_LETTER)[0])[:1]
    return character.lower() if character.isascii() and character.isalnum() else ""


def initials(name: str) -> str:
    """The pinyin initials of a name, its letters and digits as they are: 香港中路1号 becomes xgzl1h."""
    return "".join(map(_initial, name))[:128]


def folded(*texts: str) -> str:
    """Texts as they are searched: width and case folded, with line feeds between, so that no match spans two."""
    return unicodedata.normalize("NFKC", "\n".join(filter(None, texts))).lower()[:1024]


def camera_text(camera: Any, hosts: Iterable[str], archive: Any) -> str:
    """What is found of a camera: name, initials, code, tree, hosts, address, point name, MAC."""
    more = () if archive is None else (archive.address, archive.point_common_name, archive.mac, archive.host)
    return folded(camera.name, camera.initials, camera.code, camera.group, *hosts, *more)


def device_text(device: Any) -> str:
    """What is found of a device: name, initials, code, maker, model, serial, MAC, host."""
    return folded(
        device.name,
        device.initials,
        device.code,
        device.manufacturer,
        device.model,
        device.serial,
        device.mac,
        device.host,
    )


def matching(
    rows: QuerySet[_Row], search: type[Model], text: str, also: Collection[str] = ()
) -> QuerySet[_Row]:  # fmt: skip
    """The rows whose search row holds `text`, and those of `also` (ids found some other way, a few)."""
    wanted = folded(text.strip())
    if not wanted:
        return rows
    found: QuerySet[Any] = search._default_manager.annotate(at=StrIndex("text", Value(wanted))).filter(at__gt=0)
    ids = list(found.values_list("subject_id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return rows.filter(pk__in={*ids, *also})
    held = Q(found_at__gt=0) | Q(pk__in=also) if also else Q(found_at__gt=0)
    many = rows.alias(found_at=StrIndex("search__text", Value(wanted))).filter(held)
    return cast("QuerySet[_Row]", many)


def remember(search: type[Model], subject_id: str, text: str) -> None:
    """Keep a subject's search row."""
    search._default_manager.update_or_create(subject_id=subject_id, defaults={"text": text})
