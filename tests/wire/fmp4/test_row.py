"""The quick way to a fragment's row gives what reading all its samples gives, or nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.feeding import START_NS, camera_on, make_store
from tests.media.footage import audio, video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.wire.fmp4.box import BrokenFile, reader_of
from mingjian.wire.fmp4.read import parse_init, read_fragment, walk_fragments
from mingjian.wire.fmp4.row import quick_row


def recorded(folder: Path, codec: str, sound: str | None, bframes: int = 0) -> bytes:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    store = make_store(folder, clock)
    camera = camera_on(store, clock, video(codec, bframes=bframes), audio(sound) if sound else None).connect()
    camera.send(4)
    camera.stop()
    assert store.close()
    (path,) = folder.glob("v0/segments/*/*/*/*.mp4")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("codec", "sound", "bframes"), [("h264", None, 0), ("h264", "aac", 2), ("h264", "pcma", 0), ("h265", None, 0)]
)
def test_rows_are_the_same(tmp_path: Path, codec: str, sound: str | None, bframes: int) -> None:
    data = recorded(tmp_path, codec, sound, bframes)
    init, read = parse_init(data), reader_of(data)
    fragments = list(walk_fragments(read, init.size, len(data), init))
    assert len(fragments) >= 4
    for one in fragments:
        assert quick_row(read, one.offset, one.size, one.trailer_bytes, init) == one.row(init)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return recorded(tmp_path_factory.mktemp("row"), "h264", "aac")


@settings(max_examples=200, deadline=None)
@given(offset=st.integers(0, 700), value=st.integers(0, 255))
def test_an_altered_head_gives_a_row_or_none(recording: bytes, offset: int, value: int) -> None:
    init = parse_init(recording)
    first = read_fragment(reader_of(recording), init.size, len(recording), init)
    assert first is not None
    data = bytearray(recording[first.offset : first.end])
    data[offset] = value
    found = quick_row(reader_of(bytes(data)), 0, first.size, 64, init)
    assert found is None or (found.offset, found.size, found.trailer_bytes) == (0, first.size, 64)
    assert quick_row(reader_of(bytes(data[:100])), 0, first.size, 64, init) is None


def test_the_whole_reader_still_refuses_what_is_cut(recording: bytes) -> None:
    init = parse_init(recording)
    with pytest.raises(BrokenFile):
        read_fragment(reader_of(recording[: init.size + 100]), init.size, init.size + 100, init)
