"""The day's pass over all cameras: whoever has no certificate yet gets one, a bounded share of one core at a time.

A certificate is appended to its day's file and synced before the next camera's turn, so that a pass broken off anywhere
goes on where it stopped. One pass at a time (a lock beside the files).
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mingjian.files.whole import sync_folder
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.retention import RetentionCertificate
from mingjian.media.retention.picture import FrameProcess
from mingjian.media.retention.prover import ProofRule, prove
from mingjian.media.store.reader import StoreReader
from mingjian.ports.retention import certificates_of

_LOG = logging.getLogger(__name__)

SHARE = 0.25
"""Of the time that passes, so much is spent on proofs; the rest is slept."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A camera whose keeping the engine was told, with the streams that the indexes know of it."""

    camera: str
    streams: tuple[str, ...]
    keep_days: int
    planned_from_ns: int
    removed_ns: int | None


def subjects(reader: StoreReader) -> list[Subject]:
    """All cameras of all volumes, those taken away included; of several words the longest keeping counts."""
    streams: dict[str, set[str]] = {}
    for camera, stream in reader.streams():
        streams.setdefault(camera, set()).add(stream)
    found: dict[str, Subject] = {}
    for opened in reader.volumes:
        for camera, keep_days, planned_ns, removed_ns in opened.connection.execute(
            "SELECT camera, keep_days, planned_from_ns, removed_ns FROM cameras"
        ):
            known = found.get(camera)
            days = keep_days if known is None else max(keep_days, known.keep_days)
            found[camera] = Subject(camera, tuple(sorted(streams.get(camera, ()))), days, planned_ns, removed_ns)
    return [found[camera] for camera in sorted(found)]


def due(reader: StoreReader, rule: ProofRule, folder: Path, now_ns: int) -> list[Subject]:
    """The cameras without a certificate for the last whole day, of those whose footage any of their window could hold."""
    proved: dict[str, set[str]] = {}
    found: list[Subject] = []
    for subject in subjects(reader):
        window = rule.window(subject.keep_days, now_ns)
        planned = subject.planned_from_ns < window.to_ns
        owed = subject.removed_ns is None or subject.removed_ns > window.from_ns
        if window.day not in proved:
            proved[window.day] = set(certificates_of(folder, window.day))
        if subject.streams and planned and owed and subject.camera not in proved[window.day]:
            found.append(subject)
    return found


@dataclass(frozen=True, slots=True)
class Pass:
    """How a pass went. `problems` are cameras for which no certificate could be made, with the reason."""

    made: int
    met: int
    left: int
    problems: tuple[tuple[str, str], ...] = ()


def run_pass(
    roots: Sequence[Path], folder: Path, rule: ProofRule, clock: Clock, signer: Callable[[], note.Signer], *,
    cameras: frozenset[str] | None = None, again: bool = False, share: float = 1.0, stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep, told: Callable[[RetentionCertificate], None] = lambda one: None,
) -> Pass:  # fmt: skip
    """Prove what is due (with `again` also what has been proved, of `cameras` if given). Blocks.

    Raises MingjianError `proof_running` while another pass runs, and what `signer` raises; OSError when a certificate
    cannot be kept. A volume that is missing makes its footage missing, and the certificate says so; a camera whose proof
    fails in some unforeseen way is left out, logged, and stays due.
    """
    with _alone(folder), FrameProcess() as frames:
        reader = StoreReader(roots)
        try:
            now_ns = clock.now_ns()
            waiting = subjects(reader) if again else due(reader, rule, folder, now_ns)
            waiting = [one for one in waiting if one.streams and (cameras is None or one.camera in cameras)]
            made = met = 0
            problems: list[tuple[str, str]] = []
            for subject in waiting:
                if stop():
                    break
                began_ns = clock.mono_ns()
                try:
                    certificate = prove(
                        reader, rule, subject.camera, subject.streams, subject.keep_days, now_ns, decode=frames.decode
                    )
                except Exception as error:  # noqa: BLE001 - the others are proved; logged, told, and tried again
                    _LOG.exception("a camera cannot be proved", extra={"data": {"camera": subject.camera}})
                    problems.append((subject.camera, repr(error)))
                    continue
                _keep(folder, certificate.day, certificate.sign(signer()))
                made, met = made + 1, met + certificate.met
                told(certificate)
                if share < 1:
                    sleep((clock.mono_ns() - began_ns) / 1e9 * (1 - share) / share)
            return Pass(made, met, len(waiting) - made - len(problems), tuple(problems))
        finally:
            reader.close()


def _keep(folder: Path, day: str, signed: str) -> None:
    """Behind the day's other certificates, synced."""
    path = folder / f"{day}.jl"
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        line = json.dumps({"note": signed}, ensure_ascii=False).encode() + b"\n"
        os.write(descriptor, (b"\n" if torn else b"") + line)
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        sync_folder(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MingjianError(
                "proof_running",
                Text(zh="留存证明正在进行", en="a retention proof is running already"),
                fault=Fault.USER,
                remedy=Text(zh="请等它结束，或稍后再试", en="wait for its end, or try later"),
            ) from None
        yield
    finally:
        os.close(descriptor)
