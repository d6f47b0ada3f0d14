"""Jobs of the worker that end in one file of the data folder: taken in turn, made, settled or given up, handed out.

A row goes wanted, making, then ready, failed or cancelled. The worker makes one after the other in a thread of its own;
one that died left nothing but a row "making", which the next begins anew. A file counts only when its row is ready: what
else lies in the folder is swept. The kinds are `packaging.Packages` and `copies.Copies`.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.leaf import Leaf
from mingjian.ports.evidence import PackageWatch
from mingjian.web import configuration, wiring
from mingjian.web.ledger.actions import append_leaf
from mingjian.web.retrievals.models import FileJob, Retrieval

LOOK_EVERY_S = 0.25
_PIECE = 1 << 20
RowT = TypeVar("RowT", bound=FileJob)


def said(error: MingjianError) -> tuple[str, str, str]:
    """Of what went wrong: its code, and what the row says of it in Chinese and in English, with what to do about it."""
    return error.code, error.say("zh")[:500], error.say("en")[:500]


def strip_title(retrieval: Retrieval, what: str) -> str:
    """What the strip over pictures of a retrieval says of it: the case as people name it; its own number where there is none."""
    return f"调取 {retrieval.case or retrieval.id} {what}"


class Job(ABC, Generic[RowT]):
    """One kind of job: what it makes, and what it does of its own at each turn of a row."""

    name: ClassVar[Text]
    """As sentences need it: 证据包, the package."""
    place: ClassVar[str]
    """The folder within the data folder."""
    ending: ClassVar[str]
    progress: ClassVar[tuple[str, str]]
    """The fields of so much done and of how much."""
    living: ClassVar[frozenset[str]]
    """The states of a retrieval in which a file may still become ready."""

    @property
    @abstractmethod
    def rows(self) -> QuerySet[RowT]:
        """All rows of this kind."""

    @abstractmethod
    def retrieval_id(self, row: RowT) -> str:
        """Whose it is: this row is locked before the job's own, as at the desk."""

    @abstractmethod
    def build(self, row: RowT, output: Path, watch: PackageWatch) -> dict[str, Any]:
        """Write the file, which must not exist; further fields of the row that are known now. Raises MingjianError, OSError."""

    @abstractmethod
    def settled(self, row: RowT, retrieval: Retrieval) -> None:
        """The row says that the file is there, in this transaction: leaves, lists, the audit record."""

    def waiting(self) -> QuerySet[RowT]:
        """What may be made now, the next first."""
        return self.rows.filter(state="wanted").order_by("pk")

    def claimed(self, row: RowT) -> None:
        """It was taken up, in this transaction, which ends before the first byte is written. The row is saved after."""

    def put_off(self, row: RowT, error: MingjianError) -> bool:
        """Whether it is tried again in a while, instead of having failed; the row is saved after."""
        return False

    def given_up(self, row: RowT) -> None:
        """It failed or was called off, in this transaction."""

    def kept(self) -> QuerySet[RowT]:
        """Whose files are kept, beside what is being made."""
        return self.rows.filter(state="ready")

    # Files

    def folder(self) -> Path:
        """Where the files lie. Raises MingjianError `no_data_folder`."""
        return configuration.current().folder / self.place

    def path_of(self, row: RowT) -> Path:
        """Where this one lies."""
        return self.folder() / f"{row.pk}{self.ending}"

    def file_of(self, row: RowT) -> Path:
        """A ready row's file, which is there and whole in length. Raises MingjianError `file_missing`."""
        return whole(self.path_of(row), row.bytes, self.name)

    def sweep(self) -> int:
        """Files without a row that keeps them go; how many. What is being made meanwhile stays."""
        paths: list[Path] = []
        with contextlib.suppress(FileNotFoundError):
            paths = list(self.folder().iterdir())  # before the rows are read: what is listed has its row by then
        kept = set(self.kept().values_list("pk", flat=True)) | set(
            self.rows.filter(state="making").values_list("pk", flat=True)
        )
        gone = [path for path in paths if path.stem not in kept]
        for path in gone:
            if path.is_dir():  # films of a package whose maker died
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(gone)

    # The worker's business

    def adopt(self) -> int:
        """When the worker starts: what another was making begins anew, files that nobody keeps go. How many rows."""
        begun = self.rows.filter(state="making").update(state="wanted", **{self.progress[0]: 0})
        self.rows.filter(state="wanted", cancel=True).update(state="cancelled")
        self.sweep()
        return begun

    def is_wanted(self) -> bool:
        """Whether anything may be made now."""
        return self.waiting().exists()

    def make_next(self) -> bool:
        """Make the next to its end; whether there was one. Raises what is nobody's fault but ours, the row says so then."""
        row = self._claim()
        if row is None:
            return False
        output = self.path_of(row)
        try:
            output.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            output.unlink(missing_ok=True)  # of a process that died between naming the file and saying so
            watch = Watch(self.rows.filter(pk=row.pk), self.progress)
            told = self.build(row, output, watch)
            self._settle(row, output.stat().st_size, self._digest(output, watch), told)
        except MingjianError as error:
            self._give_up(row, output, error)
        except OSError as error:  # most likely a full disk
            self._give_up(row, output, unwritable(self.name, error))
        except BaseException:
            self._give_up(row, output, crashed())
            raise
        return True

    def _claim(self) -> RowT | None:
        with transaction.atomic():
            row = self.waiting().select_for_update(of=("self",)).first()
            if row is None:
                return None
            row.state, row.problem_code = "making", ""
            setattr(row, self.progress[0], 0)
            self.claimed(row)
            row.save()
        return row

    def _settle(self, row: RowT, size: int, sha256: str, told: dict[str, Any]) -> None:
        """It is there and the row says so, unless it was called off in the last moment."""
        with transaction.atomic():
            retrieval = Retrieval.objects.select_for_update(of=("self",)).get(pk=self.retrieval_id(row))
            fresh = self.rows.select_for_update(of=("self",)).get(pk=row.pk)
            if fresh.cancel or retrieval.state not in self.living:
                raise self._called_off()
            fresh.state, fresh.ready_ns, fresh.bytes, fresh.sha256 = "ready", wiring.clock().now_ns(), size, sha256
            done, total = self.progress
            for field, value in {**told, done: getattr(fresh, total)}.items():
                setattr(fresh, field, value)
            fresh.save()
            self.settled(fresh, retrieval)

    def _give_up(self, row: RowT, output: Path, error: MingjianError) -> None:
        """Called off, not yet possible, or failed with its reason; no file is left."""
        with contextlib.suppress(OSError):  # where the folder itself is broken nothing was written
            output.unlink(missing_ok=True)
        with transaction.atomic():
            fresh = self.rows.select_for_update(of=("self",)).get(pk=row.pk)
            if fresh.cancel or error.code == "cancelled":
                fresh.state = "cancelled"
            else:
                fresh.state = "wanted" if self.put_off(fresh, error) else "failed"
            fresh.problem_code, fresh.problem_zh, fresh.problem_en = said(error)
            fresh.save()
            if fresh.state != "wanted":
                self.given_up(fresh)

    def _digest(self, path: Path, watch: PackageWatch) -> str:
        """SHA-256 of the whole file: what lists and receipts name."""
        state = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                state.update(piece)
                if watch.is_cancelled():
                    raise self._called_off()
        return state.hexdigest()

    def _called_off(self) -> MingjianError:
        return MingjianError(
            "cancelled",
            Text(f"{self.name.zh}制作已取消，没有留下文件", f"{self.name.en} was called off; no file was left"),
            fault=Fault.USER,
        )


