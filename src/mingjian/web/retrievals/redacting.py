"""Regions drawn over the footage of a package by one person, for a derived package that another has checked.

Who executes the retrieval and may ask for a public release draws, on films of the package that bear his name and mark; the
worker makes those, then films with the regions filled, and, once a release of exactly these films was permitted by another
who has watched each of them, the derived package (redaction_work). Each film that leaves is an access in the ledger first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ledger.leaf import AccessOpening
from mingjian.ports.masks import checked_polygon
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Refused
from mingjian.web.http.problem import conflict, not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import append_leaf
from mingjian.web.retrievals import names, packaging
from mingjian.web.retrievals.jobs import pieces, whole
from mingjian.web.retrievals.models import PublicRelease, Redaction, Retrieval
from mingjian.web.retrievals.package_order import leaves_of_taking, opening_of
from mingjian.web.retrievals.policies import RELEASE
from mingjian.web.retrievals.requests import retrieval_by_id

LIVING = ("executed", "sealed")
MOST_REGIONS = 500
RUNNING = ("opening", "ordered", "sealing")
NAME = Text("遮蔽处理", "the redaction")


@dataclass(frozen=True, slots=True)
class DrawnRegion:
    """A polygon over a camera's pictures in [from_ms, to_ms) of UTC; corners in ten-thousandths of width and height."""

    camera: str
    from_ms: int
    to_ms: int
    points: tuple[tuple[int, int], ...]


def begin_redaction(actor: Actor, retrieval_id: str, package_id: str) -> Redaction:
    """Have films made to draw on. Raises Refused, MingjianError not_found, conflict while one of his is in work."""
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        _require_drawing(actor, row)
        package = row.packages.filter(pk=package_id).first()
        if package is None:
            raise not_found("没有这个证据包", "there is no such package")
        if package.state != "ready" or row.state not in LIVING:
            raise conflict(
                "证据包尚未制成，或者已归还、销毁", "the package is not ready, or was given back or destroyed"
            )
        open_states = ("opening", "drawing", "ordered")
        if package.redactions.filter(redacted_by_id=actor.user, state__in=open_states).exists():
            raise conflict("您已有一份遮蔽处理尚未完成", "one of your redactions is still in work")
        now_ns = wiring.clock().now_ns()
        made = Redaction.objects.create(
            id=new_id(now_ns), package=package, redacted_by_id=actor.user, redacted_name=actor.name[:64],
            redacted_unit=actor.unit[:128], begun_ns=now_ns,
        )  # fmt: skip
        _record(actor, names.REDACTION_BEGUN, made)
    return made


def draw_regions(
    actor: Actor, retrieval_id: str, redaction_id: str, regions: Sequence[DrawnRegion], expected: int | None
) -> Redaction:
    """Keep these regions instead of those before. Raises Refused, MingjianError not_found, conflict, invalid."""
    with transaction.atomic():
        found = _his(actor, retrieval_id, redaction_id, "drawing")
        require_version(found.version, expected)
        found.regions = [_kept(found, number, one) for number, one in enumerate(regions)]
        found.version += 1
        found.save()
        _record(actor, names.REGIONS_DRAWN, found)
    return found


def order_films(actor: Actor, retrieval_id: str, redaction_id: str, expected: int | None) -> Redaction:
    """Have the regions filled. Raises as `draw_regions`, and invalid without any region."""
    with transaction.atomic():
        found = _his(actor, retrieval_id, redaction_id, "drawing")
        require_version(found.version, expected)
        if not found.regions:
            raise refused("regions", "请先在画面上画出遮蔽区域", "draw a region first")
        found.state, found.ordered_ns, found.done_ms = "ordered", wiring.clock().now_ns(), 0
        found.version += 1
        found.save()
        _record(actor, names.REDACTION_ORDERED, found)
    return found


def cancel_redaction(actor: Actor, retrieval_id: str, redaction_id: str) -> Redaction:
    """Give it up; its files go. What is ordered goes back to drawing. Raises conflict once it is to be sealed."""
    with transaction.atomic():
        found = _his(actor, retrieval_id, redaction_id, "opening", "drawing", "ordered", "filled", "failed")
        if found.making:
            found.cancel = True  # who makes it looks now and then
        else:
            found.state = "drawing" if found.state == "ordered" else "cancelled"
        found.version += 1
        found.save()
        _record(actor, names.REDACTION_CANCELLED, found)
    return found


