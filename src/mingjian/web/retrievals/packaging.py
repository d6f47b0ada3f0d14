"""The sealed package of a retrieval: ordered when it is executed, made by the worker, handed to those who execute.

A row goes wanted, making, then ready, failed or cancelled. The worker makes one after the other in a thread of its own;
one that died left nothing but a row "making", which the next begins anew. A file counts only when its row is ready: what
else lies in the folder is swept. Each clip's access is a leaf before the first byte is written.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.evidence import Package, PackageMaker
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.library import current_law
from mingjian.rules.looking import Look
from mingjian.rules.state_table import LETS_THROUGH
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.authority.policy import Refused
from mingjian.web.http.problem import not_found
from mingjian.web.ledger.actions import append_leaf
from mingjian.web.retrievals import names
from mingjian.web.retrievals.desk import at_the_desk
from mingjian.web.retrievals.facts import request_of
from mingjian.web.retrievals.marking import HandedFile, marked
from mingjian.web.retrievals.models import Retrieval, RetrievalPackage
from mingjian.web.retrievals.package_order import leaves_of_end, leaves_of_opening, wish_of
from mingjian.web.retrievals.policies import HAND_OVER, READ_OWN
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.stepping import today

RETRY_NS = 15 * NS_PER_S
PATIENCE_NS = 15 * 60 * NS_PER_S
"""How long a package waits for the last segment to be sealed (about 5 minutes) and signed (at most one more)."""

_NOT_YET = frozenset({"segment_open", "leaf_missing", "not_signed_yet"})
_PIECE = 1 << 20
_TELL_EVERY = 16 << 20  # bytes between two looks at the row
COPIES = frozenset({"copy", "take"})


def order_package(actor: Actor, row: Retrieval) -> RetrievalPackage:
    """A package of everything granted, in the caller's transaction, the row locked. The worker makes it.

    Raises MingjianError conflict when one is there or being made, or nothing is to be copied; RuledOut with the clause.
    """
    if row.state != "executed" or row.form not in COPIES:
        raise _conflict("只有正在执行的复制或者提取才制作证据包", "a package is made while a copy is being executed")
    if row.packages.filter(state__in=("wanted", "making", "ready")).exists():
        raise _conflict("证据包已在制作或者已制成", "the package is being made, or is there")
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
            raise _conflict("证据包已制成，或者已结束", "it is ready, or over")
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
            raise _conflict("证据包尚未制成，或者已归还、销毁", "it is not ready, or was given back or destroyed")
        _require_recipient(actor, row)
        said = permitted(actor, row, names.PACKAGE_TAKEN)
        path = path_of(found)
        if not path.is_file() or path.stat().st_size != found.bytes:
            raise MingjianError(
                "file_missing",
                Text("证据包文件缺失或者已损坏", "the package's file is missing or damaged"),
                fault=Fault.ENVIRONMENT,
                detail=str(path),
            )
        access = new_id(wiring.clock().now_ns())
        for leaf in leaves_of_opening(row, access, actor):
            append_leaf(leaf)
        record(
            actor, names.PACKAGE_TAKEN, kind="retrieval", object_id=row.id, name=row.case,
            after={"package": found.id, "sha256": found.sha256}, policy=READ_OWN, judgements=said,
        )  # fmt: skip
    return found, _read(path, row, access)


def takings_of(row: Retrieval) -> dict[str, list[dict[str, Any]]]:
    """By package: who took it and when (whole seconds, UTC), in order; each taking is an entry of the record."""
    found: dict[str, list[dict[str, Any]]] = {}
    entries = AuditEntry.objects.filter(
        object_kind="retrieval", object_id=row.id, action=names.PACKAGE_TAKEN, outcome="done"
    ).order_by("at_ns", "id")
    for after, name, at_ns in entries.values_list("after", "actor_name", "at_ns"):
        found.setdefault((after or {}).get("package", ""), []).append({"by": name, "at_s": at_ns // NS_PER_S})
    return found


def adopt_packages() -> int:
    """When the worker starts: what another was making begins anew, files of no ready package go. How many rows."""
    begun = RetrievalPackage.objects.filter(state="making").update(state="wanted", done_bytes=0)
    RetrievalPackage.objects.filter(state="wanted", cancel=True).update(state="cancelled")
    ready = set(RetrievalPackage.objects.filter(state="ready").values_list("pk", flat=True))
    with contextlib.suppress(FileNotFoundError):
        for path in folder().iterdir():
            if path.stem not in ready:
                path.unlink(missing_ok=True)
    return begun


def make_next() -> bool:
    """Make the next package that is wanted, to its end; whether there was one. The worker's business, one at a time."""
    row = _claim()
    if row is None:
        return False
    output = path_of(row)
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        output.unlink(missing_ok=True)  # of a process that died between naming the file and saying so
        watch = _Watch(row)
        made = _maker().make(wish_of(row), output, watch)
        _settle(row, made, _digest(output, watch))
    except MingjianError as error:
        output.unlink(missing_ok=True)
        _give_up(row, error)
    except OSError as error:  # most likely a full disk
        output.unlink(missing_ok=True)
        _give_up(row, _unwritable(error))
    except BaseException:
        output.unlink(missing_ok=True)
        _give_up(row, _crashed())
        raise
    return True


