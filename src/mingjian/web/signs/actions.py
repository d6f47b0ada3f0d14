"""Registering, changing, seeing and taking down signs. What a record lacks is a finding, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.dates import check_date
from mingjian.web.files.models import StoredFile
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.models import Place
from mingjian.web.registry.places.queries import visible_place
from mingjian.web.registry.shared import clean, placed
from mingjian.web.signs.judging import judged
from mingjian.web.signs.models import Sign
from mingjian.web.signs.names import CHANGED, REGISTERED, REMOVED, SEEN
from mingjian.web.signs.policies import KEEP, READ, SEE

TEXTS = {"position": 255, "text": 500, "purpose": 255, "telephone": 32}
_STATE = (*TEXTS, "photo_file", "last_seen_date", "lon_e7", "lat_e7")


def register_sign(actor: Actor, place_id: str, values: Mapping[str, Any]) -> Sign:
    """Register a sign at a place of one's own organisations. `values`: TEXTS, photo, last_seen, point {datum, lon, lat}.

    Raises MingjianError not_found for a place out of reach, invalid naming the field at fault, and Refused.
    """
    KEEP.require(actor)
    place = visible_place(actor, place_id)
    if place.organisation_id is None:
        raise refused("place", "该场所尚未登记管理单位", "the place has no managing unit yet")
    KEEP.require(actor, place)
    now_ns = wiring.clock().now_ns()
    sign = Sign(
        id=new_id(now_ns),
        place=place,
        organisation_id=place.organisation_id,
        division_id=place.division_id,
        created_ns=now_ns,
    )
    _fill(sign, place, values)
    with transaction.atomic():
        sign.save(force_insert=True)
        _record(actor, REGISTERED, sign, KEEP, {}, _state(sign))
    return sign


def change_sign(actor: Actor, sign_id: str, values: Mapping[str, Any], expected: int | None) -> Sign:
    """Correct or complete the record. Raises MingjianError not_found, changed_meanwhile, invalid, and Refused."""
    with transaction.atomic():
        sign = _locked(actor, sign_id, expected)
        KEEP.require(actor, sign)
        before = _state(sign)
        _fill(sign, sign.place, values)
        old, new = changes(before, _state(sign))
        if new:
            _save(sign)
            _record(actor, CHANGED, sign, KEEP, old, new)
    return sign


def see_sign(actor: Actor, sign_id: str, photo: str, expected: int | None) -> Sign:
    """Somebody stands before it today; a new picture replaces the old one, whose file stays."""
    with transaction.atomic():
        sign = _locked(actor, sign_id, expected)
        SEE.require(actor, sign)
        before = _state(sign)
        if photo:
            sign.photo_file = _photo(sign, photo)
        sign.last_seen_date = shanghai_day(wiring.clock().now_ns()).isoformat()
        sign.last_seen_by = actor.name[:64]
        old, new = changes(before, _state(sign))
        _save(sign)
        _record(actor, SEEN, sign, SEE, old, new)
    return sign


def remove_sign(actor: Actor, sign_id: str, reason: str, expected: int | None) -> Sign:
    """It stands no longer. What the place then lacks is in the entry."""
    with transaction.atomic():
        sign = _locked(actor, sign_id, expected)
        KEEP.require(actor, sign)
        sign.removed_ns = wiring.clock().now_ns()
        _save(sign)
        _record(actor, REMOVED, sign, KEEP, {"removed": False}, {"removed": True}, reason)
    return sign


def sign_by_id(actor: Actor, sign_id: str, *, lock: bool = False) -> Sign:
    """The sign, if the actor may see it. Raises MingjianError not_found: whether there is one is not told either."""
    rows = Sign.objects.select_for_update(of=("self",)) if lock else Sign.objects.all()
    sign = READ.visible(actor, rows).select_related("place", "organisation").filter(pk=sign_id).first()
    if sign is None:
        raise not_found("没有这个提示标识", "there is no such sign")
    return sign


def _locked(actor: Actor, sign_id: str, expected: int | None) -> Sign:
    sign = sign_by_id(actor, sign_id, lock=True)
    require_version(sign.version, expected)
    if sign.removed_ns is not None:
        raise MingjianError("conflict", Text("该标识已撤销", "the sign is down"), fault=Fault.USER)
    return sign


def _fill(sign: Sign, place: Place, values: Mapping[str, Any]) -> None:
    for name, longest in TEXTS.items():
        if name in values:
            setattr(sign, name, clean(values[name], name, 0, longest))
    if values.get("photo"):
        sign.photo_file = _photo(sign, values["photo"])
    if values.get("last_seen"):
        seen = check_date(values["last_seen"], "last_seen", exact=True)
        if seen > shanghai_day(wiring.clock().now_ns()).isoformat():
            raise refused("last_seen", "查看日期不得晚于今日", "it cannot have been seen after today")
        sign.last_seen_date = seen
    if values.get("point") is not None:
        point = placed(values["point"], "point")
        sign.lon_e7, sign.lat_e7 = point["lon_e7"], point["lat_e7"]
    elif sign.lon_e7 is None:
        sign.lon_e7, sign.lat_e7 = place.lon_e7, place.lat_e7


def _photo(sign: Sign, file_id: str) -> str:
    """The file when it is a stored picture of this organisation. Raises MingjianError invalid."""
    rows = StoredFile.objects.filter(pk=file_id, removed_ns__isnull=True, media_type__startswith="image/")
    if not rows.filter(organisation_id__in=("", sign.organisation_id)).exists():
        raise refused("photo", "须先上传标识照片", "upload the sign's picture first")
    return file_id


def _save(sign: Sign) -> None:
    sign.version += 1
    sign.save()


def _state(sign: Sign) -> dict[str, Any]:
    return {name: getattr(sign, name) for name in _STATE}


def _record(
    actor: Actor, name: str, sign: Sign, policy: Policy, before: dict[str, Any], after: dict[str, Any], reason: str = ""
) -> None:
    on = shanghai_day(wiring.clock().now_ns())
    said = judged(current_law(), sign.place.public_place, None if sign.removed_ns else sign, on)
    record(
        actor, name, kind="sign", object_id=sign.id, name=sign.place.name, before=before, after=after,
        policy=policy, judgements=said, reason=reason,
    )  # fmt: skip
