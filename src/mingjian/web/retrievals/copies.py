"""Player copies of a sealed package: one film for each recipient and clip, with his name over it and his mark in it.

The worker makes them after the packages. Rows stay for ever, since a leaked copy is traced to one; files go when the retrieval is over. What leaves
is an access in the ledger each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.evidence import CopyWish, PackageWatch
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.policy import Refused
from mingjian.web.http.problem import conflict, not_found
from mingjian.web.ledger.actions import append_leaf
from mingjian.web.retrievals import names
from mingjian.web.retrievals.desk import at_the_desk
from mingjian.web.retrievals.jobs import Job, pieces, strip_title
from mingjian.web.retrievals.models import Redaction, Retrieval, RetrievalCopy, RetrievalPackage
from mingjian.web.retrievals.package_order import granted, leaves_of_taking, opening_of
from mingjian.web.retrievals.packaging import PACKAGES, permitted
from mingjian.web.retrievals.policies import HAND_OVER, READ_OWN
from mingjian.web.retrievals.requests import retrieval_by_id

_LIVING = ("executed", "sealed")


def order_copies(actor: Actor, retrieval_id: str, package_id: str) -> list[RetrievalCopy]:
    """A copy of every clip for each who executes and has none yet; the custodian's business. The new ones.

    Raises Refused, RuledOut with the clause, MingjianError not_found, conflict when there is nothing more to make.
    """
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, retrieval_by_id(actor, retrieval_id).version)
        package = _ready(row, package_id)
        said = permitted(actor, row, names.COPIES_ORDERED)
        there = set(
            package.copies.exclude(state__in=("failed", "cancelled")).values_list("executor_id", "camera_id", "from_ns")
        )
        now_ns = wiring.clock().now_ns()
        made = [
            RetrievalCopy.objects.create(
                id=new_id(now_ns), package=package, executor=who, camera_id=clip.camera_id, from_ns=clip.from_ns,
                to_ns=clip.to_ns, recipient_name=who.name, recipient_unit=who.organisation.name[:128],
                wanted_by_name=actor.name[:64], wanted_ns=now_ns,
            )
            for who in row.executors.select_related("organisation").order_by("pk")
            for clip in granted(row)
            if (who.pk, clip.camera_id, clip.from_ns) not in there
        ]  # fmt: skip
        if not made:
            raise conflict("每位调取人员的播放副本都已安排", "everybody's player copies are made or being made")
        record(
            actor, names.COPIES_ORDERED, kind="retrieval", object_id=row.id, name=row.case,
            after={"package": package.id, "copies": [one.id for one in made]}, policy=HAND_OVER, judgements=said,
        )  # fmt: skip
    return made


def cancel_copy(actor: Actor, retrieval_id: str, copy_id: str) -> RetrievalCopy:
    """Call one off that is not made yet. Raises Refused, MingjianError not_found, conflict."""
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, retrieval_by_id(actor, retrieval_id).version)
        found = _copy(row, copy_id, lock=True)
        if found.state not in ("wanted", "making"):
            raise conflict("播放副本已制成，或者已结束", "it is ready, or over")
        found.cancel = True
        found.state = "cancelled" if found.state == "wanted" else found.state
        found.save()
        record(
            actor, names.COPY_CANCELLED, kind="retrieval", object_id=row.id, name=row.case, after={"copy": found.id},
            policy=HAND_OVER,
        )  # fmt: skip
    return found


def copies_of(row: Retrieval) -> list[RetrievalCopy]:
    """Newest first, by recipient and camera."""
    rows = RetrievalCopy.objects.filter(package__retrieval=row).select_related("camera")
    return list(rows.order_by("-wanted_ns", "executor_id", "camera_id", "from_ns", "pk"))


def download_copy(actor: Actor, retrieval_id: str, copy_id: str) -> tuple[RetrievalCopy, Iterator[bytes]]:
    """The film, for its recipient alone; where he has no account, for the custodian at the counter. A leaf goes before.

    Raises Refused, RuledOut once it is over, MingjianError not_found, conflict, `file_missing`.
    """
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        found = _copy(row, copy_id)
        if found.state != "ready" or row.state not in _LIVING:
            raise conflict("播放副本尚未制成，或者资料已归还、销毁", "it is not ready, or was given back or destroyed")
        _require_his(actor, row, found)
        said = permitted(actor, row, names.COPY_TAKEN)
        path = PLAYER_COPIES.file_of(found)
        access = new_id(wiring.clock().now_ns())
        opening = opening_of(actor, row, access, found.camera_id, found.from_ns, found.to_ns)
        append_leaf(opening)
        record(
            actor, names.COPY_TAKEN, kind="retrieval", object_id=row.id, name=row.case,
            after={"copy": found.id, "recipient": found.recipient_name, "sha256": found.sha256}, policy=READ_OWN,
            judgements=said,
        )  # fmt: skip
    return found, pieces(path, partial(leaves_of_taking, opening))


class Copies(Job[RetrievalCopy]):
    """Player copies, made from their package."""

    name = Text("播放副本", "the player copy")
    place, ending = "copies", ".mp4"
    progress = ("done_ms", "total_ms")
    living = frozenset(_LIVING)

    @property
    def rows(self) -> QuerySet[RetrievalCopy]:
        """All copies."""
        return RetrievalCopy.objects.all()

    def retrieval_id(self, row: RetrievalCopy) -> str:
        """Its package's."""
        return row.package.retrieval_id

    def build(self, row: RetrievalCopy, output: Path, watch: PackageWatch) -> dict[str, Any]:
        """His name over it, his mark in it."""
        wish = CopyWish(
            PACKAGES.path_of(row.package), row.camera_id, row.from_ns, row.to_ns, row.pk, row.recipient_name,
            row.recipient_unit, strip_title(row.package.retrieval, "副本"),
        )  # fmt: skip
        wiring.packages().copy(wish, output, watch)
        return {}

    def settled(self, row: RetrievalCopy, retrieval: Retrieval) -> None:
        """The record names whose it is."""
        record(
            local_person("worker"), names.COPY_MADE, kind="retrieval", object_id=retrieval.id, name=retrieval.case,
            after={"copy": row.id, "recipient": row.recipient_name, "sha256": row.sha256},
        )  # fmt: skip

    def kept(self) -> QuerySet[RetrievalCopy]:
        """Ready ones of a retrieval that is still in hand."""
        return super().kept().filter(package__retrieval__state__in=_LIVING)


