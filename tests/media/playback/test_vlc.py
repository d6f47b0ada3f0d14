"""VLC, whose demuxer is its own, plays a sealed segment as it lies on the volume."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store, reader_of_store
from tests.media.footage import Footage, audio, frame_hashes, video

from mingjian.kernel.clock import NS_PER_S, ManualClock

VLC = Path(__file__).parents[2] / "peers/vlc_decode.py"


@pytest.mark.peer
@pytest.mark.parametrize(("codec", "sound"), [("h264", "aac"), ("h265", "pcma")])
def test_vlc_decodes_the_pictures_that_went_in(tmp_path: Path, codec: str, sound: str) -> None:
    path = sealed_segment(tmp_path / "store", video(codec, seconds=3), audio(sound))
    out = tmp_path / "decoded.avi"
    done = subprocess.run(
        [sys.executable, str(VLC), str(path), str(out)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert frame_hashes(out) == frame_hashes(video(codec, seconds=3).file)[:-1], done.stderr


def sealed_segment(folder: Path, picture: Footage, sound: Footage) -> Path:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    store = make_store(folder, clock)
    camera = camera_on(store, clock, picture, sound).connect()
    camera.send(len(picture.packets) / 25)
    camera.stop()
    assert store.close()
    reader = reader_of_store(folder)
    try:
        (record,) = reader.segments(CAMERA, "main", 0, 1 << 62)
        assert record.sealed
        return reader.path(record)
    finally:
        reader.close()
