"""Export of the register in the forms it is imported from: own reach only, a chunk in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.batches import KINDS
from mingjian.web.exchange.books import CSV_TYPE, XLSX_TYPE, csv_pieces, xlsx_pieces
from mingjian.web.exchange.catalogue import item_of
from mingjian.web.exchange.kinds import Kind
from mingjian.web.exchange.names import EXPORTED
from mingjian.web.http.problem import refused
from mingjian.web.registry.models import Camera, CameraArchive
from mingjian.web.registry.rights import EXPORT
from mingjian.wire.manscdp import write_catalog

FORMS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE, "gb28181": "application/xml"}
_CHUNK = 1000


def export(actor: Actor, kind: str, form: str, wanted: Mapping[str, str]) -> tuple[Iterator[bytes], str]:
    """The register's objects of a kind as pieces of a file, with its media type. `wanted`: organisation, division.

    Raises Refused, and MingjianError invalid for a kind or form there is not.
    """
    EXPORT.require(actor)
    if kind not in KINDS or form not in FORMS or (form == "gb28181" and kind != "cameras"):
        raise refused("form", "没有这种导出格式", "there is no export of this form")
    of_kind = KINDS[kind]
    rows = of_kind.rows(actor)
    if wanted.get("organisation"):
        rows = rows.filter(**{of_kind.organisation_path: wanted["organisation"]})
    if wanted.get("division"):
        reached = f"{of_kind.division_path.removesuffix('_id')}__reached_from__ancestor_id"
        rows = rows.filter(**{reached: wanted["division"]})
    if form == "gb28181":
        rows = rows.exclude(code="")
    number = rows.count()
    after = {"kind": kind, "form": form, "rows": number, **{key: one for key, one in wanted.items() if one}}
    record(actor, EXPORTED, kind="register", name=of_kind.title.zh, after=after, policy=EXPORT)
    if form == "gb28181":
        return _catalogue(rows, number), FORMS[form]
    cells = _cells(of_kind, rows)
    if form == "csv":
        return csv_pieces(of_kind.columns, cells), FORMS[form]
    return xlsx_pieces(of_kind.columns, of_kind.title, cells), FORMS[form]


def _cells(kind: Kind, rows: Any) -> Iterator[dict[str, str]]:
    for some in _chunks(rows):
        yield from kind.exported(some)


def _chunks(rows: Any) -> Iterator[list[Any]]:
    """By their ids, so that nothing is held open while the reader is slow; which they are is asked once.

    "The next thousand behind this id" would be: a database may walk all of the joined tables for each thousand.
    """
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), _CHUNK):
        yield list(rows.filter(pk__in=ids[start : start + _CHUNK]))


def _catalogue(rows: Any, number: int) -> Iterator[bytes]:
    """As one Response. Its DeviceID stands for this platform in the division of the first camera."""
    first = rows.first()
    code = "" if first is None else f"{first.code[:8]}002000000001"
    return write_catalog(code, _catalogue_items(rows, code), number)


def _catalogue_items(rows: Any, parent: str) -> Iterator[dict[str, Any]]:
    for some in _chunks(rows.select_related("division")):
        archives = _archives(some)
        for camera in some:
            values = {**archives.get(camera.id, {}), **_own(camera)}
            division = "" if camera.division is None else camera.division.code[:6]
            yield item_of({"division": division}, values, parent)


def _archives(some: list[Camera]) -> dict[str, dict[str, Any]]:
    return {one.camera_id: vars(one) for one in CameraArchive.objects.filter(camera_id__in=[row.id for row in some])}


def _own(camera: Camera) -> dict[str, Any]:
    names = ("code", "name", "lon_e7", "lat_e7", "view_angle_deg", "view_distance_m", "enabled")
    return {name: getattr(camera, name) for name in names}
