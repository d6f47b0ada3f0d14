"""With root's powers against footage, index and log: whatever a checkpoint held outside covers is found, and named.

The folder is real: segments by the recorder, leaves and checkpoints by the engine's log with the folder's own key. The
attacker may rewrite every file, recompute every hash and sign anew; the one thing he cannot reach is the anchor.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from tests.media.feeding import START_NS, camera_on
from tests.red_team.attacked import (
    codes,
    index_of,
    judge,
    leaves_file,
    open_engine,
    resign,
    run_engine,
    segment_files,
)

from mingjian.app.backup import backup, restore
from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_anchor import Anchor, encode_anchor, read_anchors
from mingjian.app.ledger_export import anchor_of_folder
from mingjian.app.ledger_keys import (
    key_path,
    load_signer,
    new_signer,
    origin_of,
    rotate,
    write_private,
)  # fmt: skip
from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.leaf import Restore, decode
from mingjian.media.custody.engine_log import append_declared
from mingjian.media.custody.leaf_store import read_leaves
from mingjian.wire.fmp4.box import reader_of
from mingjian.wire.fmp4.read import Sample, read_init, walk_fragments


def test_an_untouched_folder_is_intact(folder: DataFolder, anchors: list[Anchor], clock: ManualClock) -> None:
    report = judge(folder, anchors, clock)
    assert report.findings == []
    assert (report.verdict, report.exit_code, report.segments) == ("intact", 0, 5)
    assert report.logs[0].covered == report.logs[0].stored
    assert {leaf.KIND for leaf in map(decode, read_leaves(leaves_file(folder).parent))} == {
        "configuration", "segment", "gap", "hold",
    }  # fmt: skip


def test_without_an_anchor_nothing_is_called_intact(folder: DataFolder, clock: ManualClock) -> None:
    report = judge(folder, [], clock)
    assert (report.verdict, report.exit_code) == ("no_anchor", 3)
    assert report.logs[0].exposure.for_ns is None


# Leaves


def altered(lines: list[bytes]) -> list[bytes]:
    """A leaf of a segment says something else."""
    at = next(number for number, line in enumerate(lines) if b'"recomputed":false' in line)
    return [*lines[:at], lines[at].replace(b'"recomputed":false', b'"recomputed":true'), *lines[at + 1 :]]


FORGERIES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "altered": (altered, "altered"),
    "removed": (lambda lines: [*lines[:3], *lines[4:]], "missing"),
    "inserted": (lambda lines: [*lines[:3], lines[0].replace(b"begun", b"other"), *lines[3:]], "inserted"),
    "reordered": (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], "reordered"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_leaf_is_found_and_named(
    name: str, folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    forge, code = FORGERIES[name]
    lines = list(read_leaves(leaves_file(folder).parent))
    forged = forge(lines)
    assert forged != lines
    leaves_file(folder).write_bytes(b"".join(line + b"\n" for line in forged))
    report = judge(folder, anchors, clock)
    (finding,) = [one for one in report.findings if one.leaf is not None and one.code == code]
    first = next(at for at, (true, false) in enumerate(zip(lines, forged, strict=False)) if true != false)
    assert finding.leaf in (first, first + 1)
    assert report.exit_code == 1


@pytest.mark.parametrize("name", FORGERIES)
def test_signing_anew_with_the_real_key_helps_nobody(
    name: str, folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    forge, _ = FORGERIES[name]
    resign(folder, clock, forge(list(read_leaves(leaves_file(folder).parent))))
    report = judge(folder, anchors, clock)
    assert codes(report) & {"differs", "missing", "rolled_back"}
    assert report.exit_code == 1


# Footage


def test_a_flipped_bit_is_named_with_its_place_and_time(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    path = segment_files(folder)[1]
    data = bytearray(path.read_bytes())
    at = data.index(b"mdat") + 100
    data[at] ^= 1
    path.write_bytes(data)
    (finding,) = judge(folder, anchors, clock).findings
    assert (finding.code, finding.path) == ("segment_altered", str(path))
    assert finding.offset is not None
    assert finding.offset <= at < (finding.end or 0)
    assert finding.start_ns is not None


def test_cutting_appending_and_swapping_fragments_is_found(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    cut, longer, swapped, *_ = segment_files(folder)
    cut.write_bytes(cut.read_bytes()[:-1000])
    longer.write_bytes(longer.read_bytes() + b"\0" * 8)
    other = segment_files(folder)[-1]
    swapped_bytes = swapped.read_bytes()
    swapped.write_bytes(other.read_bytes())
    other.write_bytes(swapped_bytes)
    found = {finding.path for finding in judge(folder, anchors, clock).findings if finding.code == "segment_altered"}
    assert found == {str(path) for path in (cut, longer, swapped, other)}


def test_frames_of_equal_size_swapped_within_a_file_are_found(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    """Two pictures of one length exchanged whole: every box, size and time of the file stays as it was."""
    path, first, second = next(frames_of_one_size(folder))
    data = bytearray(path.read_bytes())
    one, other = (slice(sample.offset, sample.offset + sample.size) for sample in (first, second))
    data[one], data[other] = data[other], data[one]
    path.write_bytes(data)
    (finding,) = judge(folder, anchors, clock).findings
    assert (finding.code, finding.path) == ("segment_altered", str(path))
    assert (finding.offset or 0) <= first.offset < (finding.end or 0)


def frames_of_one_size(folder: DataFolder) -> Iterator[tuple[Path, Sample, Sample]]:
    """A segment file and two of its pictures, the earlier first, that have one length and other bytes."""
    for path in segment_files(folder):
        data = path.read_bytes()
        read_at = reader_of(data)
        init = read_init(read_at, len(data))
        fragments = walk_fragments(read_at, init.size, len(data), init)
        for first, second in combinations([one for part in fragments for one in part.samples[1]], 2):
            if first.size == second.size and data[first.offset :][: first.size] != data[second.offset :][: second.size]:
                yield path, first, second


def test_a_file_removed_with_its_index_row_is_missing(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    path = segment_files(folder)[2]
    path.unlink()
    with closing(index_of(folder)) as index:
        index.execute("DELETE FROM segments WHERE path LIKE ?", (f"%{path.name}",))
    assert codes(judge(folder, anchors, clock)) == {"segment_missing", "segment_not_indexed"}


def test_a_rewritten_file_with_a_rewritten_index_is_found(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    path = segment_files(folder)[2]
    data = bytearray(path.read_bytes())
    data[data.index(b"mdat") + 50] ^= 0x80
    path.write_bytes(data)
    with closing(index_of(folder)) as index:
        index.execute("UPDATE segments SET digest=? WHERE path LIKE ?", ("ab" * 32, f"%{path.name}"))
    assert codes(judge(folder, anchors, clock)) == {"segment_altered", "index_altered"}


def test_footage_smuggled_in_is_unknown_to_the_log(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    with closing(index_of(folder)) as index:
        row = index.execute("SELECT * FROM segments ORDER BY start_ns LIMIT 1").fetchone()
        names = [column[1] for column in index.execute("PRAGMA table_info(segments)")]
        forged = dict(zip(names, row, strict=True)) | {
            "id": "01kbforged0000000000000000", "start_ns": START_NS - 600 * NS_PER_S, "end_ns": START_NS - 590 * NS_PER_S,
        }  # fmt: skip
        index.execute(f"INSERT INTO segments VALUES ({','.join('?' * len(names))})", [forged[name] for name in names])
    assert codes(judge(folder, anchors, clock)) == {"segment_unlogged"}


def test_a_gap_that_the_index_now_calls_footage_is_found(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    gap = next(leaf for leaf in map(decode, read_leaves(leaves_file(folder).parent)) if leaf.KIND == "gap")
    with closing(index_of(folder)) as index:
        index.execute(
            "INSERT OR REPLACE INTO spans SELECT id, 'recorded', ?, ? FROM streams", (gap.start_ns, gap.end_ns)
        )
    assert "gap_filled" in codes(judge(folder, anchors, clock))


def test_retention_shortened_in_the_database_never_deletes_inside_the_window(
    folder: DataFolder, clock: ManualClock
) -> None:
    from mingjian.media.store.retention import RetentionRule, deletable, duties
    from mingjian.media.store.schema import open_for_reading
    from mingjian.media.store.volume import open_volume

    with closing(index_of(folder)) as index:
        index.execute("UPDATE cameras SET keep_days=1")
    volume = open_volume(folder.first_volume)
    clock.advance(20 * DAY_NS)
    with closing(open_for_reading(volume.index)) as connection:
        assert deletable(connection, volume, duties([connection]), RetentionRule(), clock.now_ns()) == []


def test_a_deletion_before_its_time_is_found_by_its_receipt(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    """Root makes the program delete (a changed clock): the receipt's own time tells, and so does the hold."""
    store, log = open_engine(folder, clock)
    leaf = next(leaf for leaf in map(decode, read_leaves(leaves_file(folder).parent)) if leaf.KIND == "segment")
    store.writers[0].note(
        {"t": "deleted", "segment": leaf.segment, "camera": leaf.camera, "stream": leaf.stream, "path": "segments/x",
         "start_ns": leaf.start_ns, "end_ns": leaf.end_ns, "bytes": leaf.bytes, "digest": leaf.digest,
         "alg": leaf.digest_alg, "at_ns": clock.now_ns(), "reason": "retention"}
    )  # fmt: skip
    segment_files(folder)[0].unlink()
    assert store.flush()
    assert store.flush()
    assert log.checkpoint()
    assert store.close()
    path = tmp_path / "later.json"
    path.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    assert {"deleted_early", "deleted_under_hold"} <= codes(judge(folder, read_anchors(path), clock))