def folder() -> Path:
    """Where packages lie. Raises MingjianError `no_data_folder`."""
    return configuration.current().folder / "evidence"


def path_of(row: RetrievalPackage) -> Path:
    """Where this one lies."""
    return folder() / f"{row.pk}.zip"


class _Watch:
    """Progress into the row, and from the row whether it was called off: at every 16 MiB."""

    def __init__(self, row: RetrievalPackage) -> None:
        self._id = row.pk
        self._told = -_TELL_EVERY
        self._cancelled = False

    def on_progress(self, done: int, total: int) -> None:
        """So many bytes of so many."""
        if done - self._told < _TELL_EVERY and done < total:
            return
        self._told = done
        rows = RetrievalPackage.objects.filter(pk=self._id)
        rows.update(done_bytes=done, total_bytes=total)
        self._cancelled = rows.values_list("cancel", flat=True).first() is not False

    def is_cancelled(self) -> bool:
        """Whether somebody called it off."""
        return self._cancelled


def _claim() -> RetrievalPackage | None:
    """The next one, with its accesses in the ledger: nothing is written before they are."""
    with transaction.atomic():
        waiting = RetrievalPackage.objects.select_for_update(of=("self",)).filter(
            state="wanted", retry_ns__lte=wiring.clock().now_ns()
        )
        row = waiting.order_by("retry_ns", "pk").first()
        if row is None:
            return None
        row.state, row.done_bytes, row.problem_code = "making", 0, ""
        row.attempts += 1
        row.save()
        if row.attempts == 1:
            for leaf in leaves_of_opening(row.retrieval, row.pk, _by(row)):
                append_leaf(leaf)
    return row


def _settle(row: RetrievalPackage, made: Package, sha256: str) -> None:
    """It is there: the row says so, and the retrieval's list has it; unless it was called off in the last moment."""
    with transaction.atomic():
        retrieval = Retrieval.objects.select_for_update(of=("self",)).get(pk=row.retrieval_id)
        fresh = RetrievalPackage.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.cancel or retrieval.state != "executed":
            raise _was_cancelled()
        now_ns = wiring.clock().now_ns()
        fresh.state, fresh.ready_ns, fresh.bytes, fresh.sha256 = "ready", now_ns, made.bytes, sha256
        fresh.done_bytes = fresh.total_bytes
        fresh.manifest_digest = made.manifest_digest
        fresh.save()
        worker = local_person("worker")
        retrieval.handed, said = marked(worker, retrieval, [handed_file(fresh)])
        retrieval.version += 1
        retrieval.save()
        for leaf in leaves_of_end(retrieval, fresh):
            append_leaf(leaf)
        record(
            worker, names.PACKAGE_SEALED, kind="retrieval", object_id=retrieval.id, name=retrieval.case,
            after={"package": fresh.id, "bytes": fresh.bytes, "sha256": sha256, "manifest": made.manifest_digest},
            judgements=[said] if said.clauses else [],
        )  # fmt: skip


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


