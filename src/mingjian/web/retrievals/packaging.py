"""The sealed package of a retrieval: ordered when it is executed, made by the worker, handed to those who execute.

Each clip's access is a leaf before the first byte is written; what is not sealed or signed yet is waited for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.evidence import PackageWatch
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.library import current_law
from mingjian.rules.looking import Look
from mingjian.rules.state_table import LETS_THROUGH
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.authority.policy import Refused
from mingjian.web.http.problem import conflict, not_found
from mingjian.web.ledger.actions import append_leaf
from mingjian.web.registry.models import Camera
from mingjian.web.retrievals import names
from mingjian.web.retrievals.desk import at_the_desk
from mingjian.web.retrievals.facts import request_of
from mingjian.web.retrievals.jobs import Job, pieces
from mingjian.web.retrievals.marking import HandedFile, marked
from mingjian.web.retrievals.models import Retrieval, RetrievalPackage
from mingjian.web.retrievals.package_order import clips_of, leaves_of_end, leaves_of_opening, masks_told, wish_of
from mingjian.web.retrievals.policies import HAND_OVER, READ_OWN
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.stepping import today

RETRY_NS = 15 * NS_PER_S
PATIENCE_NS = 15 * 60 * NS_PER_S
"""How long a package waits for the last segment to be sealed (about 5 minutes) and signed (at most one more)."""

_NOT_YET = frozenset({"segment_open", "leaf_missing", "not_signed_yet", "masks_changed"})
_STILL_MASKED = (
    "证据包已制成；没有为本次调取批准解除遮蔽，重新制作仍会遮蔽",
    "the package is there; no lift of masks was granted for this retrieval since, so another would be masked as well",
)
COPIES = frozenset({"copy", "take"})


def order_package(actor: Actor, row: Retrieval) -> RetrievalPackage:
    """A package of everything granted, in the caller's transaction, the row locked. The worker makes it.

    Raises MingjianError conflict when one is there or being made, or nothing is to be copied; RuledOut with the clause.
    """
    if row.state != "executed" or row.form not in COPIES:
        raise conflict("只有正在执行的复制或者提取才制作证据包", "a package is made while a copy is being executed")
    if row.packages.filter(state__in=("wanted", "making")).exists():
        raise conflict("证据包已在制作", "the package is being made")
    ready = row.packages.filter(state="ready").order_by("-ready_ns", "-id").first()
    if ready is not None and not _unmasked_since(row, ready):
        raise conflict(*(_STILL_MASKED if ready.masks.get("clips") else ("证据包已制成", "the package is there")))
    said = permitted(actor, row, names.PACKAGED)
    now_ns = wiring.clock().now_ns()
    made = RetrievalPackage.objects.create(
        id=new_id(now_ns), retrieval=row, wanted_by_id=actor.user, wanted_by_name=actor.name[:64],
        wanted_by_unit=actor.unit[:128], wanted_ns=now_ns, retry_ns=now_ns,
    )  # fmt: skip
    record(
        actor, names.PACKAGED, kind="retrieval", object_id=row.id, name=row.case, after={"package": made.id},
        policy=HAND_OVER, judgements=said,
    )  # fmt: skip
    return made


def _unmasked_since(row: Retrieval, ready: RetrievalPackage) -> bool:
    """Whether a lift was granted for what this package shows under masks. Raises MingjianError `masks_held`."""
    if not ready.masks.get("clips"):
        return False
    before = {(one["camera"], one["from_ns"]): _covered_ns(one) for one in ready.masks["clips"]}
    now = masks_told(clips_of(row, ready.masks["at_ns"]), 0)["clips"]
    return sum(before.values()) > sum(_covered_ns(one) for one in now)


def _covered_ns(clip: dict[str, Any]) -> int:
    return sum(int(one["to_ns"]) - int(one["from_ns"]) for one in clip["masks"])


def order_again(actor: Actor, retrieval_id: str, expected: int | None) -> RetrievalPackage:
    """After one that failed or was called off. Raises as `order_package`."""
    with transaction.atomic():
        return order_package(actor, at_the_desk(actor, retrieval_id, expected))


def cancel_package(actor: Actor, retrieval_id: str, package_id: str) -> RetrievalPackage:
    """Call it off; what was written goes. Raises MingjianError conflict when it is ready: then it is evidence."""
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, retrieval_by_id(actor, retrieval_id).version)
        found = _package(row, package_id, lock=True)
        if found.state not in ("wanted", "making"):
            raise conflict("证据包已制成，或者已结束", "it is ready, or over")
        found.cancel = True
        found.state = "cancelled" if found.state == "wanted" else found.state
        found.save()
        record(
            actor, names.PACKAGE_CANCELLED, kind="retrieval", object_id=row.id, name=row.case,
            after={"package": found.id}, policy=HAND_OVER,
        )  # fmt: skip
    return found


def packages_of(row: Retrieval) -> list[RetrievalPackage]:
    """Newest first."""
    return list(row.packages.order_by("-wanted_ns", "-id"))


def download_package(actor: Actor, retrieval_id: str, package_id: str) -> tuple[RetrievalPackage, Iterator[bytes]]:
    """The bytes, for those who execute it, while it is in force. Each taking is a leaf before its first byte.

    Where somebody who executes has no account, the holder's custodian takes it for him at the counter. Raises Refused,
    RuledOut once it is over, MingjianError not_found and `file_missing`.
    """
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        found = _package(row, package_id)
        if found.state != "ready" or row.state not in ("executed", "sealed"):
            raise conflict("证据包尚未制成，或者已归还、销毁", "it is not ready, or was given back or destroyed")
        require_recipient(actor, row)
        said = permitted(actor, row, names.PACKAGE_TAKEN)
        path = PACKAGES.file_of(found)
        access = new_id(wiring.clock().now_ns())
        for leaf in leaves_of_opening(row, access, actor):
            append_leaf(leaf)
        record(
            actor, names.PACKAGE_TAKEN, kind="retrieval", object_id=row.id, name=row.case,
            after={"package": found.id, "sha256": found.sha256}, policy=READ_OWN, judgements=said,
        )  # fmt: skip
    return found, pieces(path, partial(leaves_of_end, row, None, access))


def takings_of(row: Retrieval) -> dict[str, list[dict[str, Any]]]:
    """By package: who took it and when (whole seconds, UTC), in order; each taking is an entry of the record."""
    found: dict[str, list[dict[str, Any]]] = {}
    entries = AuditEntry.objects.filter(
        object_kind="retrieval", object_id=row.id, action=names.PACKAGE_TAKEN, outcome="done"
    ).order_by("at_ns", "id")
    for after, name, at_ns in entries.values_list("after", "actor_name", "at_ns"):
        found.setdefault((after or {}).get("package", ""), []).append({"by": name, "at_s": at_ns // NS_PER_S})
    return found


class Packages(Job[RetrievalPackage]):
    """Packages, each made as soon as its footage is sealed and signed."""

    name = Text("证据包", "the package")
    place, ending = "evidence", ".zip"
    progress = ("done_bytes", "total_bytes")
    living = frozenset({"executed"})

    @property
    def rows(self) -> QuerySet[RetrievalPackage]:
        """All packages."""
        return RetrievalPackage.objects.all()

    def waiting(self) -> QuerySet[RetrievalPackage]:
        """Those whose next try has come."""
        return self.rows.filter(state="wanted", retry_ns__lte=wiring.clock().now_ns()).order_by("retry_ns", "pk")

    def retrieval_id(self, row: RetrievalPackage) -> str:
        """The one it was ordered for."""
        return row.retrieval_id

    def claimed(self, row: RetrievalPackage) -> None:
        """Its accesses are in the ledger, at the first try."""
        row.attempts += 1
        if row.attempts == 1:
            for leaf in leaves_of_opening(row.retrieval, row.pk, _by(row)):
                append_leaf(leaf)
        now_ns = wiring.clock().now_ns()
        with contextlib.suppress(MingjianError):  # building says why it cannot be known
            row.masks = masks_told(clips_of(row.retrieval, now_ns), now_ns)

    def build(self, row: RetrievalPackage, output: Path, watch: PackageWatch) -> dict[str, Any]:
        """Footage, papers and proofs, sealed; under the masks that nobody lifted."""
        wish = wish_of(row)
        made = wiring.packages().make(wish, output, watch)
        return {"manifest_digest": made.manifest_digest, "masks": masks_told(wish.clips, wish.created_ns)}

    def settled(self, row: RetrievalPackage, retrieval: Retrieval) -> None:
        """The retrieval's list of what is handed over has it. Raises MingjianError `masks_changed`, `masks_held`."""
        _require_unchanged(row, retrieval)
        worker = local_person("worker")
        ready = self.rows.filter(retrieval=retrieval, state="ready").order_by("ready_ns", "id")
        retrieval.handed, said = marked(worker, retrieval, [handed_file(one) for one in ready])
        retrieval.version += 1
        retrieval.save()
        for leaf in leaves_of_end(retrieval, row):
            append_leaf(leaf)
        record(
            worker, names.PACKAGE_SEALED, kind="retrieval", object_id=retrieval.id, name=retrieval.case,
            after={
                "package": row.id, "bytes": row.bytes, "sha256": row.sha256, "manifest": row.manifest_digest,
                "masked": sorted({one["camera"] for one in row.masks["clips"]}),
            },
            judgements=[said] if said.clauses else [],
        )  # fmt: skip

    def put_off(self, row: RetrievalPackage, error: MingjianError) -> bool:
        """Footage that is not sealed or signed yet, and masks that were changed meanwhile."""
        now_ns = wiring.clock().now_ns()
        if error.code not in _NOT_YET or now_ns - row.wanted_ns >= PATIENCE_NS:
            return False
        row.retry_ns = now_ns + RETRY_NS
        return True

    def given_up(self, row: RetrievalPackage) -> None:
        """Nothing was taken."""
        for leaf in leaves_of_end(row.retrieval, row):
            append_leaf(leaf)


