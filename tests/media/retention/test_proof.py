"""The daily proof over real segments on a moved clock: what it says of them, what it finds, how it goes on after a death."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.logs import SIGNERS
from tests.media.custody.logging_store import leaves, plan, settle
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store, reader_of_store

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.ledger import note
from mingjian.ledger.leaf import RetentionProved
from mingjian.ledger.retention import RetentionCertificate, decode_certificate, sample_offset
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.retention.daily import due, run_pass
from mingjian.media.retention.prover import ProofRule, prove
from mingjian.ports.recording import GapReason
from mingjian.ports.retention import certificates_of, new_certificates

# START_NS is 2025-11-25 00:00 in China, so that what follows is one civil day
NEXT_DAY_NS = START_NS + DAY_NS + 600 * NS_PER_S
RULE = ProofRule("instance", 30)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day with 20 s of footage in two segments, 100 s without camera between them, and none afterwards."""
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    folder = tmp_path_factory.mktemp("proof")
    store = make_store(folder, clock)
    store.apply_plan(plan())
    camera = camera_on(store, clock).connect()
    camera.send(10)
    camera.lose(GapReason.UNREACHABLE)
    clock.advance(100 * NS_PER_S)
    camera.connect()
    camera.send(10)
    camera.stop()
    settle(store)
    assert store.close()
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NEXT_DAY_NS, 9 * NS_PER_S)


def certificate(folder: Path, seed: str | None = None, rule: ProofRule = RULE) -> RetentionCertificate:
    with closing(reader_of_store(folder)) as reader:
        return prove(reader, rule, CAMERA, ["main"], 30, NEXT_DAY_NS, seed)


def run(folder: Path, clock: ManualClock, **options):
    return run_pass(
        [folder / "v0"],
        folder / "proofs",
        RULE,
        clock,
        lambda: SIGNERS["ed25519"],
        sleep=lambda seconds: None,
        **options,
    )


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("v0/segments/**/*.mp4"))


def test_every_instant_is_accounted_for_and_the_oldest_frame_is_the_one_ffmpeg_decodes(folder: Path) -> None:
    made = certificate(folder)
    (main,) = made.streams
    assert (made.day, made.window_days, made.to_ns - made.from_ns) == ("2025-11-25", 30, 30 * DAY_NS)
    assert main.accounted_ns == 30 * DAY_NS
    assert main.not_planned_ns == 0  # planned for ever, by this plan
    assert abs(main.recorded_ns - 20 * NS_PER_S) < NS_PER_S
    assert {one.reason for one in main.missing} >= {"unreachable", "engine_down"}
    assert main.completeness_ppm == main.recorded_ns * 1_000_000 // (30 * DAY_NS)
    assert made.met
    assert main.oldest is not None
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(files(folder)[0]), "-frames:v", "1", "-f", "rawvideo", "-"],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    assert main.oldest.picture == hashlib.sha256(done.stdout).hexdigest()
    assert (main.oldest.width, main.oldest.height, main.oldest.pixel_format) == (320, 180, "yuv420p")
    assert main.quality is not None
    assert (main.quality.width, main.quality.height, main.quality.fps_milli) == (320, 180, 25_000)
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "packet=size", "-of", "csv=p=0", str(files(folder)[0])],
        check=True, capture_output=True, text=True, timeout=30,
    ).stdout.split()  # fmt: skip
    mean_bps = sum(map(int, probed)) * 8 * 25 / len(probed)
    assert mean_bps * 0.7 < main.quality.bitrate_bps < mean_bps * 1.4  # some of its fragments against all of them


def test_who_has_the_seed_draws_the_same_samples(folder: Path) -> None:
    made = certificate(folder)
    assert certificate(folder, made.seed).streams == made.streams
    (main,) = made.streams
    assert [one.offset_ns for one in main.samples] == [
        sample_offset(made.seed, "main", number, main.recorded_ns) for number in range(8)
    ]
    drawn = hashlib.sha256(bytes.fromhex(made.seed) + b"main" + b"\x00\x00\x00\x03").digest()
    assert main.samples[3].offset_ns == int.from_bytes(drawn[:16], "big") % main.recorded_ns
    for one in main.samples:
        path = files(folder)[0 if one.at_ns < START_NS + 50 * NS_PER_S else 1]
        assert path.read_bytes().count(bytes.fromhex(one.leaf or "")) == 1  # the leaf box says the same
    other = certificate(folder)
    assert other.seed != made.seed


