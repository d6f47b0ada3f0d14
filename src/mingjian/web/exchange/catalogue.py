"""A catalogue of GB/T 28181 as rows of the sheet of cameras, and cameras as a catalogue.

A catalogue does not know whose a camera is: the organisation (and the division where CivilCode is none of the
register's) come with the upload. Regions, systems, groups and virtual organisations become the path of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mingjian.web.exchange.columns import Cell
from mingjian.web.organisations.models import Division
from mingjian.wire.manscdp import CatalogItem, read_catalog

_PIECE = 1 << 20
CAMERAS = ("131", "132")
# column of the sheet: names of the element, the first as we write it
FIELDS: Mapping[str, tuple[str, ...]] = {
    "code": ("DeviceID",), "name": ("Name",), "manufacturer": ("Manufacturer",), "model": ("Model",),
    "address": ("Address",), "lon": ("Longitude",), "lat": ("Latitude",), "host": ("IPAddress",),
    "security_level_code": ("SecurityLevelCode",),
}  # fmt: skip
INFO: Mapping[str, tuple[str, ...]] = {
    "ptz_type": ("PTZType",), "position_type": ("CapturePositionType", "PositionType"), "room_type": ("RoomType",),
    "use_type": ("UseType",), "supply_light_type": ("SupplyLightType",), "direction_type": ("DirectionType",),
    "resolution": ("Resolution",), "view_angle_deg": ("HorizontalFieldAngle",),
    "vertical_view_angle_deg": ("VerticalFieldAngle",), "view_distance_m": ("MaxViewDistance",),
    "grassroots_code": ("GrassrootsCode",), "point_type": ("PointType", "PoType"),
    "point_common_name": ("PointCommonName", "PoCommonName"), "mac": ("MAC",), "function_type": ("FunctionType",),
    "encode_type": ("EncodeType",), "installed_date": ("InstallTime",), "management_unit": ("ManagementUnit",),
    "contact": ("ContactInfo",), "record_save_days": ("RecordSaveDays",), "industry": ("IndustrialClassification",),
}  # fmt: skip
_WHOLE = frozenset({"view_angle_deg", "vertical_view_angle_deg", "view_distance_m"})
_HEADER = (*FIELDS, *INFO, "organisation", "division", "group", "datum")


def catalogue_rows(path: Path, options: Mapping[str, str]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """A header of column keys, then a row for each camera of the file; its number counts all items from 2 on.

    Raises MingjianError `bad_catalog`.
    """
    yield 1, _HEADER
    nodes = {
        item.device_id: (item.get("Name"), item.get("ParentID", "CivilCode"))
        for item in _items(path)
        if item.kind not in CAMERAS and item.device_id
    }
    known = set(Division.objects.filter(until_date="").values_list("code", flat=True))
    for number, item in enumerate(_items(path), 2):
        if item.kind in CAMERAS:
            yield number, _cells(item, nodes, known, options)


def item_of(cells: Mapping[str, str], values: Mapping[str, Any], parent: str) -> dict[str, Any]:
    """One Item of what a camera's row holds; `values` have the numbers behind labels. WGS-84, as the standard wants."""
    item = {names[0]: values.get(key) for key, names in FIELDS.items()}
    lon_e7, lat_e7 = values.get("lon_e7"), values.get("lat_e7")
    placed = lon_e7 is not None and lat_e7 is not None
    where = {"Longitude": f"{lon_e7 / 1e7:.7f}", "Latitude": f"{lat_e7 / 1e7:.7f}"} if placed else {}  # type: ignore[operator]
    return {
        **item, **where, "CivilCode": cells.get("division", ""), "Parental": 0, "ParentID": parent, "RegisterWay": 1,
        "Secrecy": int(values.get("flag") == "state_secret"), "Status": "ON" if values.get("enabled") else "OFF",
        "Info": {names[0]: values.get(key) for key, names in INFO.items()},
    }  # fmt: skip


def _items(path: Path) -> Iterator[CatalogItem]:
    with path.open("rb") as file:
        yield from read_catalog(iter(lambda: file.read(_PIECE), b""))


def _cells(
    item: CatalogItem, nodes: Mapping[str, tuple[str, str]], known: set[str], options: Mapping[str, str]
) -> list[Cell]:  # fmt: skip
    found: dict[str, str] = {}
    for key, names in (*FIELDS.items(), *INFO.items()):
        found[key] = item.get(*names)
    for key in _WHOLE:
        if found[key]:  # 72.5 degrees
            found[key] = found[key].partition(".")[0]
    found["installed_date"] = found["installed_date"][:10]
    if _zero(found["lon"]) and _zero(found["lat"]):  # what devices send for "not set"
        found["lon"] = found["lat"] = ""
    civil = (item.get("CivilCode") or item.device_id)[:6]
    found |= {
        "organisation": options.get("organisation", ""), "datum": options.get("datum", ""),
        "division": civil if civil in known else options.get("division", ""), "group": _group(item, nodes),
    }  # fmt: skip
    return [found.get(key, "") for key in _HEADER]


def _group(item: CatalogItem, nodes: Mapping[str, tuple[str, str]]) -> str:
    """The names above it, outermost first. ParentID may be `parent/virtual organisation`; circles end."""
    names: list[str] = []
    parent = item.get("ParentID", "CivilCode").rpartition("/")[2]
    seen: set[str] = set()
    while parent in nodes and parent not in seen and len(names) < 8:
        seen.add(parent)
        name, parent = nodes[parent]
        names.append(name.replace("/", " "))
        parent = parent.rpartition("/")[2]
    return "/".join(reversed([name for name in names if name]))[:255]


def _zero(text: str) -> bool:
    try:
        return not text or float(text) == 0
    except ValueError:
        return False
