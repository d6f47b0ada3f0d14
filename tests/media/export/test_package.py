"""Building packages: as recorded, the same twice, judged by other programs, and nothing left when it did not end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.media.export.evidence import Case
from tests.media.footage import frame_hashes

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.export.draft import Draft, sweep_drafts
from mingjian.verify.package import verify_package
from mingjian.verify.package_report import Verdict
from mingjian.wire.fmp4.box import reader_of


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("store"))


def test_media_are_the_bytes_that_were_recorded_and_play(case: Case, tmp_path: Path) -> None:
    built = case.build(tmp_path / "p.zip")
    assert built.bytes == built.path.stat().st_size
    done = subprocess.run(["unzip", "-tq", str(built.path)], capture_output=True, text=True, check=True)
    assert "No errors" in done.stdout
    with zipfile.ZipFile(built.path) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    records = case.recordings.segments(case.order().clips[0].camera, "main", 0, 1 << 62)
    for number, record in enumerate(records, 1):
        whole, taken = case.recordings.path(record).read_bytes(), (tmp_path / f"media/{number:04d}.mp4").read_bytes()
        assert whole.startswith(taken)
        assert whole[len(taken) + 4 : len(taken) + 8] == b"mfra"
        assert frame_hashes(tmp_path / f"media/{number:04d}.mp4") == frame_hashes(case.recordings.path(record))


def test_it_begins_at_the_keyframe_before_and_ends_with_a_whole_fragment(case: Case, tmp_path: Path) -> None:
    order = case.order()
    clip = order.clips[1]
    (record, *_) = case.recordings.segments(clip.camera, "main", 0, 1 << 62)
    start = record.start_ns
    short = replace(clip, from_ns=start + NS_PER_S * 5 // 2, to_ns=start + NS_PER_S * 9 // 2)
    built = case.build(tmp_path / "p.zip", replace(order, clips=(short,)))
    with zipfile.ZipFile(built.path) as archive:
        taken = archive.read("media/0001.mp4")
    refs = case.recordings.fragments(record)[2:5]
    whole = case.recordings.path(record).read_bytes()
    end = refs[-1].offset + refs[-1].size + 64
    assert taken == whole[: record.init_bytes] + whole[refs[0].offset : end]


def test_the_same_order_gives_the_same_bytes(case: Case, tmp_path: Path) -> None:
    order = case.order()
    one, two = (case.build(tmp_path / name, order) for name in ("1.zip", "2.zip"))
    assert one.path.read_bytes() == two.path.read_bytes()


def test_progress_reaches_the_end_and_cancelling_leaves_nothing(case: Case, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    case.build(tmp_path / "p.zip", progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] <= seen[-1][1]
    questions = iter(range(10_000))
    case.build(tmp_path / "q.zip", cancelled=lambda: next(questions) < 0)
    for stop_after in range(next(questions)):
        asked = iter(range(10_000))
        with pytest.raises(MingjianError, match="cancelled"):
            case.build(tmp_path / "r.zip", cancelled=lambda stop=stop_after, asked=asked: next(asked) >= stop)
        assert sorted(os.listdir(tmp_path)) == ["p.zip", "q.zip"]


def test_evidence_is_never_overwritten(case: Case, tmp_path: Path) -> None:
    target = tmp_path / "p.zip"
    target.write_bytes(b"evidence")
    with pytest.raises(MingjianError) as caught:
        case.build(target)
    assert caught.value.code == "output_exists"
    assert target.read_bytes() == b"evidence"
    assert os.listdir(tmp_path) == ["p.zip"]
    with pytest.raises(MingjianError) as caught:
        case.build(tmp_path / "nowhere" / "p.zip")
    assert caught.value.code == "output_unwritable"


def test_what_cannot_be_proved_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    case = Case(tmp_path / "store")
    order = case.order()
    record = case.recordings.segments(order.clips[0].camera, "main", 0, 1 << 62)[0]
    without = replace(order.ledger, leaves=order.ledger.leaves[1:])
    with pytest.raises(MingjianError) as caught:
        case.build(tmp_path / "p.zip", replace(order, ledger=without, custody=(), approvals=()))
    assert caught.value.code == "leaf_missing"
    path = case.recordings.path(record)
    whole = path.read_bytes()
    for at in (len(whole) // 2, 100, case.recordings.fragments(record)[1].offset - 10):
        changed = bytearray(whole)
        changed[at] ^= 1
        path.write_bytes(changed)
        with pytest.raises(MingjianError) as caught:
            case.build(tmp_path / "p.zip", order)
        assert caught.value.code == "footage_altered"
        assert not (tmp_path / "p.zip").exists()
    path.write_bytes(whole)
    case.build(tmp_path / "p.zip", order)
    case.close()


_KILLED = """
import sys
from pathlib import Path
from tests.media.export.evidence import Case
case = Case(Path(sys.argv[1]))
order = case.order()
print("ready", flush=True)
number = 0
while True:
    number += 1
    case.build(Path(sys.argv[2]) / f"{number}.zip", order)
"""


@pytest.mark.parametrize("run", range(3))
def test_a_killed_export_leaves_only_whole_packages(tmp_path: Path, run: int) -> None:
    """Killed again and again while it builds one package after the other: each file there is whole."""
    (tmp_path / "store").mkdir()
    (tmp_path / "out").mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(tmp_path / "store"), str(tmp_path / "out")],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src:."},
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + 30
    while len(os.listdir(tmp_path / "out")) < 2 + run and time.monotonic() < deadline:
        time.sleep(0.003 * (run + 1))
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    found = sorted((tmp_path / "out").iterdir())
    assert len(found) >= 2 + run
    for path in found:
        assert path.suffix == ".zip", path
        data = path.read_bytes()
        assert verify_package(reader_of(data), len(data)).verdict is Verdict.INTACT


def test_without_nameless_files_a_draft_is_hidden_and_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "O_TMPFILE", os.O_DIRECTORY | os.O_CREAT)  # what an old kernel makes of it: an error
    with Draft(tmp_path / "a.zip") as draft:
        (hidden,) = tmp_path.iterdir()
        assert hidden.name.startswith(".a.zip.")
        os.write(draft.fd, b"whole")
        draft.publish()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.zip", b"whole")]
    (tmp_path / ".b.zip.0123456789ab.sealing").write_bytes(b"half")
    assert sweep_drafts(tmp_path) == 1
    assert os.listdir(tmp_path) == ["a.zip"]