PLAYER_COPIES = Copies()


@dataclass(frozen=True, slots=True)
class MadeCopy:
    """Whose a copy is, for who traces it."""

    copy: str
    retrieval: str
    case: str
    recipient: str
    unit: str
    camera: str
    made_ns: int


def copies_made() -> list[MadeCopy]:
    """Every copy that was ever ready and all films to draw regions on: marks of all of them may turn up."""
    rows = RetrievalCopy.objects.filter(state="ready").select_related("package__retrieval", "camera").order_by("pk")
    found = [
        MadeCopy(
            one.pk, one.package.retrieval_id, one.package.retrieval.case, one.recipient_name, one.recipient_unit,
            one.camera.name, one.ready_ns or 0,
        )
        for one in rows
    ]  # fmt: skip
    drawn = Redaction.objects.exclude(work_films=[]).select_related("package__retrieval").order_by("pk")
    return found + [
        MadeCopy(
            one.pk, one.package.retrieval_id, one.package.retrieval.case, one.redacted_name, one.redacted_unit,
            "、".join(dict.fromkeys(film["camera_name"] for film in one.work_films)), one.begun_ns,
        )
        for one in drawn
    ]  # fmt: skip


def record_trace(actor: Actor, file_sha256: str, found: list[MadeCopy]) -> None:
    """That somebody had a leaked file traced, and whom it was laid to: nobody is one line, each copy found one."""
    laid_to: list[MadeCopy | None] = [*found] or [None]
    for one in laid_to:
        record(
            actor, names.TRACED, kind="retrieval", object_id="" if one is None else one.retrieval,
            name="" if one is None else one.case,
            after={"file_sha256": file_sha256, "copy": "" if one is None else one.copy,
                   "recipient": "" if one is None else one.recipient},
        )  # fmt: skip


def _require_his(actor: Actor, row: Retrieval, found: RetrievalCopy) -> None:
    his = found.executor.user_id
    if his == actor.user or (his is None and HAND_OVER.allows(actor, row.holder)):
        return
    raise Refused(
        "forbidden", Text("播放副本只交付给本人", "a player copy is handed to its recipient only"), policy=READ_OWN.name,
        actor=actor,
    )  # fmt: skip


def _ready(row: Retrieval, package_id: str) -> RetrievalPackage:
    found = row.packages.filter(pk=package_id).first()
    if found is None:
        raise not_found("没有这个证据包", "there is no such package")
    if found.state != "ready" or row.state not in _LIVING:
        raise conflict("证据包尚未制成，或者已归还、销毁", "the package is not ready, or was given back or destroyed")
    return found


def _copy(row: Retrieval, copy_id: str, *, lock: bool = False) -> RetrievalCopy:
    rows = RetrievalCopy.objects.filter(pk=copy_id, package__retrieval=row)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise not_found("没有这个播放副本", "there is no such player copy")
    return found
