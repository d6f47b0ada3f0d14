"""Real recordings, altered in every way: found where they were altered. Untouched ones pass."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.feeding import START_NS, camera_on, make_store, reader_of_store
from tests.media.footage import audio, video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.merkle import inclusion_proof, leaf_hash
from mingjian.verify.report import Altered, Part, Report
from mingjian.verify.segment import verify_fragment, verify_segment
from mingjian.wire.fmp4.box import reader_of
from mingjian.wire.fmp4.build import build_leaf


@dataclasses.dataclass(frozen=True)
class Recording:
    data: bytes
    digest: bytes
    algorithm: str
    init_bytes: int
    fragments: tuple[tuple[int, int], ...]  # offset and end of prft+moof+mdat; the leaf box is the 64 bytes behind

    def check(self, data: bytes, kept: list[bytes] | None = None) -> Report:
        return verify_segment(reader_of(data), len(data), self.digest, self.algorithm, kept)

    def leaves(self) -> list[bytes]:
        parts = [self.data[: self.init_bytes], *(self.data[at:end] for at, end in self.fragments)]
        return [leaf_hash(self.algorithm, [part]) for part in parts]

    def where(self, offset: int) -> tuple[Part, int]:
        """The part that a byte belongs to."""
        if offset < self.init_bytes:
            return Part.INIT, 0
        for index, (_, end) in enumerate(self.fragments, 1):
            if offset < end + 64:
                return (Part.FRAGMENT if offset < end else Part.LEAF_BOX), index
        return Part.TABLE, 0


def record(folder: Path, algorithm: str, sound: str | None = None) -> Recording:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    store = make_store(folder, clock, digest=algorithm)
    camera = camera_on(store, clock, video(), audio(sound) if sound else None).connect()
    camera.send(6)
    camera.stop()
    assert store.close()
    reader = reader_of_store(folder)
    (found,) = reader.segments("01kb0000000000000000000000", "main", 0, 1 << 62)
    assert found.digest is not None
    rows = tuple((one.offset, one.offset + one.size) for one in reader.fragments(found))
    data = reader.path(found).read_bytes()
    reader.close()
    return Recording(data, bytes.fromhex(found.digest), found.digest_alg, found.init_bytes, rows)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(tmp_path_factory.mktemp("segment"), "sha256")


@pytest.mark.parametrize(("algorithm", "sound"), [("sha256", "aac"), ("sm3", None), ("sm3", "pcma")])
def test_what_was_recorded_passes(tmp_path: Path, algorithm: str, sound: str | None) -> None:
    made = record(tmp_path, algorithm, sound)
    assert made.algorithm == algorithm
    report = made.check(made.data)
    assert report.passed
    assert report.verdict == "PASS"
    assert report.footage_proved
    assert report.altered is None
    assert [step.number for step in report.steps] == [1, 2, 3, 4]
    assert made.check(made.data, made.leaves()).passed
    assert report.lines("zh")[1] == "2. PASS 逐片段校验: 6 个片段与各自的哈希一致"
    assert report.lines("en")[-1] == "PASS"


def test_a_file_is_read_in_pieces(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "segment.mp4"
    path.write_bytes(recording.data)
    fd = os.open(path, os.O_RDONLY)
    try:
        report = verify_segment(
            lambda offset, length: os.pread(fd, length, offset), len(recording.data), recording.digest, "sha256"
        )
    finally:
        os.close(fd)
    assert report.passed


def assert_found(made: Recording, report: Report, part: Part, index: int, *, times: bool = True) -> Altered:
    assert report.verdict == "FAIL"
    found = report.altered
    assert found is not None
    assert (found.part, found.fragment) == (part, index)
    assert report.footage_proved == (part in (Part.LEAF_BOX, Part.TABLE))
    if part in (Part.FRAGMENT, Part.LEAF_BOX):
        at, end = made.fragments[index - 1]
        assert found.offset == (at if part is Part.FRAGMENT else end)
        if times:
            assert found.end == end + 64
            assert found.start_90k == (index - 1) * 90_000
            assert found.start_ns is not None
            assert found.end_ns is not None
            assert found.end_ns - found.start_ns == NS_PER_S
    return found


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_flipped_byte_is_found_where_it_is(recording: Recording, data: st.DataObject) -> None:
    # half of the draws go to the parts that are few bytes: headers, boxes, table
    size = len(recording.data)
    edges = [0, recording.init_bytes, *(at for pair in recording.fragments for at in pair)]
    near = st.tuples(st.sampled_from(edges), st.integers(0, 300)).map(lambda pair: min(sum(pair), size - 1))
    offset = data.draw(st.integers(0, size - 1) | near | st.integers(recording.fragments[-1][1], size - 1))
    changed = bytearray(recording.data)
    changed[offset] ^= data.draw(st.integers(1, 255))
    part, index = recording.where(offset)
    for kept in (None, recording.leaves()):
        assert_found(recording, recording.check(bytes(changed), kept), part, index)


def test_every_single_byte_that_structure_rests_on(recording: Recording) -> None:
    """All of the init segment, each fragment's headers, each leaf box, the closing table: no byte is unwatched."""
    offsets = [*range(recording.init_bytes), *range(recording.fragments[-1][1], len(recording.data))]
    at, end = recording.fragments[2]
    offsets += [*range(at, at + 150), *range(end, end + 64)]
    changed = bytearray(recording.data)
    for offset in offsets:
        changed[offset] ^= 0x81
        assert_found(recording, recording.check(bytes(changed)), *recording.where(offset))
        changed[offset] ^= 0x81


