"""Setting masks, confirming them after a move, and taking them off: setting protects and one may do it, taking off shows
what was hidden and takes two."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from shapely import Polygon as Outline

from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.masks import SCALE
from mingjian.rules import privacy
from mingjian.rules.judgement import Judgement
from mingjian.rules.library import current_law
from mingjian.rules.privacy import PrivacyAssessment
from mingjian.web import wiring
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.http.problem import conflict, not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import configuration_changed
from mingjian.web.masks.models import Mask
from mingjian.web.masks.names import (
    CONFIRMED,
    DRAWN,
    POSITION_CONFIRMED,
    WITHDRAWAL_ASKED,
    WITHDRAWAL_DROPPED,
    WITHDRAWN,
)
from mingjian.web.masks.policies import DRAW
from mingjian.web.masks.publishing import write_file
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera, CameraArchive
from mingjian.web.registry.queries import visible_camera
from mingjian.web.registry.shared import clean

MOST_MASKS = 16
MOST_CORNERS = 32
LEAST_AREA = 1e-5  # of the picture

judge_privacy = applying(privacy.judge_privacy, by=[DRAWN, CONFIRMED, POSITION_CONFIRMED])


def draw_mask(actor: Actor, camera_id: str, points: Sequence[tuple[float, float]], preset: str, reason: str) -> Mask:
    """Cover a polygon from now on; corners are fractions 0..1 of the picture. Raises not_found, invalid, Refused, conflict."""
    camera = camera_to_mask(actor, camera_id)
    outline = _outline(points)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        Camera.objects.select_for_update().get(pk=camera.pk)
        if camera.masks.filter(withdrawn_ns=None).count() >= MOST_MASKS:
            raise conflict(f"一台摄像机最多 {MOST_MASKS} 处遮蔽", f"a camera has at most {MOST_MASKS} masks")
        mask = Mask.objects.create(
            id=new_id(now_ns), camera=camera, preset=clean(preset, "preset", 0, 32), points=outline,
            reason=clean(reason, "reason", 2, 200), drawn_by_id=actor.user, drawn_name=actor.name[:64], from_ns=now_ns,
            confirmed_ns=now_ns, confirmed_name=actor.name[:64],
        )  # fmt: skip
        _record(actor, DRAWN, mask, [settled(camera)])
        configuration_changed(actor, camera.id, "mask", None, _told(mask))
        transaction.on_commit(write_file)
    return mask


def confirm_mask(actor: Actor, mask_id: str, expected: int | None) -> Mask:
    """Somebody held the mask against the present picture: it covers what it is for (qd204 9.2, after every move)."""
    with transaction.atomic():
        mask = _locked(actor, mask_id, expected)
        mask.confirmed_ns, mask.confirmed_name = wiring.clock().now_ns(), actor.name[:64]
        _keep(mask)
        _record(actor, CONFIRMED, mask, [settled(mask.camera)])
        configuration_changed(actor, mask.camera_id, "mask_confirmed", None, mask.id)
    return mask


def ask_withdrawal(actor: Actor, mask_id: str, reason: str, expected: int | None) -> Mask:
    """Ask that a mask be taken off. It stays until another person does it."""
    with transaction.atomic():
        mask = _locked(actor, mask_id, expected)
        if mask.withdrawal_ns is not None:
            raise conflict("已经有人申请撤除", "that it be taken off is asked already")
        mask.withdrawal_by_id, mask.withdrawal_name = actor.user, actor.name[:64]
        mask.withdrawal_reason, mask.withdrawal_ns = reason, wiring.clock().now_ns()
        _keep(mask)
        _record(actor, WITHDRAWAL_ASKED, mask, [], reason)
    return mask


def withdraw_mask(actor: Actor, mask_id: str, proof: str, expected: int | None) -> Mask:
    """The second person takes it off, with his second factor. What was recorded under it stays covered.

    Raises as `_locked`, conflict when nobody asked or the same person did, and as confirm_second_factor.
    """
    seen = _seen(actor, mask_id)
    if seen.withdrawal_ns is None:
        raise conflict("须先由一人申请撤除", "somebody has to ask for it first")
    if seen.withdrawal_by_id == actor.user:
        raise conflict(
            "申请撤除的人不能自己确认", "who asks that a mask be taken off does not do it himself",
            Text("请由另一名有权设置遮蔽的人员确认", "have another person who may set masks do it"),
        )  # fmt: skip
    confirm_second_factor(actor, proof)
    with transaction.atomic():
        mask = _locked(actor, mask_id, expected)
        if mask.withdrawal_ns is None or mask.withdrawal_by_id == actor.user:
            raise conflict("申请已经变动", "the request has changed")
        mask.withdrawn_ns, mask.withdrawn_name = wiring.clock().now_ns(), actor.name[:64]
        _keep(mask)
        _record(actor, WITHDRAWN, mask, [settled(mask.camera)], mask.withdrawal_reason)
        configuration_changed(actor, mask.camera_id, "mask", _told(mask), None)
    return mask


def drop_withdrawal(actor: Actor, mask_id: str, reason: str, expected: int | None) -> Mask:
    """It stays after all: by who asked, or by another who may set masks."""
    with transaction.atomic():
        mask = _locked(actor, mask_id, expected)
        if mask.withdrawal_ns is None:
            raise conflict("没有人申请撤除", "nobody asks that it be taken off")
        mask.withdrawal_by, mask.withdrawal_name, mask.withdrawal_reason, mask.withdrawal_ns = None, "", "", None
        _keep(mask)
        _record(actor, WITHDRAWAL_DROPPED, mask, [], reason)
    return mask


def camera_to_mask(actor: Actor, camera_id: str) -> Camera:
    """A camera whose masks the actor may set. Raises Refused, not_found."""
    DRAW.require(actor)
    camera = visible_camera(actor, camera_id)
    DRAW.require(actor, camera)
    return camera


def _seen(actor: Actor, mask_id: str) -> Mask:
    DRAW.require(actor)
    mask = Mask.objects.select_related("camera").filter(pk=mask_id, withdrawn_ns=None).first()
    if mask is None or not DRAW.allows(actor, mask.camera):
        raise not_found("没有这处遮蔽", "there is no such mask")
    return mask


def _locked(actor: Actor, mask_id: str, expected: int | None) -> Mask:
    _seen(actor, mask_id)
    mask = Mask.objects.select_for_update(of=("self",)).select_related("camera").get(pk=mask_id)
    require_version(mask.version, expected)
    if mask.withdrawn_ns is not None:
        raise conflict("这处遮蔽已经撤除", "the mask was taken off")
    return mask


def _keep(mask: Mask) -> None:
    mask.version += 1
    mask.save()
    transaction.on_commit(write_file)


def _outline(points: Sequence[tuple[float, float]]) -> list[list[int]]:
    corners = [[round(x * SCALE), round(y * SCALE)] for x, y in points]
    if not 3 <= len(corners) <= MOST_CORNERS or any(not 0 <= one <= SCALE for corner in corners for one in corner):
        raise refused(
            "points", f"须为画面之内的 3 到 {MOST_CORNERS} 个顶点", f"3 to {MOST_CORNERS} corners inside the picture"
        )
    outline = Outline(corners)
    if not outline.is_valid or outline.area < LEAST_AREA * SCALE * SCALE:
        raise refused("points", "遮蔽区域自相交或者没有面积", "the outline crosses itself, or has no area")
    return corners


def settled(camera: Camera) -> Judgement:
    """The file of the camera as its masks now are, and what qd204 9.2 says of it."""
    masks = list(camera.masks.filter(withdrawn_ns=None))
    archive = CameraArchive.objects.select_for_update().filter(camera=camera).first()
    confirmed_ns = min((one.confirmed_ns for one in masks), default=None)
    moved_ns = None
    if archive is not None:
        archive.masked, archive.mask_confirmed_ns, moved_ns = bool(masks), confirmed_ns, archive.moved_ns
        archive.save(update_fields=["masked", "mask_confirmed_ns"])
    infringes = True if masks else (None if archive is None else archive.may_infringe_privacy)
    measures = frozenset({"mask"}) if masks else frozenset()
    return judge_privacy(current_law(), PrivacyAssessment(infringes, measures, confirmed_ns, moved_ns), today())


def _told(mask: Mask) -> str:
    corners = " ".join(f"{x},{y}" for x, y in mask.points)
    return f"{mask.id} {corners}"


def _record(actor: Actor, name: str, mask: Mask, judgements: Sequence[Judgement], reason: str = "") -> None:
    after = {
        "mask": mask.id, "points": mask.points, "preset": mask.preset, "why": mask.reason,
        "withdrawal": mask.withdrawal_name, "withdrawn": mask.withdrawn_ns is not None,
    }  # fmt: skip
    record(
        actor, name, kind="camera", object_id=mask.camera_id, name=mask.camera.name, after=after, policy=DRAW,
        judgements=judgements, reason=reason,
    )  # fmt: skip