def test_a_stepped_clock_is_a_leaf(folder: DataFolder, clock: ManualClock) -> None:
    store, log = open_engine(folder, clock)
    clock.step(-40 * DAY_NS)
    store.look()
    assert store.flush()
    assert store.flush()
    assert log.checkpoint()
    assert store.close()
    last = [leaf for leaf in map(decode, read_leaves(leaves_file(folder).parent)) if leaf.KIND == "configuration"][-1]
    assert (last.subject, last.setting) == ("clock", "stepped")
    assert re.search(r"clock_step -34560\d\d s", last.after)


# Old copies and other keys


def yesterday_and_today(folder: DataFolder, clock: ManualClock, tmp_path: Path) -> list[Anchor]:
    """A copy of the engine's log is taken, then a day goes on and is anchored."""
    shutil.copytree(folder.root / "ledger" / "engine", tmp_path / "yesterday")
    shutil.copytree(folder.first_volume, tmp_path / "volume")
    run_engine(folder, clock, 3)
    path = tmp_path / "today.json"
    path.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    return read_anchors(path)


def test_yesterdays_log_put_back_is_found(folder: DataFolder, clock: ManualClock, tmp_path: Path) -> None:
    held = yesterday_and_today(folder, clock, tmp_path)
    shutil.rmtree(folder.root / "ledger" / "engine")
    shutil.copytree(tmp_path / "yesterday", folder.root / "ledger" / "engine")
    report = judge(folder, held, clock)
    assert "rolled_back" in codes(report)
    run_engine(folder, clock, 6)  # and when the machine goes on from there until it has more leaves than before
    report = judge(folder, held, clock)
    assert codes(report) & {"differs", "altered", "missing"}
    assert report.verdict == "findings"


