"""Any bytes whatever: the reader answers or says BrokenFile, and takes bounded time."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from mingjian.verify.package_footage import arrival_ns
from mingjian.wire.fmp4.box import BrokenFile, reader_of
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init, build_leaf, build_prft
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.order import decode_times
from mingjian.wire.fmp4.read import parse_init, read_table, walk_fragments
from mingjian.wire.h26x import HevcProfile, PictureFormat, avc_picture, hevc_profile

SPEC = TrackSpec(1, "h264", 90_000, (bytes.fromhex("674d401f"), b"\x68\x01"), 0, 64, 48)
SOUND = TrackSpec(2, "aac", 8000, (b"\x15\x88",), 1)
INIT = build_init([SPEC, SOUND], b'{"camera":"x"}')


def whole() -> bytes:
    run = TrackRun(1, 0)
    for index in range(4):
        run.add(bytes([index] * 50), 3600, key=not index, offset=0)
    sound = TrackRun(2, 0, video=False)
    sound.add(b"sound", 1024)
    fragment = b"".join(build_fragment(1, [run, sound], build_prft(1, 1_700_000_000_000_000_001, 0)))
    return INIT + fragment + build_leaf("sha256", 1, bytes(32))


FILE = whole()


def read_all(data: bytes) -> None:
    try:
        init = parse_init(data)
        for fragment in walk_fragments(reader_of(data), init.size, len(data), init):
            assert fragment.end <= len(data)
            assert fragment.row(init).size == fragment.size
    except BrokenFile as broken:
        offset = broken.offset
    else:
        offset = len(data)
    assert 0 <= offset <= len(data)
    read_table(reader_of(data), len(data))


@given(st.binary(max_size=400))
def test_garbage_never_crashes(data: bytes) -> None:
    read_all(data)


@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_never_crash(flips: list[tuple[int, int]]) -> None:
    data = bytearray(FILE)
    for at, value in flips:
        data[at] = value
    read_all(bytes(data))


@given(st.integers(0, len(FILE)))
def test_cut_file_never_crashes(length: int) -> None:
    read_all(FILE[:length])


@given(st.binary(min_size=4, max_size=80))
def test_parameter_sets_answer_or_raise_value_error(nal: bytes) -> None:
    for parse in (avc_picture, hevc_profile):
        with contextlib.suppress(ValueError):
            assert parse(nal) is None or isinstance(parse(nal), PictureFormat | HevcProfile)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=60), st.integers(-(10**6), 10**6))
def test_decode_times_rise_above_the_floor(pts: list[int], floor: int) -> None:
    times = decode_times(pts, floor)
    assert all(after > before for before, after in zip([floor, *times], times, strict=False))
    if len(set(pts)) == len(pts) and min(pts) > floor:
        assert times == sorted(pts)


@given(st.integers(0, 2**61), st.integers(0, 2**40))
def test_prft_keeps_nanoseconds(wall_ns: int, media: int) -> None:
    wall_ns %= (3 << 31) * 10**9 - 2_208_988_800 * 10**9  # to 2104: the era ends in 2036, in the middle
    prft = build_prft(1, wall_ns, media)
    assert len(prft) == 32
    data = INIT + prft + FILE[len(INIT) + 32 :]
    init = parse_init(data)
    assert next(walk_fragments(reader_of(data), init.size, len(data), init)).wall_ns == wall_ns
    assert arrival_ns(prft) == wall_ns