def redactions_of(row: Retrieval) -> list[Redaction]:
    """Newest first."""
    return list(Redaction.objects.filter(package__retrieval=row).order_by("-begun_ns", "-id"))


def redaction_by_id(row: Retrieval, redaction_id: str, *, lock: bool = False) -> Redaction:
    """One of this retrieval. Raises MingjianError not_found."""
    rows = Redaction.objects.filter(pk=redaction_id, package__retrieval=row)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise not_found("没有这份遮蔽处理", "there is no such redaction")
    return found


def take_work_film(
    actor: Actor, retrieval_id: str, redaction_id: str, name: str
) -> tuple[dict[str, Any], Iterator[bytes]]:
    """A film to draw on, for who draws, while the approval is in force.

    Raises Refused, RuledOut with the clause, MingjianError not_found, conflict, `file_missing`.
    """
    with transaction.atomic():
        found = _his(actor, retrieval_id, redaction_id, "drawing", "ordered", "filled")
        row = found.package.retrieval
        said = packaging.permitted(actor, row, names.COPY_TAKEN)
        film = _film(found.work_films, name)
        path = whole(work_folder(found) / name, film["bytes"], NAME)
        opening = _open(actor, row, film)
        record(
            actor, names.COPY_TAKEN, kind="retrieval", object_id=row.id, name=row.case,
            after={"redaction": found.id, "film": name}, policy=RELEASE, judgements=said,
        )  # fmt: skip
    return film, pieces(path, partial(leaves_of_taking, opening))


def watch_filled_film(
    actor: Actor, retrieval_id: str, redaction_id: str, name: str
) -> tuple[dict[str, Any], Iterator[bytes]]:
    """A film with its regions filled, for who may check a release. Raises as `take_work_film`."""
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id)
        _require_release(actor, row)
        found = redaction_by_id(row, redaction_id)
        if found.state not in ("filled", "sealing", "sealed") or row.state not in LIVING:
            raise conflict("遮蔽结果尚未制成，或者资料已归还、销毁", "it is not made, or was given back or destroyed")
        film = _film(found.filled_films, name)
        path = whole(filled_folder(found) / name, film["bytes"], NAME)
        opening = _open(actor, row, film)
        record(
            actor, names.REDACTION_WATCHED, kind="retrieval", object_id=row.id, name=row.case,
            after={"redaction": found.id, "film": name, "sha256": film["sha256"]}, policy=RELEASE,
        )  # fmt: skip
    return film, pieces(path, partial(leaves_of_taking, opening))


def take_derived(actor: Actor, retrieval_id: str, redaction_id: str) -> tuple[Redaction, Iterator[bytes]]:
    """The derived package, for those who may ask for or check its release. Raises Refused, not_found, conflict."""
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id)
        _require_release(actor, row)
        found = redaction_by_id(row, redaction_id)
        if found.state != "sealed":
            raise conflict("派生证据包尚未封装", "the derived package is not sealed yet")
        path = whole(derived_path(found), found.bytes, NAME)
        record(
            actor, names.DERIVED_TAKEN, kind="retrieval", object_id=row.id, name=row.case,
            after={"redaction": found.id, "sha256": found.sha256}, policy=RELEASE,
        )  # fmt: skip
    return found, pieces(path, lambda: ())


def checked_redaction(actor: Actor, release: PublicRelease) -> Redaction | None:
    """The redaction that a release is of, locked, when it was drawn here; None for films that were made elsewhere.

    Raises MingjianError conflict while the one who checks has not watched every film of it.
    """
    found = (
        Redaction.objects.select_for_update(of=("self",))
        .filter(digest=release.redacted_digest, package__retrieval_id=release.retrieval_id, state="filled")
        .first()
        if release.redacted_digest
        else None
    )
    if found is None or found.redacted_by_id == actor.user:
        return found
    watched = AuditEntry.objects.filter(
        actor_id=actor.user, action=names.REDACTION_WATCHED, object_id=release.retrieval_id, outcome="done"
    ).values_list("after", flat=True)
    seen = {one["film"] for one in watched if one and one.get("redaction") == found.id}
    if {one["name"] for one in found.filled_films} - seen:
        raise conflict("请先看完每一段遮蔽后的录像，再作核验结论", "watch every redacted film before you decide")
    return found


