"""Evidence packages of real recordings: two cameras, one with sound, one with a gap, in a ledger among other leaves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.ledger.logs import Log
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store, reader_of_store
from tests.media.footage import audio, video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.text import Text
from mingjian.ledger import consistency
from mingjian.ledger.leaf import Gap, RetrievalChange, SealedSegment
from mingjian.ledger.note import KeySigner
from mingjian.media.export.package import build_package
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.ports.evidence import (
    Approval,
    Attachment,
    ClipOrder,
    ClockWord,
    CustodyStep,
    LaterCheckpoint,
    LedgerWord,
    Package,
    PackageOrder,
    ProvedLeaf,
    Subject,
)
from mingjian.ports.plan import CameraPlan, EnginePlan
from mingjian.ports.recording import GapReason, SpanKind
from mingjian.verify.anchor import Anchor

SECOND = "01kb0000000000000000000001"
APPROVAL = b"%PDF-1.7 approval form"
FILLERS = 5


def signers(suite: str = "ed25519", salt: int = 1) -> tuple[KeySigner, KeySigner]:
    """The ledger's and the seal's."""
    return KeySigner("log", suite, bytes([salt]) * 32), KeySigner("seal", suite, bytes([salt + 100]) * 32)


@dataclass
class Case:
    """A recorded store, its ledger, and an order for everything in it."""

    folder: Path
    algorithm: str = "sha256"
    suite: str = "ed25519"
    seconds: int = 6
    log: Log = field(init=False)
    recordings: StoreRecordings = field(init=False)
    end_ns: int = 0

    def __post_init__(self) -> None:
        self.ledger_signer, self.seal_signer = signers(self.suite)
        clock = ManualClock(START_NS, 5 * NS_PER_S)
        store = make_store(self.folder, clock, digest=self.algorithm)
        plans = tuple(CameraPlan(name, name, True, 30, (), planned_from_ns=START_NS) for name in (CAMERA, SECOND))
        store.apply_plan(EnginePlan(1, 0, plans))
        cameras = [camera_on(store, clock, video(), audio("aac")), camera_on(store, clock, video(gop=25), name=SECOND)]
        for camera in cameras:
            camera.connect()
        for _ in range(self.seconds):
            for camera in cameras:
                camera.send(1)
        for camera in cameras:
            camera.lose(GapReason.NETWORK)
        clock.advance(20 * NS_PER_S)
        for camera in cameras:
            camera.connect()
            camera.send(4)
            camera.stop()
        assert store.close()
        self.end_ns = clock.now_ns()
        self.recordings = StoreRecordings(self.folder, open_reader=lambda: reader_of_store(self.folder))
        self.log = Log(0, algorithm=self.algorithm)
        self.facts: list[tuple[int, bytes]] = []  # place in the log, leaf
        for camera in (CAMERA, SECOND):
            self._write_leaves(camera)

    def _put(self, data: bytes) -> None:
        for number in range(FILLERS):
            self.log.append(f"filler {self.log.writer.size} {number}".encode())
        self.facts.append((self.log.writer.size, data))
        self.log.append(data)

    def _write_leaves(self, camera: str) -> None:
        for record in self.recordings.segments(camera, "main", 0, 1 << 62):
            assert record.digest is not None
            self._put(
                SealedSegment(
                    at_ns=record.end_ns, segment=record.id, camera=camera, stream="main", start_ns=record.start_ns,
                    end_ns=record.end_ns, bytes=record.bytes, fragments=record.fragments, digest=record.digest,
                    digest_alg=record.digest_alg, clock_offset_ms=record.clock_offset_ms, recomputed=False,
                ).encode()
            )  # fmt: skip
        for span in self.recordings.spans(camera, "main", START_NS, self.end_ns, self.end_ns):
            if span.kind is SpanKind.GAP:
                self._put(
                    Gap(
                        at_ns=span.end_ns, camera=camera, stream="main", start_ns=span.start_ns, end_ns=span.end_ns,
                        reason=str(span.reason), detail=None,
                    ).encode()
                )  # fmt: skip

    def ledger(self) -> LedgerWord:
        """Proofs to a checkpoint, and a later one."""
        retrieval = RetrievalChange(
            at_ns=self.end_ns, retrieval="r1", before="submitted", after="approved", person="Wang", reason=None,
            document=sha256(APPROVAL).hexdigest() if self.algorithm == "sha256" else None,
        )  # fmt: skip
        if not any(b'"kind":"retrieval"' in data for _, data in self.facts):
            self._put(retrieval.encode())
        size = self.log.writer.size
        said = self.log.checkpoint(size)
        for _ in range(7):
            self.log.append(b"later")
        later = self.log.checkpoint(self.log.writer.size, previous=said.hash())
        return LedgerWord(
            self.ledger_signer.public.encode(),
            said.sign(self.ledger_signer),
            tuple(
                ProvedLeaf(at, data, tuple(consistency.stored_inclusion_proof(self.algorithm, self.log.read, at, size)))
                for at, data in self.facts
            ),
            (LaterCheckpoint(later.sign(self.ledger_signer), tuple(self.log.proof(size, self.log.writer.size))),),
        )

    def order(self, **changes: Any) -> PackageOrder:
        word = self.ledger()
        clips = tuple(
            ClipOrder(
                camera, f"摄像机 {number}", "main", START_NS, self.end_ns + 3 * NS_PER_S,
                ClockWord(120, START_NS, Text(zh="摄像机快 0.12 秒", en="the camera is 0.12 s fast")),
            )
            for number, camera in enumerate((CAMERA, SECOND), 1)
        )  # fmt: skip
        last = len(word.leaves) - 1
        approved = last if self.algorithm == "sha256" else None
        order = PackageOrder(
            "01kpackage0000000000000000", self.end_ns, Subject("侦办案件", "某区视频中心", "r1", "调取证据通知书"), clips, word,
            (CustodyStep(self.end_ns, "approved", "Wang", "公安局", None, last),),
            (Approval("审批表", "Wang", "局长", self.end_ns, "documents/1.pdf", approved),),
            (Attachment("documents/1.pdf", "审批表", APPROVAL),),
            digest_alg=self.algorithm,
        )  # fmt: skip
        return replace(order, **changes)

    def build(self, output: Path, order: PackageOrder | None = None, **options: Any) -> Package:
        return build_package(
            self.recordings, order or self.order(), self.seal_signer, output,
            page=b"<!doctype html>", receipt=b"%PDF-1.7 receipt", **options,
        )  # fmt: skip

    def anchor(self) -> Anchor:
        return Anchor(
            frozenset({self.seal_signer.public.encode()}), frozenset({self.ledger_signer.public.encode()}), ()
        )

    def close(self) -> None:
        self.recordings.close()
