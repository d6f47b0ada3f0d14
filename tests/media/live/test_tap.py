"""Live fragments against ffmpeg: the same pictures and sound come out, at once for who joins late."""

from __future__ import annotations

import itertools
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.media.feeding import START_NS, Camera, track_of
from tests.media.footage import audio, frame_hashes, video

from mingjian.kernel.clock import ManualClock
from mingjian.media.engine.hub import StreamHub
from mingjian.ports.media import AccessUnit, MediaSink, SourceStatus
from mingjian.ports.recording import GapReason
from mingjian.wire.feed import FragmentFlag, LiveFragment, LiveInit
from mingjian.wire.fmp4.read import parse_fragment, parse_init


@dataclass
class Screen:
    """A listener that keeps what it gets."""

    inits: list[LiveInit] = field(default_factory=list)
    fragments: list[LiveFragment] = field(default_factory=list)
    states: list[SourceStatus] = field(default_factory=list)

    def on_init(self, init: LiveInit) -> None:
        self.inits.append(init)

    def on_fragment(self, fragment: LiveFragment) -> None:
        self.fragments.append(fragment)

    def on_state(self, status: SourceStatus) -> None:
        self.states.append(status)

    def file(self, path: Path) -> Path:
        path.write_bytes(self.inits[-1].data + b"".join(fragment.data for fragment in self.fragments))
        return path


def _hub(recorder: MediaSink | None = None, sound: bool = True) -> tuple[StreamHub, ManualClock]:
    clock = ManualClock(START_NS)
    return StreamHub(clock, recorder, audio=sound), clock


@pytest.mark.parametrize(("codec", "bframes"), [("h264", 0), ("h264", 3), ("h265", 2)])
def test_every_picture_comes_out_as_it_went_in(codec: str, bframes: int, tmp_path: Path) -> None:
    footage = video(codec, seconds=4, bframes=bframes)
    hub, clock = _hub()
    screen = Screen()
    hub.join(screen)
    camera = Camera(hub, clock, footage).connect()
    for sent in range(100):
        camera.send_one()
        assert len(screen.fragments) == sent + 1, "one fragment per picture, at once"
    path = screen.file(tmp_path / "live.mp4")
    assert frame_hashes(path) == frame_hashes(footage.file)[:100]
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "packet=dts", "-of", "csv=p=0", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    dts = [int(line.strip(",")) for line in told.stdout.split()]
    assert {after - before for before, after in itertools.pairwise(dts)} == {3600}
    assert screen.inits[0].codecs.startswith("avc1." if codec == "h264" else "hvc1.")
    assert {fragment.duration_90k for fragment in screen.fragments} == {3600}


@pytest.mark.parametrize(("sound", "codecs"), [("aac", "mp4a.40.2"), ("pcma", "flac"), ("pcmu", "flac")])
def test_sound_is_heard_as_it_was_sent(sound: str, codecs: str, tmp_path: Path) -> None:
    heard = audio(sound, seconds=4)
    hub, clock = _hub()
    screen = Screen()
    hub.join(screen)
    Camera(hub, clock, video(seconds=4), heard).connect().send(3)
    assert screen.inits[0].codecs.split(",")[1] == codecs
    path = screen.file(tmp_path / "live.mp4")
    ours = _pcm(path)
    source = _pcm(heard.file)
    rate = heard.clock_rate * 2
    assert len(ours) > 2.8 * rate
    if codecs == "flac":
        assert source.startswith(ours), "lossless"
    else:
        window = source[rate : 2 * rate]
        assert window in ours, "the same decoded samples"
    assert any(fragment.flags & FragmentFlag.AUDIO for fragment in screen.fragments)


def _pcm(path: Path) -> bytes:
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-f", "s16le", "-"], capture_output=True, check=True
    ).stdout


