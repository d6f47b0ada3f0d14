"""What a sheet calls by name: divisions, organisations, places, systems, devices, cameras. Each text is looked up once a file.

Only what the actor may see is found: that something exists elsewhere is not told. A name that several things have is an
error which says how to tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import WrongCell
from mingjian.web.organisations import policies as organisation_rights
from mingjian.web.organisations.models import Division, Identifier, Organisation
from mingjian.web.registry.devices.queries import DIVISION, ORGANISATION
from mingjian.web.registry.models import Camera, Device, Place, System
from mingjian.web.registry.policies import READ as READ_CAMERAS
from mingjian.web.registry.rights import READ_DEVICES, READ_PLACES, READ_SYSTEMS

_WORDS = {
    "division": ("没有这个行政区划", "there is no such division"),
    "organisation": ("没有这个单位，或者不在您的权限范围", "no such organisation, or none within your reach"),
    "place": ("没有这个场所，或者不在您的权限范围", "no such place, or none within your reach"),
    "system": ("没有这个系统，或者不在您的权限范围", "no such system, or none within your reach"),
    "device": ("没有这台在用的设备，或者不在您的权限范围", "no such device in use, or none within your reach"),
    "camera": ("没有这台摄像机，或者不在您的权限范围", "no such camera, or none within your reach"),
}
_REMEDIES = {
    "division": ("填六位区划代码", "enter its code of six digits"),
    "organisation": ("填全称或者统一社会信用代码；新单位请先导入单位表", "its full name or credit code; import new ones first"),
    "place": ("填全称或者登记标识；新场所请先导入场所表", "its full name or id; import new places first"),
    "system": ("填全称或者登记标识；新系统请先导入系统表", "its full name or id; import new systems first"),
    "device": ("填国标编码、序列号或者登记标识；新设备请先导入设备表", "its code, serial number or id; import new devices first"),
    "camera": ("填国标编码或者登记标识；新摄像机请先导入摄像机表", "its code or id; import new cameras first"),
}  # fmt: skip


class References:
    """Looks names up for one actor. `load` what a chunk of rows says, then ask."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._known: dict[str, dict[str, list[str]]] = {kind: {} for kind in _WORDS}
        self._division_codes: dict[str, str] = {}
        for row in Division.objects.filter(until_date="").values_list("id", "code", "name"):
            self._division_codes[row[0]] = row[1]
            for text in {row[0], row[1], row[2]}:
                self._known["division"].setdefault(text, []).append(row[0])

    def load(self, kind: str, texts: Iterable[str]) -> None:
        """Look up those that are not known yet, a thousand at a time."""
        known = self._known[kind]
        wanted = sorted({text for text in texts if text not in known})
        if kind == "division" or not wanted:
            return
        for text in wanted:
            known[text] = []
        for key, *names in self._found(kind, wanted):
            for name in {key, *names}:
                if name in known and key not in known[name]:
                    known[name].append(key)

    def find(self, kind: str, text: str) -> str:
        """The id. Raises WrongCell for none, and for several."""
        found = self._known[kind].get(text, [])
        if len(found) == 1:
            return found[0]
        if found:
            raise WrongCell(
                f"有 {len(found)} 个同名的登记",
                f"{len(found)} of this name",
                "请改填登记标识或者代码",
                "enter its id or code",
            )
        raise WrongCell(*_WORDS[kind], *_REMEDIES[kind])

    def code_of(self, division_id: str) -> str:
        """The code of a division, "" for one that is gone."""
        return self._division_codes.get(division_id, "")

    def add(self, kind: str, text: str, key: str) -> None:
        """A row before in the same file will make it."""
        self._known[kind].setdefault(text, []).append(key)

    def _found(self, kind: str, texts: list[str]) -> Iterable[tuple[str, ...]]:
        for start in range(0, len(texts), 1000):
            some = texts[start : start + 1000]
            if kind == "organisation":
                yield from self._organisations(some)
            elif kind == "place":
                rows: QuerySet[Any] = READ_PLACES.visible(self._actor, Place.objects.filter(removed_ns=None))
                yield from rows.filter(Q(name__in=some) | Q(pk__in=some)).values_list("id", "name")
            elif kind == "device":
                rows = READ_DEVICES.visible(
                    self._actor, Device.objects.filter(scrapped_date=""), ORGANISATION, DIVISION
                )
                named = Q(name__in=some) | Q(pk__in=some) | Q(code__in=some) | Q(serial__in=some)
                yield from rows.filter(named).values_list("id", "name", "code", "serial")
            elif kind == "camera":
                rows = READ_CAMERAS.visible(self._actor, Camera.objects.filter(removed_ns=None))
                named = Q(name__in=some) | Q(pk__in=some) | Q(code__in=some)
                yield from rows.filter(named).values_list("id", "name", "code")
            else:
                rows = READ_SYSTEMS.visible(self._actor, System.objects.filter(removed_ns=None))
                yield from rows.filter(Q(name__in=some) | Q(pk__in=some)).values_list("id", "name")

    def _organisations(self, some: list[str]) -> Iterable[tuple[str, ...]]:
        coded = dict(
            Identifier.objects.filter(kind="credit_code", until_date="", value__in=[one.upper() for one in some])
            .values_list("subject_id", "value")
        )  # fmt: skip
        rows = organisation_rights.READ.visible(
            self._actor, Organisation.objects.filter(dissolved_date=""), organisation="id"
        )
        for key, name in rows.filter(Q(name__in=some) | Q(pk__in=some) | Q(pk__in=coded)).values_list("id", "name"):
            yield (key, name, coded[key]) if key in coded else (key, name)