@pytest.mark.parametrize("what", ["fragment", "leaf box", "cut short", "gone", "swapped"])
def test_damage_is_found_by_samples_and_the_oldest_frame(folder: Path, what: str) -> None:
    first, second = files(folder)
    for path in (first, second):
        data = bytearray(path.read_bytes())
        at = data.index(b"mdat") + 4
        if what == "fragment":
            while (at := data.find(b"mdat", at)) >= 0:
                data[at + 400] ^= 1
                at += 4
            data[data.index(b"mdat") + 400] ^= 1
        elif what == "leaf box":
            at = data.index(bytes.fromhex("6d696e676a69616ea0c24e5f8b3d7102"))
            data[at + 30] ^= 1
        elif what == "cut short":
            del data[len(data) // 20 :]
        path.write_bytes(data)
        if what == "gone":
            path.unlink()
    if what == "swapped":
        shutil.copy(second, first)
    made = certificate(folder)
    assert not made.met
    (main,) = made.streams
    states = {one.state for one in main.samples}
    if what != "swapped":
        assert states == ({"missing"} if what == "gone" else {"altered"})
    if what in ("cut short", "gone"):
        assert main.oldest is not None
        assert not main.oldest.decoded
        assert main.oldest.error


def test_what_was_deleted_inside_the_window_is_not_met(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "v0" / "index.sqlite3")) as index:
        index.execute("UPDATE spans SET kind='expired' WHERE start_ns=(SELECT MIN(start_ns) FROM spans)")
        index.commit()
    made = certificate(folder)
    (main,) = made.streams
    assert not made.met
    assert main.expired_until_ns is not None
    assert main.accounted_ns == 30 * DAY_NS


def test_a_volume_that_is_away_is_said(folder: Path, clock: ManualClock) -> None:
    done = run_pass(
        [folder / "v0", folder / "v1"], folder / "proofs", RULE, clock, lambda: SIGNERS["ed25519"],
        sleep=lambda seconds: None,
    )  # fmt: skip
    assert (done.made, done.met) == (1, 0)
    (stored,) = certificates_of(folder / "proofs", "2025-11-25").values()
    assert stored.certificate.volumes_absent == 1


def test_once_a_day_signed_and_a_leaf_of_the_engines_log(folder: Path, clock: ManualClock) -> None:
    slept: list[float] = []
    done = run_pass(
        [folder / "v0"], folder / "proofs", RULE, clock, lambda: SIGNERS["ed25519"], share=0.25, sleep=slept.append
    )
    assert (done.made, done.met, done.left) == (1, 1, 0)
    assert len(slept) == 1  # a pause behind each camera
    assert run(folder, clock).made == 0
    (stored,) = certificates_of(folder / "proofs", "2025-11-25").values()
    text = note.signed_by(stored.note, SIGNERS["ed25519"].public)
    assert decode_certificate(text.removesuffix("\n").encode()) == stored.certificate
    assert stored.certificate.digest() == hashlib.sha256(text[:-1].encode()).hexdigest()
    for _ in range(2):  # the second life of the log reads on where the first stopped
        log = EngineLog(
            folder / "ledger", "mingjian/instance/engine", "sha256", clock, lambda: SIGNERS["ed25519"],
            every_ns=1 << 62, proofs=folder / "proofs",
        )  # fmt: skip
        log.start()
        assert log.checkpoint()
        assert log.checkpoint()
        assert log.close()
        assert log.alarms() == ()
    (leaf,) = [one for one in leaves(folder) if isinstance(one, RetentionProved)]
    assert (leaf.camera, leaf.day, leaf.certificate) == (CAMERA, "2025-11-25", stored.certificate.digest())
    clock.advance(DAY_NS)
    assert run(folder, clock).made == 1
    with closing(reader_of_store(folder)) as reader:
        assert not due(reader, RULE, folder / "proofs", clock.now_ns())


def test_a_pass_killed_in_the_middle_of_a_line_goes_on_and_two_never_run_at_once(
    folder: Path, clock: ManualClock
) -> None:
    proofs = folder / "proofs"
    assert run(folder, clock, stop=lambda: True).left == 1
    assert run(folder, clock).made == 1
    path = proofs / "2025-11-25.jl"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    cursors: dict[str, int] = {}
    assert list(new_certificates(proofs, cursors)) == []
    assert cursors == {}
    with pytest.raises(MingjianError, match="running"):
        run(folder, clock, told=lambda one: run(folder, clock))
    assert run(folder, clock).made == 0  # the pass above had kept its certificate
    assert [one.certificate.camera for one in new_certificates(proofs, cursors)] == [CAMERA]
    assert cursors == {"2025-11-25": path.stat().st_size}


def test_windows_are_civil_days_and_never_below_the_floor() -> None:
    before_ns, after_ns = START_NS + DAY_NS - 1, START_NS + DAY_NS
    assert RULE.window(7, before_ns).day == "2025-11-24"
    window = RULE.window(7, after_ns)
    assert (window.day, window.days, window.to_ns) == ("2025-11-25", 30, after_ns)
    assert RULE.window(90, after_ns).from_ns == after_ns - 90 * DAY_NS