def test_everything_of_yesterday_put_back_is_found(folder: DataFolder, clock: ManualClock, tmp_path: Path) -> None:
    held = yesterday_and_today(folder, clock, tmp_path)
    shutil.rmtree(folder.root / "ledger" / "engine")
    shutil.rmtree(folder.first_volume)
    shutil.copytree(tmp_path / "yesterday", folder.root / "ledger" / "engine")
    shutil.copytree(tmp_path / "volume", folder.first_volume)
    run_engine(folder, clock, 6)
    assert judge(folder, held, clock).verdict == "findings"


def test_a_declared_restore_says_who_and_why(folder: DataFolder, clock: ManualClock, tmp_path: Path) -> None:
    backup(folder, tmp_path / "b.tgz", clock)
    run_engine(folder, clock, 3)
    path = tmp_path / "today.json"
    path.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    fresh = DataFolder(tmp_path / "new")
    restore(tmp_path / "b.tgz", fresh.root)
    shutil.rmtree(fresh.root / "volumes")
    shutil.copytree(folder.root / "volumes", fresh.root / "volumes")
    undeclared = judge(fresh, read_anchors(path), clock)
    assert undeclared.verdict == "findings"
    leaf = Restore(at_ns=clock.now_ns(), backup_at_ns=START_NS, person="root", reason="disk broke")
    origin = origin_of(fresh.identity().instance, "engine")
    append_declared(fresh.root / "ledger" / "engine", origin, "sha256", clock, leaf)
    run_engine(fresh, clock, 1)
    report = judge(fresh, read_anchors(path), clock)
    assert (report.verdict, report.exit_code) == ("declared_restore", 3)
    assert report.restores[0]["reason"] == "disk broke"
    assert all(finding.declared and "disk broke" in finding.text.en for finding in report.findings)
    assert report.segments == 9  # what was recorded after the backup is taken in again from the journal