def _give_up(row: RetrievalPackage, error: MingjianError) -> None:
    """Called off, not yet possible, or failed with its reason; nothing is left in the folder."""
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        fresh = RetrievalPackage.objects.select_for_update(of=("self",)).get(pk=row.pk)
        waits = error.code in _NOT_YET and now_ns - fresh.wanted_ns < PATIENCE_NS
        if fresh.cancel or error.code == "cancelled":
            fresh.state = "cancelled"
        elif waits:
            fresh.state, fresh.retry_ns = "wanted", now_ns + RETRY_NS
        else:
            fresh.state = "failed"
        fresh.problem_code, fresh.problem_zh, fresh.problem_en = error.code, error.message.zh, error.message.en
        fresh.save()
        if not waits:
            for leaf in leaves_of_end(fresh.retrieval, fresh):
                append_leaf(leaf)


def permitted(actor: Actor, row: Retrieval, action: str) -> list[Judgement]:
    """What the law says of taking a copy: in force, and none that is illegal. Raises RuledOut with the clause, conflict."""
    law, on, now_ns = current_law(), today(), wiring.clock().now_ns()
    said = [
        names.executable_copy(law, request_of(row), on, now_ns // NS_PER_S),
        names.judge_copy(law, Look(False, True, "retrieval", row.purpose), on),
    ]
    held = [one for one in said if one.verdict not in LETS_THROUGH]
    if not held and row.expires_ns is not None and now_ns >= row.expires_ns:
        raise _conflict("批准已过有效期", "the approval has expired")
    if held:
        raise RuledOut(
            "conflict", strictest(held), actor=actor, action=action, field="retrieval",
            subject=Subject("retrieval", row.id, row.case),
        )  # fmt: skip
    return said


def _require_recipient(actor: Actor, row: Retrieval) -> None:
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


def _package(row: Retrieval, package_id: str, *, lock: bool = False) -> RetrievalPackage:
    rows = row.packages.filter(pk=package_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise not_found("没有这个证据包", "there is no such package")
    return found


def _by(row: RetrievalPackage) -> Actor:
    return Actor(row.wanted_by_id, row.wanted_by_name, row.wanted_by_unit, "")


def _maker() -> PackageMaker:
    return wiring.packages()


def _digest(path: Path, watch: _Watch) -> str:
    """SHA-256 of the whole file: what lists and receipts name."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            state.update(piece)
            if watch.is_cancelled():
                raise _was_cancelled()
    return state.hexdigest()


def _read(path: Path, row: Retrieval, access: str) -> Iterator[bytes]:
    """The file, and at its last byte the end of the access; broken off, the access stays without end."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    for leaf in leaves_of_end(row, None, access):
        append_leaf(leaf)


def unfinished() -> bool:
    """Whether anything waits to be made now."""
    now_ns = wiring.clock().now_ns()
    return RetrievalPackage.objects.filter(Q(state="wanted", retry_ns__lte=now_ns)).exists()


def _was_cancelled() -> MingjianError:
    return MingjianError(
        "cancelled",
        Text("证据包制作已取消，没有留下文件", "the package was called off; no file was left"),
        fault=Fault.USER,
    )


def _unwritable(error: OSError) -> MingjianError:
    return MingjianError(
        "output_unwritable",
        Text(f"无法写入证据包：{error.strerror}", f"the package cannot be written: {error.strerror}"),
        fault=Fault.ENVIRONMENT,
    )


def _crashed() -> MingjianError:
    return MingjianError("internal", Text("程序内部错误", "an internal error"), fault=Fault.OURS)


def _conflict(zh: str, en: str) -> MingjianError:
    return MingjianError("conflict", Text(zh, en), fault=Fault.USER)