def seal_checked(found: Redaction, release: PublicRelease) -> None:
    """Its release was permitted: the worker seals the derived package. In the caller's transaction."""
    found.state, found.release, found.done_ms = "sealing", release, 0
    found.version += 1
    found.save()


def folder() -> Path:
    """Where redactions lie. Raises MingjianError `no_data_folder`."""
    return configuration.current().folder / "redactions"


def work_folder(row: Redaction) -> Path:
    """Its films to draw on."""
    return folder() / row.pk / "work"


def filled_folder(row: Redaction) -> Path:
    """Its films with the regions filled, and their list."""
    return folder() / row.pk / "filled"


def derived_path(row: Redaction) -> Path:
    """Its derived package."""
    return folder() / row.pk / "derived.zip"


def _kept(found: Redaction, number: int, one: DrawnRegion) -> dict[str, Any]:
    """As it is stored: outwards to whole milliseconds it is already. Raises MingjianError invalid."""
    here = f"/regions/{number}"
    films = [film for film in found.work_films if film["camera"] == one.camera]
    if not any(one.from_ms * NS_PER_MS < film["end_ns"] and one.to_ms * NS_PER_MS > film["start_ns"] for film in films):
        raise refused(here, "这台摄像机在这段时间没有录像", "that camera has no footage of this time")
    if one.from_ms >= one.to_ms:
        raise refused(f"{here}/to_ms", "结束须晚于开始", "it ends after it begins")
    try:
        points = checked_polygon(one.points)
    except ValueError:
        raise refused(
            f"{here}/points", "区域至少三个角，且在画面之内", "a region has three corners within the picture"
        ) from None
    return {"camera": one.camera, "from_ms": one.from_ms, "to_ms": one.to_ms, "points": [list(at) for at in points]}


def _his(actor: Actor, retrieval_id: str, redaction_id: str, *states: str) -> Redaction:
    row = retrieval_by_id(actor, retrieval_id, lock=True)
    _require_drawing(actor, row)
    found = redaction_by_id(row, redaction_id, lock=True)
    if found.redacted_by_id != actor.user:
        raise Refused(
            "forbidden", Text("这份遮蔽处理由他人负责", "this redaction is another person's"), policy=RELEASE.name,
            actor=actor,
        )  # fmt: skip
    if found.state not in states or row.state not in LIVING:
        raise conflict(
            "遮蔽处理不在此状态，或者资料已归还、销毁", "it is in another state, or was given back or destroyed"
        )
    return found


def _require_drawing(actor: Actor, row: Retrieval) -> None:
    """He may ask for its release, and the footage was handed to him."""
    _require_release(actor, row)
    packaging.require_recipient(actor, row)


def _require_release(actor: Actor, row: Retrieval) -> None:
    if not (RELEASE.allows(actor, row.holder) or RELEASE.allows(actor, row.organisation)):
        raise Refused(
            "forbidden",
            Text("您没有申请、核验公开传播的权限", "you do not have the right to ask for or check a public release"),
            policy=RELEASE.name,
            actor=actor,
        )


def _film(films: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    found = next((one for one in films if one["name"] == name), None)
    if found is None:
        raise not_found("没有这段录像", "there is no such film")
    return found


def _open(actor: Actor, row: Retrieval, film: dict[str, Any]) -> AccessOpening:
    access = new_id(wiring.clock().now_ns())
    opening = opening_of(actor, row, access, film["camera"], film["start_ns"], film["end_ns"])
    append_leaf(opening)
    return opening


def _record(actor: Actor, action: str, row: Redaction) -> None:
    retrieval = row.package.retrieval
    record(
        actor, action, kind="retrieval", object_id=retrieval.id, name=retrieval.case, policy=RELEASE,
        after={"redaction": row.id, "package": row.package_id, "state": row.state, "regions": row.regions},
    )  # fmt: skip
