"""Evidence packages: checking beside openssl, building beside a file copy and a hash pass, in the same run.

    python bench/evidence.py [--json] [--seed N] [--out bench/results/evidence.json] [--segments N] [--rounds N]

Goals: check >= 0.8 of `openssl speed sha256` on one core; an hour of 4 Mb/s (12 segments of 150 MB) built within 1.3 times
a file copy plus one hash pass; 10 minutes of 4 cameras from the order to the sealed package in at most 10 s: found among
200,000 other leaves, proved, built by the maker that the worker runs, hashed whole for the lists (web's rows and papers
apart). Files are synced in all of them. Segments are in our format with random pictures; their ledger is made here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import measure

from ledger import START_NS, make_segment, openssl_rate
from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.evidence_maker import EvidenceMaker
from mingjian.app.ledger_keys import ensure_key, load_signer
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.text import Text
from mingjian.ledger import merkle
from mingjian.ledger.checkpoint import Checkpoint
from mingjian.ledger.leaf import ConfigurationChange, SealedSegment
from mingjian.ledger.note import KeySigner
from mingjian.media.custody import book
from mingjian.media.custody.leaf_store import LeafStore
from mingjian.media.export.package import build_package
from mingjian.ports.evidence import (
    ClipOrder,
    ClockWord,
    LedgerWord,
    PackageOrder,
    PackageWish,
    ProvedLeaf,
    Subject,
    WantedClip,
)
from mingjian.ports.recording import FragmentRef, SegmentRecord, Span, SpanKind
from mingjian.verify.command import check_file
from mingjian.verify.package_report import Verdict
from mingjian.wire.fmp4.read import read_init, walk_fragments

SEGMENT_NS = 300_000_000_000
STEP_NS = 2_000_000_000
OTHER_LEAVES = 200_000
LEDGER, SEAL = KeySigner("log", "ed25519", bytes([1]) * 32), KeySigner("seal", "ed25519", bytes([2]) * 32)


@dataclass
class Shelf:
    """Answers like a store: cameras whose segments follow one another every five minutes."""

    held: dict[str, tuple[SegmentRecord, list[FragmentRef], Path]] = field(default_factory=dict)

    def add(self, camera: str, number: int, path: Path, digest: bytes, refs: Sequence[FragmentRef], init: int) -> None:
        start_ns = START_NS + number * SEGMENT_NS
        shifted = [replace(ref, start_ns=start_ns + ref.start_ns) for ref in refs]
        record = SegmentRecord(
            f"{camera}-{number}", camera, "main", "run", number, path.name, start_ns, start_ns + SEGMENT_NS, 0,
            27_000_000, path.stat().st_size, init, len(refs), 7500, 0, "avc1.4d4028", 1920, 1080, True, digest.hex(),
            "sha256", False, None,
        )  # fmt: skip
        self.held[record.id] = (record, shifted, path)

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> list[SegmentRecord]:
        found = [row for row, _, _ in self.held.values() if row.camera == camera]
        return [row for row in found if row.end_ns > from_ns and row.start_ns < to_ns][:limit]

    def segment(self, segment_id: str) -> SegmentRecord | None:
        return self.held[segment_id][0]

    def fragments(self, record: SegmentRecord) -> list[FragmentRef]:
        return self.held[record.id][1]

    def path(self, record: SegmentRecord) -> Path:
        return self.held[record.id][2]

    def spans(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, language: str = "en"
    ) -> list[Span]:
        return [Span(SpanKind.RECORDED, from_ns, to_ns)]


def fill(shelf: Shelf, folder: Path, segments: int) -> None:
    """Camera `long` has all of them, cameras c0 to c3 the first two: the same files, each built for its own start."""
    for number in range(segments):
        path = folder / f"{number}.mp4"
        digest = make_segment(path, 150, START_NS + number * SEGMENT_NS - STEP_NS, STEP_NS)
        fd = os.open(path, os.O_RDONLY)
        size = path.stat().st_size
        read = lambda at, length, fd=fd: os.pread(fd, length, at)  # noqa: E731
        init = read_init(read, size)
        refs = [
            FragmentRef(index, one.offset, one.size, one.trailer_bytes, 0, 180_000, True, (index - 1) * STEP_NS)
            for index, one in enumerate(walk_fragments(read, init.size, size, init), 1)
        ]
        os.close(fd)
        shelf.add("long", number, path, digest, refs, init.size)
        if number < 2:
            for camera in range(4):
                shelf.add(f"c{camera}", number, path, digest, refs, init.size)


def segment_leaf(row: SegmentRecord) -> bytes:
    """What the engine's log says of it."""
    return SealedSegment(
        at_ns=row.end_ns, segment=row.id, camera=row.camera, stream="main", start_ns=row.start_ns, end_ns=row.end_ns,
        bytes=row.bytes, fragments=row.fragments, digest=str(row.digest), digest_alg="sha256", clock_offset_ms=None,
        recomputed=False,
    ).encode()  # fmt: skip


