"""Is it there already? Rows that look like a camera of the register, or like another row: by device, address, position.

Only a note: two cameras on a pole are no mistake. Whoever may not see the other camera is told whom to ask, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q

from mingjian.kernel.text import Text
from mingjian.rules.duplicate_coverage import SAME_POLE
from mingjian.rules.law import Law
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Problem
from mingjian.web.exchange.kinds import Finding
from mingjian.web.ground import Position, distance_m
from mingjian.web.registry.archive.fields import COVERED
from mingjian.web.registry.models import Camera, CameraArchive, Stream
from mingjian.web.registry.policies import READ

_DEGREE_M = 111_320
_GROUNDS = {
    "device": Text("设备相同", "the same device"),
    "address": Text("安装地址相同", "the same address"),
    "position": Text("位置相同", "the same position"),
}


class Likeness:
    """Remembers the rows it has seen, and where the register's cameras stand."""

    def __init__(self, actor: Actor, law: Law) -> None:
        self._actor = actor
        self._near_m = law.policy_number(SAME_POLE)
        self._side_e7 = max(1, round(self._near_m / _DEGREE_M * 1e7) * 2)
        self._cells: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
        self._macs: dict[str, int] = {}
        self._loaded = False

    def note(self, findings: Sequence[Finding]) -> None:
        """Add notes to findings that would register, move or re-equip a camera."""
        if not self._loaded:
            self._load()
        fresh = [one for one in findings if one.change in ("new", "changed")]
        like: list[tuple[Finding, str, str]] = []  # with the ground, and the id of a camera
        by_device, by_address = self._registered(fresh)
        for finding in fresh:
            values = finding.values
            for key in ("mac", "host"):
                like += [(finding, "device", one) for one in by_device.get(values.get(key) or "", ())]
            like += [(finding, "address", one) for one in by_address.get(values.get("address") or "", ())]
            like += [(finding, "position", one) for one in self._near(finding)]
            self._same_device(finding)
        self._tell([(finding, ground, key) for finding, ground, key in like if key != finding.subject_id])

    def _load(self) -> None:
        self._loaded = True
        rows = Camera.objects.filter(removed_ns=None).exclude(lon_e7=None).values_list("id", "lon_e7", "lat_e7")
        for key, lon_e7, lat_e7 in rows.iterator(chunk_size=5000):
            assert lon_e7 is not None
            assert lat_e7 is not None
            self._put(lon_e7, lat_e7, key)

    def _put(self, lon_e7: int, lat_e7: int, key: str) -> None:
        cell = (lon_e7 // self._side_e7, lat_e7 // self._side_e7)
        self._cells.setdefault(cell, []).append((lon_e7, lat_e7, key))

    def _near(self, finding: Finding) -> Iterator[str]:
        """Ids of cameras within a pole's distance; a row before in the file is noted at once."""
        lon_e7, lat_e7 = finding.values.get("lon_e7"), finding.values.get("lat_e7")
        if lon_e7 is None or lat_e7 is None:
            return
        at = Position(lon_e7, lat_e7)
        column, row = lon_e7 // self._side_e7, lat_e7 // self._side_e7
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for other_lon, other_lat, key in self._cells.get((x, y), ()):
                    if distance_m(at, Position(other_lon, other_lat)) <= self._near_m:
                        if key.isdigit():
                            _of_row(finding, "position", int(key))
                        else:
                            yield key
        self._put(lon_e7, lat_e7, str(finding.row.number))

    def _same_device(self, finding: Finding) -> None:
        mac = finding.values.get("mac")
        if mac:
            if mac in self._macs:
                _of_row(finding, "device", self._macs[mac])
            self._macs.setdefault(mac, finding.row.number)

    def _registered(self, findings: Sequence[Finding]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Cameras of the register by MAC or host, and by address."""
        macs = {one.values["mac"] for one in findings if one.values.get("mac")}
        hosts = {one.values["host"] for one in findings if one.values.get("host")}
        addresses = {one.values["address"] for one in findings if one.values.get("address")}
        devices: dict[str, set[str]] = {}
        places: dict[str, set[str]] = {}
        present = CameraArchive.objects.filter(camera__removed_ns=None)
        if macs or hosts:
            rows: Any = present.filter(Q(mac__in=macs) | Q(host__in=hosts)).values_list("camera_id", "mac", "host")
            for key, mac, host in rows:
                for text in (mac, host):
                    if text:
                        devices.setdefault(text, set()).add(key)
            streams = Stream.objects.filter(host__in=hosts, camera__removed_ns=None)
            for key, host in streams.values_list("camera_id", "host"):
                devices.setdefault(host, set()).add(key)
        if addresses:
            for key, address in present.filter(address__in=addresses).values_list("camera_id", "address"):
                places.setdefault(address, set()).add(key)
        return devices, places

    def _tell(self, like: Sequence[tuple[Finding, str, str]]) -> None:
        ids = {key for _, _, key in like}
        if not ids:
            return
        cameras = Camera.objects.select_related("organisation").in_bulk(list(ids))
        seen = set(READ.visible(self._actor, Camera.objects.filter(pk__in=ids)).values_list("pk", flat=True))
        for finding, ground, key in like:
            if len(finding.notes) >= 5:
                continue
            camera, said = cameras[key], _GROUNDS[ground]
            if key in seen:
                text = Text(f"疑似重复（{said.zh}）：{camera.name}", f"may be there already ({said.en}): {camera.name}")
            else:
                contact = "" if camera.organisation is None else camera.organisation.name
                text = Text(f"{COVERED.zh}{contact}", f"{COVERED.en} {contact}")
            finding.notes.append(Problem("", text))


def _of_row(finding: Finding, ground: str, number: int) -> None:
    if len(finding.notes) < 5:
        said = _GROUNDS[ground]
        finding.notes.append(
            Problem("", Text(f"与第 {number} 行疑似重复（{said.zh}）", f"may repeat row {number} ({said.en})"))
        )
