"""Evidence packages as `app` makes them: footage and ledger of this data folder joined to what web orders. Blocking."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from mingjian.app.checking_page import verify_page
from mingjian.app.data_folder import DataFolder
from mingjian.app.evidence_keys import evidence_signer, trace_secret
from mingjian.app.ledger_keys import ledger_folder, load_signer
from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.consistency import stored_inclusion_proof
from mingjian.media.custody import book
from mingjian.media.custody.leaf_search import leaves_from, written_ns
from mingjian.media.custody.leaf_store import KeptRow
from mingjian.media.export.origin import Leaves
from mingjian.media.export.package import build_package
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.ports.evidence import (
    ClipOrder,
    ClockWord,
    CopyWish,
    DerivedWish,
    FilledRegion,
    LedgerWord,
    Package,
    PackageOrder,
    PackageWatch,
    PackageWish,
    ProvedLeaf,
    WantedClip,
    WorkFilm,
    WorkWish,
)

_ZONE = dt.timezone(dt.timedelta(hours=8), "CST")  # Beijing time, as written over pictures
_SLACK_NS = 3600 * NS_PER_S  # a leaf is written some minutes after what it speaks of; a clock may be set back a little


class EvidenceMaker:
    """`ports.evidence.PackageMaker` over a data folder. Each package opens the store anew, so threads need no order.

    `open_recordings` is for who keeps footage elsewhere (a bench).
    """

    def __init__(
        self,
        folder: DataFolder,
        suite: str,
        clock: Clock,
        open_recordings: Callable[[], AbstractContextManager[Recordings]] | None = None,
    ) -> None:
        self._folder = folder
        self._suite = suite
        self._open = open_recordings or (lambda: closing(StoreRecordings(folder.root, clock)))

    def make(self, wish: PackageWish, output: Path, watch: PackageWatch) -> Package:
        """Build and seal it; under masks, from films made beside `output`. Raises MingjianError as `build_package`,
        `media.export.masked.masked_clips`, and `not_signed_yet`."""
        films_in = output.with_suffix(".films")
        shutil.rmtree(films_in, ignore_errors=True)  # of a process that died
        try:
            with self._open() as recordings:
                word, found = self._ledger(recordings, wish.clips)
                clips, filmed = self._clips(recordings, wish, word, found, films_in, watch)
                order = PackageOrder(
                    wish.package, wish.created_ns, wish.subject, tuple(clips), word, wish.custody, wish.approvals,
                    wish.attachments, word_digest(word),
                )  # fmt: skip
                return build_package(
                    recordings, order, evidence_signer(self._folder, self._suite), output, page=_page(),
                    receipt=wish.receipt, cancelled=watch.is_cancelled,
                    progress=lambda done, total: watch.on_progress(filmed + done, filmed + total),
                )  # fmt: skip
        finally:
            shutil.rmtree(films_in, ignore_errors=True)

    def copy(self, wish: CopyWish, output: Path, watch: PackageWatch) -> int:
        """A player copy, made in a process of its own. Raises MingjianError as `media.export.player_copy.make_copy`."""
        from mingjian.media.export.player_copy import make_copy  # decoders, as below: who makes no films needs none

        return make_copy(wish, trace_secret(self._folder), _ZONE, output, watch)

    def work_films(self, wish: WorkWish, folder: Path, watch: PackageWatch) -> tuple[WorkFilm, ...]:
        """Films to draw regions on. Raises MingjianError as `media.export.work_films.make_work_films`."""
        from mingjian.media.export.work_films import make_work_films

        return make_work_films(wish, trace_secret(self._folder), _ZONE, folder, watch)

    def fill(
        self, package: Path, regions: Sequence[FilledRegion], folder: Path, watch: PackageWatch
    ) -> tuple[str, tuple[WorkFilm, ...]]:
        """Films with the regions filled. Raises MingjianError as `media.export.work_films.fill_regions`."""
        from mingjian.media.export.work_films import fill_regions

        return fill_regions(package, regions, folder, watch)

    def derive(self, wish: DerivedWish, output: Path) -> Package:
        """Seal them as a derived package. Raises MingjianError as `media.export.redact.seal_redacted`."""
        from mingjian.media.export.redact import seal_redacted

        return seal_redacted(
            wish.package, wish.films, wish.checked, wish.name, wish.created_ns,
            evidence_signer(self._folder, self._suite), output, _page(),
        )  # fmt: skip

    def _clips(
        self, recordings: Recordings, wish: PackageWish, word: LedgerWord, found: Sequence[dict[str, Any]],
        films_in: Path, watch: PackageWatch,
    ) -> tuple[list[ClipOrder], int]:  # fmt: skip
        """The clips as they go in, and the bytes of footage that went into films."""
        wanted = [(one, _clock_of(one, found)) for one in wish.clips]
        if not any(one.covers for one in wish.clips):
            return [
                ClipOrder(one.camera, one.name, one.stream, one.from_ns, one.to_ns, clock) for one, clock in wanted
            ], 0
        from mingjian.media.export.masked import masked_clips

        return masked_clips(recordings, wanted, Leaves(word.leaves), films_in, wish.created_ns, watch)

    def _ledger(self, recordings: Recordings, clips: Sequence[WantedClip]) -> tuple[LedgerWord, list[dict[str, Any]]]:
        """The last checkpoint with the leaves of these clips, and the leaves as values."""
        folder = ledger_folder(self._folder) / "engine"
        signed = _signed(folder)
        said = book.parse_signed(signed)
        wanted = {
            record.id
            for one in clips
            for record in recordings.segments(one.camera, one.stream, one.from_ns, one.to_ns)
            if record.sealed
        }
        leaves = _leaves_about(folder, clips, wanted, said.size)
        row = KeptRow(folder)
        try:
            proved = tuple(
                ProvedLeaf(index, data, tuple(stored_inclusion_proof(said.algorithm, row.node, index, said.size)))
                for index, data in leaves
            )
        finally:
            row.close()
        return LedgerWord(load_signer(self._folder).public.encode(), signed, proved), [
            json.loads(data) for _, data in leaves
        ]


def word_digest(word: LedgerWord) -> str:
    """Manifest and attachments are hashed as the ledger is: one algorithm to check."""
    return book.parse_signed(word.checkpoint).algorithm


def _signed(folder: Path) -> str:
    state = book.read_state(folder)
    signed = state.signed if state is not None and state.signed is not None else book.last_note(folder)
    if signed is None:
        raise MingjianError(
            "not_signed_yet",
            Text("账本尚未签署检查点", "the ledger has no signed checkpoint yet"),
            fault=Fault.ENVIRONMENT,
            remedy=Text("请在一分钟后重试", "try again in a minute"),
        )
    return signed


def _leaves_about(folder: Path, clips: Sequence[WantedClip], wanted: set[str], size: int) -> list[tuple[int, bytes]]:
    """Leaves of the wanted segments and of gaps that touch the clips; the whole log is read when one was not found."""
    from_ns, to_ns = min(one.from_ns for one in clips), max(one.to_ns for one in clips)
    found, missing = _read(folder, clips, wanted, size, max(0, from_ns - _SLACK_NS), to_ns + _SLACK_NS)
    if missing:
        found, _ = _read(folder, clips, wanted, size, 0, to_ns + _SLACK_NS)
    return found


def _read(
    folder: Path, clips: Sequence[WantedClip], wanted: set[str], size: int, since_ns: int, until_ns: int
) -> tuple[list[tuple[int, bytes]], set[str]]:
    marks = {f'"camera":"{one.camera}"'.encode() for one in clips}
    found: list[tuple[int, bytes]] = []
    missing = set(wanted)
    for index, data in leaves_from(folder, since_ns, size):
        if not missing and written_ns(data) > until_ns:
            break
        if not any(mark in data for mark in marks):
            continue
        leaf = json.loads(data)
        if leaf["kind"] == "segment" and leaf["segment"] in wanted:
            found.append((index, data))
            missing.discard(leaf["segment"])
        elif leaf["kind"] == "gap" and any(_touches(leaf, one) for one in clips):
            found.append((index, data))
    return found, missing


def _touches(gap: dict[str, Any], clip: WantedClip) -> bool:
    same = (gap["camera"], gap["stream"]) == (clip.camera, clip.stream)
    return same and int(gap["end_ns"]) > clip.from_ns and int(gap["start_ns"]) < clip.to_ns


def _clock_of(clip: WantedClip, leaves: Sequence[dict[str, Any]]) -> ClockWord:
    return _clock_word([one for one in leaves if one["kind"] == "segment" and one["camera"] == clip.camera])


def _clock_word(segments: Sequence[dict[str, Any]]) -> ClockWord:
    """What the camera's own reports said last within the clip."""
    known = [one for one in segments if one["clock_offset_ms"] is not None]
    if not known:
        return ClockWord(
            None, None,
            Text("摄像机未报告时钟，时间以录像服务器到达时间为准", "the camera reported no clock: times are those of arrival"),
        )  # fmt: skip
    last = max(known, key=lambda one: int(one["end_ns"]))
    offset_ms = int(last["clock_offset_ms"])
    seconds = f"{abs(offset_ms) / 1000:.3f}"
    return ClockWord(
        offset_ms, int(last["end_ns"]),
        Text(
            f"摄像机时钟比真实时间{'快' if offset_ms >= 0 else '慢'} {seconds} 秒；时间以录像服务器到达时间为准",
            f"the camera's clock is {seconds} s {'fast' if offset_ms >= 0 else 'slow'}; times are those of arrival",
        ),
    )  # fmt: skip


def _page() -> bytes | None:
    """The checking page; a checkout without the built screens seals without it, and the published page checks as well."""
    try:
        return verify_page()
    except MingjianError:
        return None