def test_who_joins_in_mid_gop_gets_all_of_it_at_once_with_the_runs_time(tmp_path: Path) -> None:
    footage = video(seconds=4)
    hub, clock = _hub()
    camera = Camera(hub, clock, footage).connect()
    camera.send(1.6)  # 40 pictures, keyframes at 0 and 25
    first, second = Screen(), Screen()
    hub.join(first)
    assert len(first.fragments) == 15
    assert first.fragments[0].keyframe
    camera.send_one()
    hub.join(second)
    assert [fragment.data for fragment in second.fragments] == [fragment.data for fragment in first.fragments]
    first_picture = parse_fragment(first.fragments[0].data, parse_init(first.inits[0].data))
    [sample] = first_picture.samples[1]
    assert sample.pts == 25 * 3600
    assert first.fragments[0].start_ns == START_NS + 26 * 40_000_000
    assert frame_hashes(first.file(tmp_path / "a.mp4")) == frame_hashes(footage.file)[25:41]
    hub.leave(first)
    hub.leave(second)
    assert hub.viewers == 0
    camera.send(1)
    assert len(first.fragments) == 16


def test_new_parameters_bring_a_new_init_before_the_next_keyframe() -> None:
    hub, clock = _hub()
    screen = Screen()
    hub.join(screen)
    camera = Camera(hub, clock, video(seconds=4)).connect()
    camera.send(0.4)
    other = video(seconds=4, size="160x90")
    hub.on_tracks((track_of(other),))
    clock.advance(40_000_000)
    hub.on_unit(AccessUnit(0, camera.pts + 40 * 3600, other.packets[3].data, False, clock.now_ns()))
    assert len(screen.inits) == 1
    hub.on_unit(AccessUnit(0, camera.pts + 41 * 3600, other.packets[0].data, True, clock.now_ns()))
    assert [(init.width, init.height) for init in screen.inits] == [(320, 180), (160, 90)]
    assert len(screen.fragments) == 11


def test_a_leap_of_the_cameras_clock_begins_anew() -> None:
    hub, clock = _hub()
    screen = Screen()
    hub.join(screen)
    camera = Camera(hub, clock, video(seconds=4)).connect()
    camera.send(0.4)
    camera.pts -= 3600 * 90_000
    camera.send(1)
    assert len(screen.inits) == 2
    starts = [fragment.start_ns for fragment in screen.fragments]
    assert starts == sorted(starts)


def test_sound_that_stays_away_is_left_out_so_that_the_picture_goes_on() -> None:
    hub, clock = _hub()
    screen = Screen()
    hub.join(screen)
    camera = Camera(hub, clock, video(seconds=4), audio("pcma", seconds=4)).connect()
    camera.send(1)
    silent, camera.sound = camera.sound, None
    camera.send(3)
    assert [init.codecs.count("flac") for init in screen.inits] == [1, 0]
    camera.sound = silent
    camera.send(2)
    assert screen.inits[-1].codecs.endswith("flac")


def test_sound_that_may_not_be_recorded_is_not_heard_live_either() -> None:
    hub, clock = _hub(sound=False)
    screen = Screen()
    hub.join(screen)
    Camera(hub, clock, video(seconds=4), audio("pcma", seconds=4)).connect().send(1)
    assert "flac" not in screen.inits[0].codecs
    assert not any(fragment.flags & FragmentFlag.AUDIO for fragment in screen.fragments)


def test_states_reach_those_who_wait() -> None:
    hub, clock = _hub()
    camera = Camera(hub, clock)
    camera.lose(GapReason.UNREACHABLE)
    screen = Screen()
    hub.join(screen)
    assert screen.states[0].reason is GapReason.UNREACHABLE
    camera.connect()
    assert screen.states[-1].state.value == "streaming"


class Broken:
    """A recorder with a defect."""

    def __getattr__(self, name: str) -> object:
        def fail(*arguments: object) -> None:
            raise RuntimeError(name)

        return fail


def test_a_broken_recorder_does_not_stop_live(caplog: pytest.LogCaptureFixture) -> None:
    hub, clock = _hub(Broken())  # type: ignore[arg-type]
    screen = Screen()
    hub.join(screen)
    Camera(hub, clock, video(seconds=4)).connect().send(1)
    assert len(screen.fragments) == 25
    assert "recorder failed" in caplog.text or "recording a unit failed" in caplog.text
    assert len(caplog.records) < 5, "told, but not for every picture"


def test_rates_are_those_of_the_last_ten_seconds() -> None:
    hub, clock = _hub()
    camera = Camera(hub, clock, video(seconds=4)).connect()
    for _ in range(12):
        camera.send(1)
        hub.tick()
    bits, frames_milli = hub.rates()
    assert abs(frames_milli - 25_000) <= 300
    sent = sum(map(len, camera.sent)) * 8 // 12
    assert abs(bits - sent) < sent // 5
