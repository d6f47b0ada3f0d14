"""What the worker does for redactions, one at a time after packages and copies: films to draw on, filled films, the seal.

A row that another was making begins anew; what did not end leaves nothing. Films go when the retrieval is over, the derived
package stays: it was made to be shown.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from django.db import transaction

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.evidence import Checked, DerivedWish, FilledRegion, WorkWish
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import local_person
from mingjian.web.retrievals import names
from mingjian.web.retrievals.jobs import Watch, crashed, said, strip_title, unwritable
from mingjian.web.retrievals.models import Redaction
from mingjian.web.retrievals.packaging import PACKAGES
from mingjian.web.retrievals.redacting import LIVING, NAME, RUNNING, derived_path, filled_folder, folder, work_folder
from mingjian.web.retrievals.releasing import record_derived


class Redactions:
    """To the worker the same as a `jobs.Job`: a redaction has three turns, and folders of films instead of a file."""

    def adopt(self) -> int:
        """When the worker starts: what another was making begins anew; files that nobody may see any more go."""
        begun = Redaction.objects.filter(making=True).update(making=False, done_ms=0)
        Redaction.objects.filter(cancel=True, state="opening").update(state="cancelled", cancel=False)
        Redaction.objects.filter(cancel=True, state="ordered").update(state="drawing", cancel=False)
        self.sweep()
        return begun

    def sweep(self) -> int:
        """Films of a redaction that was given up, or whose retrieval is over, go; how many folders."""
        if Redaction.objects.filter(making=True).exists():
            return 0
        living = set(
            Redaction.objects.filter(package__retrieval__state__in=LIVING)
            .exclude(state="cancelled")
            .values_list("pk", flat=True)
        )
        sealed = set(Redaction.objects.filter(state="sealed").values_list("pk", flat=True))
        gone = 0
        with contextlib.suppress(FileNotFoundError):
            for path in folder().iterdir():
                if path.name in living:
                    continue
                for part in ("work", "filled") if path.name in sealed else (".",):
                    if (path / part).exists():
                        shutil.rmtree(path / part, ignore_errors=True)
                        gone += 1
        return gone

    def is_wanted(self) -> bool:
        """Whether any waits for the worker."""
        return Redaction.objects.filter(state__in=RUNNING, making=False).exists()

    def make_next(self) -> bool:
        """Do the next thing that is wanted, to its end; whether there was one."""
        with transaction.atomic():
            rows = Redaction.objects.select_for_update(of=("self",)).filter(state__in=RUNNING, making=False)
            row = rows.order_by("pk").first()
            if row is None:
                return False
            row.making, row.done_ms, row.problem_code = True, 0, ""
            row.save()
        try:
            (folder() / row.pk).mkdir(mode=0o700, parents=True, exist_ok=True)
            _DO[row.state](row)
        except MingjianError as error:
            _give_up(row, error)
        except OSError as error:
            _give_up(row, unwritable(NAME, error))
        except BaseException:
            _give_up(row, crashed())
            raise
        return True


def _open_films(row: Redaction) -> None:
    shutil.rmtree(work_folder(row), ignore_errors=True)
    wish = WorkWish(
        PACKAGES.path_of(row.package), row.pk, row.redacted_name, row.redacted_unit,
        strip_title(row.package.retrieval, "遮蔽处理"),
    )  # fmt: skip
    films = wiring.packages().work_films(wish, work_folder(row), _watch(row))

    def settle(fresh: Redaction) -> None:
        fresh.state, fresh.work_films = "drawing", [asdict(one) for one in films]

    _settle(row, settle)


def _fill_films(row: Redaction) -> None:
    shutil.rmtree(filled_folder(row), ignore_errors=True)
    regions = [
        FilledRegion(
            one["camera"], one["from_ms"] * NS_PER_MS, one["to_ms"] * NS_PER_MS,
            tuple((x, y) for x, y in one["points"]),
        )
        for one in row.regions
    ]  # fmt: skip
    digest, films = wiring.packages().fill(PACKAGES.path_of(row.package), regions, filled_folder(row), _watch(row))

    def settle(fresh: Redaction) -> None:
        fresh.state, fresh.digest, fresh.filled_films = "filled", digest, [asdict(one) for one in films]
        retrieval = fresh.package.retrieval
        record(
            local_person("worker"), names.REDACTION_FILLED, kind="retrieval", object_id=retrieval.id,
            name=retrieval.case, after={"redaction": fresh.id, "redacted_digest": digest},
        )  # fmt: skip

    _settle(row, settle)


def _seal(row: Redaction) -> None:
    output, release = derived_path(row), row.release
    assert release is not None  # "sealing" says that one was permitted
    output.unlink(missing_ok=True)
    now_ns = wiring.clock().now_ns()
    checked = Checked(
        release.where, row.redacted_name, row.ordered_ns or row.begun_ns, release.checked_name, release.checked_ns or 0,
        row.redacted_by_id, release.checked_by_id or "",
    )  # fmt: skip
    wish = DerivedWish(PACKAGES.path_of(row.package), filled_folder(row), new_id(now_ns), now_ns, checked)
    made = wiring.packages().derive(wish, output)
    sha256 = _sha256(output)

    def settle(fresh: Redaction) -> None:
        fresh.state, fresh.bytes, fresh.sha256, fresh.manifest_digest = (
            "sealed",
            made.bytes,
            sha256,
            made.manifest_digest,
        )
        record_derived(local_person("worker"), release, made.manifest_digest)

    _settle(row, settle)


_DO: dict[str, Callable[[Redaction], None]] = {"opening": _open_films, "ordered": _fill_films, "sealing": _seal}


REDACTIONS = Redactions()


def _watch(row: Redaction) -> Watch:
    return Watch(Redaction.objects.filter(pk=row.pk), ("done_ms", "total_ms"))


def _settle(row: Redaction, settle: Callable[[Redaction], None]) -> None:
    with transaction.atomic():
        fresh = Redaction.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.cancel:
            raise MingjianError("cancelled", Text("遮蔽处理已取消", "the redaction was called off"), fault=Fault.USER)
        fresh.making = False
        fresh.done_ms = fresh.total_ms
        fresh.version += 1
        settle(fresh)
        fresh.save()


def _give_up(row: Redaction, error: MingjianError) -> None:
    """Called off, it is given up, or drawn on when its films are there; else it failed with its reason."""
    with transaction.atomic():
        fresh = Redaction.objects.select_for_update(of=("self",)).get(pk=row.pk)
        called_off = fresh.cancel or error.code == "cancelled"
        if called_off or fresh.state == "ordered":
            fresh.state = "drawing" if fresh.state == "ordered" else "cancelled"
        else:
            fresh.state = "failed"
        fresh.making = fresh.cancel = False
        fresh.version += 1
        fresh.problem_code, fresh.problem_zh, fresh.problem_en = said(error)
        fresh.save()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