def mend(made: Recording, data: bytearray, index: int) -> bytes:
    """What somebody does who knows the format: the leaf box follows the altered fragment."""
    at, end = made.fragments[index - 1]
    data[end : end + 64] = build_leaf(made.algorithm, index, leaf_hash(made.algorithm, [bytes(data[at:end])]))
    return bytes(data)


def test_a_fragment_altered_with_its_leaf_box_is_named_by_kept_leaves(recording: Recording) -> None:
    changed = bytearray(recording.data)
    changed[recording.fragments[3][1] - 9] ^= 1
    data = mend(recording, changed, 4)
    assert_found(recording, recording.check(data, recording.leaves()), Part.FRAGMENT, 4)
    report = recording.check(data)
    assert not report.passed  # found without them too; which part it is, only they can tell
    assert [step.passed for step in report.steps] == [True, True, False, True]
    assert recording.check(data, [b"\x00" * 32] * 7).altered == report.altered  # leaves of something else help nobody


@pytest.mark.parametrize("cut", [1, 16, 500, 5000])
def test_a_file_cut_short_is_found(recording: Recording, cut: int) -> None:
    data = recording.data[:-cut]
    part, index = recording.where(len(data))
    assert_found(recording, recording.check(data), part, index, times=False)


def swap(made: Recording, one: int, other: int) -> bytes:
    (a, b), (c, d) = ((at, end + 64) for at, end in (made.fragments[one - 1], made.fragments[other - 1]))
    return made.data[:a] + made.data[c:d] + made.data[b:c] + made.data[a:b] + made.data[d:]


ALTERED: list[tuple[str, Callable[[Recording], bytes], Part, int]] = [
    ("empty", lambda made: b"", Part.FILE, 0),
    ("init only", lambda made: made.data[: made.init_bytes], Part.MISSING, 1),
    ("table gone", lambda made: made.data[: made.fragments[-1][1] + 64], Part.TABLE, 0),
    ("last fragment and table gone", lambda made: made.data[: made.fragments[-2][1] + 64], Part.MISSING, 6),
    ("something behind", lambda made: made.data + b"\x00", Part.TABLE, 0),
    ("two swapped", lambda made: swap(made, 2, 5), Part.FRAGMENT, 2),
    ("one left out", lambda m: m.data[: m.fragments[1][0]] + m.data[m.fragments[2][0] :], Part.FRAGMENT, 2),
    ("one twice", lambda m: m.data[: m.fragments[2][0]] + m.data[m.fragments[1][0] :], Part.FRAGMENT, 3),
    ("zeros", lambda made: b"\x00" * len(made.data), Part.INIT, 0),
]


@pytest.mark.parametrize(("change", "part", "index"), [row[1:] for row in ALTERED], ids=[row[0] for row in ALTERED])
def test_other_alterations(recording: Recording, change: Callable[[Recording], bytes], part: Part, index: int) -> None:
    report = recording.check(change(recording))
    assert report.verdict == "FAIL"
    assert report.altered is not None
    assert (report.altered.part, report.altered.fragment) == (part, index)


def test_the_sentence_says_fragment_bytes_and_time(recording: Recording) -> None:
    changed = bytearray(recording.data)
    at, end = recording.fragments[1]
    changed[end - 1] ^= 1
    said = recording.check(bytes(changed)).lines("en")
    assert said[1].startswith(f"2. FAIL each fragment: fragment 2 (bytes {at}-{end + 64}), 2025-11-24T16:00:0")
    assert said[2] == "3. FAIL the digest of the segment: not as known"
    assert said[-1] == "FAIL"
    changed = bytearray(recording.data)
    changed[end + 40] ^= 1
    assert f"第 2 片段后的哈希盒（字节 {end}-{end + 64}）" in recording.check(bytes(changed)).lines("zh")[1]


def test_a_wrong_digest_or_algorithm_never_passes(recording: Recording) -> None:
    read = reader_of(recording.data)
    assert not verify_segment(read, len(recording.data), b"\x00" * 32, "sha256").passed
    assert not verify_segment(read, len(recording.data), recording.digest, "sm3").passed
    with pytest.raises(MingjianError, match="cannot make the digest md5"):
        verify_segment(read, len(recording.data), recording.digest, "md5")


def test_one_fragment_alone_is_proved(recording: Recording) -> None:
    leaves = recording.leaves()
    for index in range(len(leaves)):
        proof = inclusion_proof("sha256", leaves, index)
        at, end = recording.fragments[index - 1] if index else (0, recording.init_bytes)
        data = recording.data[at:end]
        assert verify_fragment(data, index, len(leaves), proof, recording.digest, "sha256").passed
        report = verify_fragment(data[:-1] + b"?", index, len(leaves), proof, recording.digest, "sha256")
        assert report.altered == Altered(Part.FRAGMENT if index else Part.INIT, index, 0, len(data))
        assert not report.footage_proved
        assert not verify_fragment(data, (index + 1) % 7, len(leaves), proof, recording.digest, "sha256").passed