def order_of(shelf: Shelf, cameras: Sequence[str], segments: int) -> PackageOrder:
    """Everything of these cameras, proved."""
    rows = [record for record, _, _ in shelf.held.values() if record.camera in cameras]
    leaves = [segment_leaf(row) for row in rows]
    hashes = [merkle.leaf_hash("sha256", (leaf,)) for leaf in leaves]
    said = Checkpoint(
        "bench", len(leaves), merkle.tree_root("sha256", hashes), "sha256", START_NS, None, 0, bytes(32)
    ).sign(LEDGER)
    proved = tuple(
        ProvedLeaf(index, leaf, tuple(merkle.inclusion_proof("sha256", hashes, index)))
        for index, leaf in enumerate(leaves)
    )
    clock = ClockWord(None, None, Text(zh="未知", en="unknown"))
    clips = tuple(
        ClipOrder(camera, camera, "main", START_NS, START_NS + segments * SEGMENT_NS, clock) for camera in cameras
    )
    return PackageOrder(
        "bench", START_NS, Subject("bench", "bench"), clips, LedgerWord(LEDGER.public.encode(), said, proved)
    )


class Unwatched:
    """Nobody waits and nobody calls it off."""

    def on_progress(self, done: int, total: int) -> None:
        """Not shown."""

    def is_cancelled(self) -> bool:
        """Never."""
        return False


def ledger_of(shelf: Shelf, cameras: Sequence[str], folder: DataFolder, others: int) -> None:
    """An engine's log with `others` leaves around those of the shelf, in order of time, and a signed checkpoint."""
    rows = [record for record, _, _ in shelf.held.values() if record.camera in cameras]
    end_ns = max(row.end_ns for row in rows)
    made = [(row.end_ns, segment_leaf(row)) for row in rows]
    for number in range(others):
        at_ns = START_NS + (end_ns - START_NS) * number // others
        change = ConfigurationChange(
            at_ns=at_ns, subject=f"c-{number}", setting="keeping", before=None, after="30", person="bench"
        )
        made.append((at_ns, change.encode()))
    leaves = [data for _, data in sorted(made)]
    path = folder.root / "ledger" / "engine"
    store = LeafStore(path, "sha256")
    for at in range(0, len(leaves), 10_000):
        store.append(leaves[at : at + 10_000])
    signer = load_signer(folder)
    origin = f"mingjian/{folder.identity().instance}/engine"
    said = Checkpoint(origin, store.size, store.root(), "sha256", end_ns, None, 0, bytes(32)).sign(signer)
    store.close()
    book.write_state(path, book.LogState(origin, "sha256", START_NS, len(leaves), said))


def ask_and_hash(maker: EvidenceMaker, wish: PackageWish, target: Path) -> tuple[float, float]:
    """Seconds from the order to the sealed package and its digest, by the wall and of the processor."""
    began, cpu = time.perf_counter(), time.process_time()
    package = maker.make(wish, target, Unwatched())
    with package.path.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    took = time.perf_counter() - began, time.process_time() - cpu
    package.path.unlink()
    return took


