"""Where a PTZ camera stands: stated by one person, confirmed by another who sees it too, taken back by either alone.

A position takes the masks of other presets off, so that it holds from its confirmation on and never for the past, and ends
with the first sign that the camera may have turned: another statement, a move in the register, another device or address,
a re-aiming that was approved. Until the next one is confirmed the masks of all presets are burned in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ports.positions import preset_key
from mingjian.rules.judgement import Judgement
from mingjian.web import wiring
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import conflict, not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import configuration_changed
from mingjian.web.masks.actions import camera_to_mask, settled
from mingjian.web.masks.models import PositionStatement
from mingjian.web.masks.names import POSITION_CONFIRMED, POSITION_ENDED, POSITION_STATED
from mingjian.web.masks.policies import DRAW
from mingjian.web.masks.publishing import write_file
from mingjian.web.masks.standing import end_of
from mingjian.web.registry.archive.aiming import turning_awaited
from mingjian.web.registry.models import Camera, CameraArchive
from mingjian.web.registry.shared import clean

WAITS_NS = 3600 * NS_PER_S
"""What one person saw an hour ago says nothing of where the camera stands now."""


@dataclass(frozen=True, slots=True)
class PositionWish:
    """At which preset a camera stands. `bare`: he knows that no mask was drawn for it, and nothing there needs one."""

    camera: str
    preset: str
    bare: bool = False


def state_position(actor: Actor, wish: PositionWish) -> PositionStatement:
    """Say where it stands now. What was in force ends: whoever says it anew has seen it turn, or is no longer sure.

    Raises not_found, Refused, conflict while the masks of a moved camera are not confirmed or it is being turned, and
    `invalid` for a preset without masks unless the wish says so.
    """
    camera = camera_to_mask(actor, wish.camera)
    preset, now_ns = clean(wish.preset, "preset", 1, 32), wiring.clock().now_ns()
    with transaction.atomic():
        camera = Camera.objects.select_for_update().get(pk=camera.pk)
        _require_still(camera, now_ns)
        bare = not _has_masks(camera, preset)
        if bare and not wish.bare:
            raise refused(
                "preset", "没有为这个预置位设置遮蔽：确认名称无误、画面也无须遮蔽的，请勾选说明",
                "no mask was drawn for this preset: say so if the name is right and nothing there needs one",
            )  # fmt: skip
        end_open(actor, camera, "restated", now_ns)
        row = PositionStatement.objects.create(
            id=new_id(now_ns), camera=camera, preset=preset, bare=bare, stated_by_id=actor.user,
            stated_name=actor.name[:64], stated_ns=now_ns,
        )  # fmt: skip
        _record(actor, POSITION_STATED, row)
    return row


def confirm_position(actor: Actor, position_id: str, proof: str, expected: int | None) -> PositionStatement:
    """Another person sees it stand there, too: from now on only the masks of that preset are burned in, and those of none.

    Raises not_found, Refused, conflict for who stated it himself, for one that is over or was stated too long ago, and as
    `state_position` and confirm_second_factor.
    """
    seen = _seen(actor, position_id)
    _require_waiting(seen)
    if seen.stated_by_id == actor.user:
        raise conflict(
            "陈述位置的人不能自己确认", "who states a position does not confirm it himself",
            Text("请由另一名有权设置遮蔽的人员对照画面确认", "have another person who may set masks hold it against the picture"),
        )  # fmt: skip
    confirm_second_factor(actor, proof)
    with transaction.atomic():
        camera = Camera.objects.select_for_update().get(pk=seen.camera_id)
        row = _locked(position_id, expected)
        _require_waiting(row)
        if row.stated_by_id == actor.user:
            raise conflict("陈述已经变动", "the statement has changed")
        _require_still(camera, row.stated_ns)
        if not row.bare and not _has_masks(camera, row.preset):
            raise conflict(
                "这个预置位的遮蔽已经撤除，请重新陈述", "the masks of this preset were taken off: state it anew"
            )
        row.confirmed_by_id, row.confirmed_name = actor.user, actor.name[:64]
        row.from_ns = wiring.clock().now_ns()
        _keep(row)
        _record(actor, POSITION_CONFIRMED, row, [settled(camera)])
        configuration_changed(actor, camera.id, "mask_position", None, _told(row))
    return row


def withdraw_position(
    actor: Actor, position_id: str, word: str, since_ns: int | None, expected: int | None
) -> PositionStatement:
    """It is not certain any more, from now on or since an earlier instant: one person is enough, since it covers.

    One that has ended may be shortened. Raises not_found, Refused, conflict, `invalid` for an instant outside of it.
    """
    _seen(actor, position_id)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        row = _locked(position_id, expected)
        last_ns = now_ns if row.ended_ns is None else row.ended_ns
        end_ns = last_ns if since_ns is None else max(since_ns, row.from_ns or row.stated_ns)
        if row.ended_ns is not None and (row.from_ns is None or end_ns >= last_ns):
            raise conflict("这项陈述已经结束", "this statement has ended")
        if end_ns > now_ns:
            raise refused("since", "时间不能晚于现在", "it cannot begin in the future")
        _end(actor, row, "withdrawn", end_ns, word)
    return row


def end_open(actor: Actor, camera: Camera, why: str, at_ns: int) -> None:
    """Inside a transaction: whatever is said of where the camera stands says it no longer, as of `at_ns`."""
    rows = PositionStatement.objects.select_for_update(of=("self",)).select_related("camera__archive")
    for row in rows.filter(camera=camera, ended_ns=None):
        begin_ns = row.from_ns or row.stated_ns
        archive = getattr(row.camera, "archive", None)
        end_ns = end_of(begin_ns, max(at_ns, begin_ns), None if archive is None else archive.moved_ns)
        _end(actor, row, why, begin_ns if end_ns is None else end_ns)


def _end(actor: Actor, row: PositionStatement, why: str, at_ns: int, word: str = "") -> None:
    before = None if row.from_ns is None else _told(row)
    row.ended_ns, row.ended_name, row.ended_why, row.word = at_ns, actor.name[:64], why, word
    _keep(row, told=bool(actor.user))
    _record(actor, POSITION_ENDED, row, reason=word)
    if before is not None:
        configuration_changed(actor, row.camera_id, "mask_position", before, f"{row.id} {format_iso_ns(at_ns)}")


def is_waiting(row: PositionStatement, now_ns: int) -> bool:
    """Whether a second person may still confirm it."""
    return row.from_ns is None and row.ended_ns is None and now_ns < row.stated_ns + WAITS_NS


def _has_masks(camera: Camera, preset: str) -> bool:
    key = preset_key(preset)
    if not key:
        raise refused("preset", "须为可见的名称", "it has to be a name that can be seen")
    names = camera.masks.filter(withdrawn_ns=None).exclude(preset="").values_list("preset", flat=True)
    return any(preset_key(name) == key for name in names)


def _require_still(camera: Camera, since_ns: int) -> None:
    """Nothing says that it was turned since, or is being turned."""
    moved_ns = CameraArchive.objects.filter(camera=camera).values_list("moved_ns", flat=True).first()
    doubted = camera.masks.filter(withdrawn_ns=None, confirmed_ns__lte=moved_ns or 0)
    if moved_ns is not None and (moved_ns > since_ns or doubted.exists()):
        raise conflict(
            "摄像机移动或者转动后，隐私遮蔽尚未重新确认", "the camera was moved and its masks are not confirmed yet",
            Text("请先对照现有画面确认各处遮蔽", "confirm its masks against the present picture first"),
        )  # fmt: skip
    if turning_awaited(camera):
        raise conflict(
            "已批准调整朝向而尚未办理：摄像机随时可能转动", "a re-aiming was approved and not carried out yet: it may turn at any time",
            Text("请先在档案中登记调整后的朝向", "enter in its file where it looks first"),
        )  # fmt: skip


def _seen(actor: Actor, position_id: str) -> PositionStatement:
    DRAW.require(actor)
    row = PositionStatement.objects.select_related("camera").filter(pk=position_id).first()
    if row is None or not DRAW.allows(actor, row.camera):
        raise not_found("没有这项位置陈述", "there is no such statement")
    return row


def _locked(position_id: str, expected: int | None) -> PositionStatement:
    row = PositionStatement.objects.select_for_update(of=("self",)).select_related("camera").get(pk=position_id)
    require_version(row.version, expected)
    return row


def _require_waiting(row: PositionStatement) -> None:
    if not is_waiting(row, wiring.clock().now_ns()):
        raise conflict(
            "这项陈述已经确认、结束或者过期", "it was confirmed, has ended, or was stated too long ago",
            Text("请对照现有画面重新陈述", "hold the camera against its present picture and state it anew"),
        )  # fmt: skip


def _keep(row: PositionStatement, *, told: bool = True) -> None:
    """`told`: whoever does this hears when the edges could not be told. The worker tries again either way."""
    row.version += 1
    row.save()
    transaction.on_commit(write_file, robust=not told)


def _told(row: PositionStatement) -> str:
    end = "" if row.ended_ns is None else format_iso_ns(row.ended_ns)
    return f"{row.id} {row.preset} {format_iso_ns(row.from_ns or row.stated_ns)}/{end}"


def _record(
    actor: Actor, name: str, row: PositionStatement, judgements: Sequence[Judgement] = (), reason: str = ""
) -> None:
    after = {
        "position": row.id, "preset": row.preset, "without_masks": row.bare, "stated_by": row.stated_name,
        "from": None if row.from_ns is None else format_iso_ns(row.from_ns),
        "until": None if row.ended_ns is None else format_iso_ns(row.ended_ns), "why": row.ended_why,
    }  # fmt: skip
    record(
        actor, name, kind="camera", object_id=row.camera_id, name=row.camera.name, after=after, policy=DRAW,
        judgements=judgements, reason=reason,
    )  # fmt: skip
