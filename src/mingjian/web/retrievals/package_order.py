"""What a package is ordered with: clips, people, chain of custody, papers; and the leaves of the accesses it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mingjian.kernel.text import Text
from mingjian.ledger.leaf import AccessEnd, AccessOpening, Leaf
from mingjian.ports.evidence import Approval, Attachment, CustodyStep, PackageWish, Subject, WantedClip
from mingjian.web import wiring
from mingjian.web.audit.names import title_of
from mingjian.web.authority.actor import Actor
from mingjian.web.files import store
from mingjian.web.ledger.actions import person_of
from mingjian.web.masks.covering import REACH_NS, covers_of
from mingjian.web.retrievals.attachments import attachments
from mingjian.web.retrievals.documents import papers_of
from mingjian.web.retrievals.models import Retrieval, RetrievalExtent, RetrievalPackage
from mingjian.web.retrievals.names import OF_EVENT

STREAM = "main"
WHY_MASKED = "没有为本次调取批准解除隐私遮蔽 (no lift of the privacy masks was granted for this retrieval)"
_APPROVAL = "documents/approval.pdf"
_OWN_APPROVAL = "documents/own-approval.pdf"


def wish_of(row: RetrievalPackage) -> PackageWish:
    """The order, from the retrieval as it stands. Raises MingjianError `file_missing`, `masks_held`, and what rendering raises."""
    retrieval, now_ns = row.retrieval, wiring.clock().now_ns()
    papers = papers_of(retrieval)
    attachments = [
        Attachment(f"documents/{kind}.pdf", title, data) for kind, title, data in papers if kind != "receipt"
    ]
    attachments += _own_approval(retrieval)
    names = {one.name for one in attachments}
    return PackageWish(
        package=row.pk,
        created_ns=now_ns,
        subject=Subject(
            purpose=retrieval.purpose,
            holder="-" if retrieval.holder is None else retrieval.holder.name,
            retrieval=retrieval.id,
            basis=retrieval.legal_basis or None,
            requester=f"{retrieval.requester_name} {retrieval.organisation.name}",
            recipient="、".join(retrieval.executors.order_by("pk").values_list("name", flat=True)) or None,
        ),
        clips=tuple(clips_of(retrieval, now_ns)),
        custody=tuple(_custody(retrieval)),
        approvals=tuple(_approvals(retrieval, names)),
        attachments=tuple(attachments),
        receipt=next((data for kind, _, data in papers if kind == "receipt"), None),
    )


def opening_of(actor: Actor, row: Retrieval, access: str, camera_id: str, start_ns: int, end_ns: int) -> AccessOpening:
    """He is about to take this footage."""
    return AccessOpening(
        at_ns=wiring.clock().now_ns(), access=access, act="export", camera=camera_id, stream=STREAM,
        start_ns=start_ns, end_ns=end_ns, person=person_of(actor),
        unit=actor.unit[:256] or row.organisation.name[:256], purpose=row.purpose or "-", retrieval=row.id,
    )  # fmt: skip


def leaves_of_taking(opening: AccessOpening) -> Iterator[Leaf]:
    """What that opened was taken whole, just now."""
    now_ns = wiring.clock().now_ns()
    yield AccessEnd(
        at_ns=now_ns, access=opening.access, start_ns=opening.start_ns, end_ns=opening.end_ns,
        duration_ns=max(0, now_ns - opening.at_ns),
    )  # fmt: skip


def leaves_of_opening(row: Retrieval, access: str, actor: Actor) -> Iterator[Leaf]:
    """Somebody is about to take the footage: one leaf for each granted span."""
    now_ns = wiring.clock().now_ns()
    for number, one in enumerate(granted(row)):
        end_ns = min(one.to_ns, max(now_ns, one.from_ns))
        yield opening_of(actor, row, f"{access}/{number}", one.camera_id, one.from_ns, end_ns)


def leaves_of_end(row: Retrieval, package: RetrievalPackage | None, access: str = "") -> Iterator[Leaf]:
    """It was taken whole, or, of a package that came to nothing, not at all."""
    now_ns = wiring.clock().now_ns()
    whole = package is None or package.state == "ready"
    began_ns = now_ns if package is None else package.wanted_ns
    for number, one in enumerate(granted(row)):
        yield AccessEnd(
            at_ns=now_ns, access=f"{access or (package.pk if package else '')}/{number}",
            start_ns=one.from_ns if whole else None,
            end_ns=min(one.to_ns, max(now_ns, one.from_ns)) if whole else None,
            duration_ns=max(0, now_ns - began_ns),
        )  # fmt: skip


def granted(row: Retrieval) -> list[RetrievalExtent]:
    """What was granted, by camera and time."""
    rows = row.extents.filter(granted=True).select_related("camera")
    return list(rows.order_by("camera_id", "from_ns", "pk"))


def clips_of(row: Retrieval, until_ns: int) -> list[WantedClip]:
    """What was granted as far as it has been recorded at `until_ns`, with the masks that cover it. Raises MingjianError
    `masks_held`.

    Spans of a camera that lie so close that a group of pictures may belong to both are one clip where masks are: what one
    hides the other must not show.
    """
    spans: list[tuple[RetrievalExtent, int, int]] = []
    for one in granted(row):
        if one.from_ns >= until_ns:
            continue
        to_ns = min(one.to_ns, until_ns)
        if spans and spans[-1][0].camera_id == one.camera_id and one.from_ns <= spans[-1][2] + 2 * REACH_NS and (
            covers_of(one.camera_id, spans[-1][1], to_ns, "")
        ):  # fmt: skip
            first, from_ns, end_ns = spans.pop()
            spans.append((first, from_ns, max(end_ns, to_ns)))
        else:
            spans.append((one, one.from_ns, to_ns))
    return [
        WantedClip(
            one.camera_id, one.camera.name, STREAM, from_ns, to_ns,
            covers := covers_of(one.camera_id, from_ns, to_ns, row.id), WHY_MASKED if covers else "",
        )
        for one, from_ns, to_ns in spans
    ]  # fmt: skip


def masks_told(clips: Iterable[WantedClip], at_ns: int) -> dict[str, Any]:
    """The masks that clips are made under, as a row keeps them: two are alike when they ask for the same pictures."""
    return {
        "at_ns": at_ns,
        "clips": [
            {
                "camera": one.camera, "name": one.name, "from_ns": one.from_ns, "to_ns": one.to_ns,
                "masks": [
                    {"mask": cover.mask, "version": cover.version, "from_ns": cover.from_ns, "to_ns": cover.to_ns}
                    for cover in one.covers
                ],
            }
            for one in clips
            if one.covers
        ],
    }  # fmt: skip


def _custody(row: Retrieval) -> Iterator[CustodyStep]:
    """Every step so far. Their leaves stand in web's log, the package proves the engine's: the leaf is named in words."""
    for step in row.steps.order_by("number"):
        title: Text = title_of(OF_EVENT[step.event])
        detail = f"{title.zh}；账本记录 SHA-256 {step.leaf}" + (f"；{step.reason}" if step.reason else "")
        yield CustodyStep(step.at_ns, step.event, step.by_name or "-", step.by_unit or None, detail)


def _approvals(row: Retrieval, names: set[str]) -> Iterator[Approval]:
    step = row.steps.filter(event__in=("approve", "declare")).order_by("-number").first()
    member = next((one for one in (_OWN_APPROVAL, _APPROVAL, "documents/notice.pdf") if one in names), None)
    if step is not None and member is not None:
        post = "、".join(str(one[0]) for one in row.posts) or None
        yield Approval(title_of(OF_EVENT[step.event]).zh, step.by_name or "-", post, step.at_ns, member)


def _own_approval(row: Retrieval) -> list[Attachment]:
    """A department's or court's own paper, as it was handed in."""
    found = attachments(row).get("own_approval")
    if found is None or found.media_type != "application/pdf":
        return []
    return [Attachment(_OWN_APPROVAL, "本单位批准文件", b"".join(store.pieces(found.sha256, found.bytes)))]