def test_a_key_put_in_the_place_of_the_real_one_is_found(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    key_path(folder).unlink()
    write_private(key_path(folder), new_signer("mingjian.forged", "ed25519"))
    resign(folder, clock, list(read_leaves(leaves_file(folder).parent)))
    assert codes(judge(folder, anchors, clock)) == {"key_replaced"}


@pytest.mark.parametrize("suite", ["ed25519", "sm2"])
def test_a_rotated_key_is_followed(folder: DataFolder, anchors: list[Anchor], clock: ManualClock, suite: str) -> None:
    old, new = rotate(folder, suite, clock.now_ns())
    rotate(folder, None, clock.now_ns())
    run_engine(folder, clock, 1)
    assert old != new
    assert judge(folder, anchors, clock).verdict == "intact"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_read_is_refused(folder: DataFolder, mode: int) -> None:
    key_path(folder).chmod(mode)
    with pytest.raises(MingjianError) as caught:
        load_signer(folder)
    assert caught.value.code == "key_permissions"


def test_an_anchor_whose_note_was_altered_is_refused(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock, tmp_path: Path
) -> None:
    (one,) = anchors
    forged = one.note.replace(f"\n{one.checkpoint.size}\n", f"\n{one.checkpoint.size - 1}\n")
    path = tmp_path / "forged.json"
    path.write_text(encode_anchor("i", 0, [(one.checkpoint.origin, one.key.encode(), forged)]))
    with pytest.raises(MingjianError):
        read_anchors(path)


def test_what_was_open_at_the_last_checkpoint_must_begin_as_it_was_signed(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    store, log = open_engine(folder, clock)
    camera = camera_on(store, clock).connect()
    camera.send(6)
    assert store.flush()
    assert log.checkpoint()
    path = tmp_path / "open.json"
    path.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    held = read_anchors(path)
    assert held[0].checkpoint.open_count == 1
    camera.stop()
    assert store.close()
    assert judge(folder, held, clock).verdict == "intact"
    newest = segment_files(folder)[-1]
    data = bytearray(newest.read_bytes())
    data[data.index(b"mdat") + 60] ^= 4
    newest.write_bytes(data)
    assert "open_segment_altered" in codes(judge(folder, held, clock))