PACKAGES = Packages()


def handed_file(row: RetrievalPackage) -> HandedFile:
    """The package as lists and papers name it."""
    return HandedFile(f"{row.pk}.zip", row.bytes or 0, "sha256", row.sha256)


def with_package(row: Retrieval, given: Sequence[HandedFile]) -> list[HandedFile]:
    """The files that are sealed: the package that is there and what else is named; in the caller's transaction."""
    if given:
        row.packages.filter(state="wanted").update(state="cancelled", cancel=True)
        row.packages.filter(state="making").update(cancel=True)
    ready = [handed_file(one) for one in row.packages.filter(state="ready")]
    return [*ready, *(one for one in given if one.digest not in {made.digest for made in ready})]


def permitted(actor: Actor, row: Retrieval, action: str) -> list[Judgement]:
    """What the law says of taking a copy: in force, and none that is illegal. Raises RuledOut with the clause, conflict."""
    law, on, now_ns = current_law(), today(), wiring.clock().now_ns()
    said = [
        names.executable_copy(law, request_of(row), on, now_ns // NS_PER_S),
        names.judge_copy(law, Look(False, True, "retrieval", row.purpose), on),
    ]
    held = [one for one in said if one.verdict not in LETS_THROUGH]
    if not held and row.expires_ns is not None and now_ns >= row.expires_ns:
        raise conflict("批准已过有效期", "the approval has expired")
    if held:
        raise RuledOut(
            "conflict", strictest(held), actor=actor, action=action, field="retrieval",
            subject=Subject("retrieval", row.id, row.case),
        )  # fmt: skip
    return said


def require_recipient(actor: Actor, row: Retrieval) -> None:
    """He executes it, or hands over to somebody at the counter who has no account. Raises Refused."""
    people = list(row.executors.values_list("person", "user_id"))
    if any(user == actor.user for _, user in people if user is not None):
        return
    if any(user is None for _, user in people) and HAND_OVER.allows(actor, row.holder):
        return
    raise Refused(
        "forbidden",
        Text("证据包只交付给执行调取的人员", "the package is handed to those who execute the retrieval only"),
        policy=READ_OWN.name,
        actor=actor,
    )


def _require_unchanged(row: RetrievalPackage, retrieval: Retrieval) -> None:
    """The masks it was made under are those in force: none was set, confirmed or taken off since, no lift has ended.

    The cameras are locked, as who sets a mask locks them.
    """
    at_ns = row.masks["at_ns"]
    cameras = retrieval.extents.filter(granted=True).values("camera")
    list(Camera.objects.select_for_update(of=("self",)).filter(pk__in=cameras).order_by("pk").values_list("pk"))
    if masks_told(clips_of(retrieval, at_ns), at_ns) != row.masks:
        raise MingjianError(
            "masks_changed",
            Text(
                "制作期间隐私遮蔽或者其解除有变动，将重新制作",
                "the privacy masks or their lift changed meanwhile: it is made anew",
            ),
            fault=Fault.ENVIRONMENT,
        )


def _package(row: Retrieval, package_id: str, *, lock: bool = False) -> RetrievalPackage:
    rows = row.packages.filter(pk=package_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise not_found("没有这个证据包", "there is no such package")
    return found


def _by(row: RetrievalPackage) -> Actor:
    return Actor(row.wanted_by_id, row.wanted_by_name, row.wanted_by_unit, "")