def copy_and_hash(sources: Sequence[Path], target: Path) -> float:
    """Seconds: the files into one, synced, then one pass of SHA-256 over it."""
    began = time.perf_counter()
    with target.open("wb") as out:
        for source in sources:
            with source.open("rb") as file:
                shutil.copyfileobj(file, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    state = hashlib.sha256()
    with target.open("rb", buffering=0) as file:
        while data := file.read(1 << 20):
            state.update(data)
    took = time.perf_counter() - began
    target.unlink()
    return took


def check(path: Path) -> tuple[float, float]:
    """Bytes a second, by the wall and by the processor."""
    size, anchor = path.stat().st_size, path.with_name("anchor.txt")
    anchor.write_text(f"seal {SEAL.public.encode()}\nledger {LEDGER.public.encode()}\n")
    began, cpu = time.perf_counter(), time.process_time()
    report = check_file(path, [anchor])
    took = size / (time.perf_counter() - began), size / (time.process_time() - cpu)
    assert report.verdict is Verdict.PASS, report.lines("en")
    return took


def middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> None:
    chosen = measure.options("evidence", segments=12, rounds=3)
    with tempfile.TemporaryDirectory(prefix="mj-evidence-", dir="/var/tmp") as name:
        folder, shelf = Path(name), Shelf()
        fill(shelf, folder, chosen.segments)
        hour, cameras = order_of(shelf, ["long"], chosen.segments), [f"c{n}" for n in range(4)]
        data = init_data_folder(folder / "data", demo=False, clock=SystemClock())
        ensure_key(data, "ed25519")
        ledger_of(shelf, cameras, data, OTHER_LEAVES)
        maker = EvidenceMaker(data, "ed25519", SystemClock(), lambda: nullcontext(shelf))
        clips = tuple(WantedClip(one, one, "main", START_NS, START_NS + 2 * SEGMENT_NS) for one in cameras)
        four = PackageWish("bench", START_NS, Subject("bench", "bench"), clips)
        sources = [folder / f"{number}.mp4" for number in range(chosen.segments)]
        built, copied, ten, checked, peer = [], [], [], [], []
        for _ in range(chosen.rounds):
            copied.append(copy_and_hash(sources, folder / "copy"))
            began = time.perf_counter()
            package = build_package(shelf, hour, SEAL, folder / "hour.zip")
            built.append(time.perf_counter() - began)
            peer.append(openssl_rate())
            checked.append(check(package.path))
            package.path.unlink()
            ten.append(ask_and_hash(maker, four, folder / "four.zip"))
        figures: dict[str, Any] = {
            "export": {
                "mb": sum(path.stat().st_size for path in sources) // 1_000_000,
                "s": round(middle(built), 2),
                "copy_and_hash_s": round(middle(copied), 2),
                "ratio": round(middle([a / b for a, b in zip(built, copied, strict=True)]), 2),
            },
            "ten_minutes_of_four_cameras_s": round(middle([wall for wall, _ in ten]), 2),
            "ten_minutes_of_four_cameras_cpu_s": round(middle([cpu for _, cpu in ten]), 2),
            "verify": {
                "mb_s": round(middle([wall for wall, _ in checked]) / 1e6),
                "mb_per_cpu_s": round(middle([cpu for _, cpu in checked]) / 1e6),
                "openssl_mb_s": round(middle(peer) / 1e6),
                "ratio": round(middle([wall / one for (wall, _), one in zip(checked, peer, strict=True)]), 3),
                "ratio_by_cpu": round(middle([cpu / one for (_, cpu), one in zip(checked, peer, strict=True)]), 3),
            },
            "load": os.getloadavg()[0],
        }
    measure.report(chosen, figures)


if __name__ == "__main__":
    main()