def whole(path: Path, size: int | None, name: Text) -> Path:
    """The path, when a file of this size is there. Raises MingjianError `file_missing`, told of the kind `name`."""
    if not path.is_file() or path.stat().st_size != size:
        raise MingjianError(
            "file_missing",
            Text(f"{name.zh}文件缺失或者已损坏", f"the file of {name.en} is missing or damaged"),
            fault=Fault.ENVIRONMENT,
            detail=str(path),
        )
    return path


def pieces(path: Path, ends: Callable[[], Iterable[Leaf]]) -> Iterator[bytes]:
    """The file, and at its last byte the end of the access; broken off, the access stays without end."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    for leaf in ends():
        append_leaf(leaf)


class Watch:
    """Progress into the row, and from the row whether it was called off (`cancel`): each at most once in LOOK_EVERY_S.

    `rows` is the one row, `fields` are those of so much done and of how much.
    """

    def __init__(self, rows: QuerySet[Any], fields: tuple[str, str]) -> None:
        self._rows = rows
        self._fields = fields
        self._told_s = self._looked_s = -math.inf
        self._cancelled = False

    def on_progress(self, done: int, total: int) -> None:
        """So much of so much."""
        now_s = time.monotonic()
        if now_s - self._told_s >= LOOK_EVERY_S or done >= total:
            self._told_s = now_s
            self._rows.update(**dict(zip(self._fields, (done, total), strict=True)))

    def is_cancelled(self) -> bool:
        """Whether somebody called it off."""
        now_s = time.monotonic()
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            self._cancelled = self._rows.values_list("cancel", flat=True).first() is not False
        return self._cancelled


def unwritable(name: Text, error: OSError) -> MingjianError:
    """Most likely a full disk."""
    return MingjianError(
        "output_unwritable",
        Text(f"无法写入{name.zh}：{error.strerror}", f"{name.en} cannot be written: {error.strerror}"),
        fault=Fault.ENVIRONMENT,
    )


def crashed() -> MingjianError:
    """Ours, and logged by whoever catches what it came of."""
    return MingjianError("internal", Text("程序内部错误", "an internal error"), fault=Fault.OURS)
