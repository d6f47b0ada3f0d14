"""A store in a folder, and cameras that feed recorders with real coded pictures on a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.media.footage import Footage, video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.media.store.disk import Disk
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.media.store.volume import make_volume
from mingjian.media.store.writer import WriterLimits
from mingjian.ports.media import AccessUnit, Codec, SourceState, SourceStatus, Track
from mingjian.ports.recording import GapReason

START_NS = 1_764_000_000 * NS_PER_S
CAMERA = "01kb0000000000000000000000"
SMALL = SpacePolicy(reserve_bytes=0, floor_bytes=0)


def track_of(footage: Footage, index: int = 0) -> Track:
    return Track(
        index,
        Codec(footage.codec),
        footage.clock_rate,
        footage.config,
        footage.channels,
        footage.width,
        footage.height,
        25000,
    )


def make_store(
    folder: Path, clock: ManualClock, volumes: int = 1, disk: Disk | None = None, demo: bool = False, **options
) -> Store:
    roots = [folder / f"v{index}" for index in range(volumes)]
    for root in roots:
        make_volume(root, root.name, "instance", demo=demo)
    options.setdefault("space", SMALL)
    store = Store(roots, clock, disk=disk, **options)
    store.open()
    return store


def reader_of_store(folder: Path) -> StoreReader:
    return StoreReader(sorted(folder.glob("v*")))


@dataclass
class Camera:
    """Sends its footage over and over; RTP time goes on without a break."""

    recorder: StreamRecorder
    clock: ManualClock
    footage: Footage = field(default_factory=video)
    sound: Footage | None = None
    pts: int = 4_000_000_000
    at: int = 0
    sound_at: int = 0
    sound_pts: int = 77_000
    sent: list[bytes] = field(default_factory=list)
    delay_ns: int = 0

    def connect(self) -> Camera:
        now = self.clock.now_ns()
        self.status(SourceState.STREAMING)
        tracks = (track_of(self.footage),) + ((track_of(self.sound, 1),) if self.sound else ())
        self.recorder.on_start(tracks, now)
        self.at = 0
        return self

    def status(self, state: SourceState, reason: GapReason | None = None, en: str = "") -> None:
        self.recorder.on_status(SourceStatus(state, self.clock.now_ns(), reason, en, en))

    def lose(self, reason: GapReason) -> None:
        self.recorder.on_stop(self.clock.now_ns())
        self.status(SourceState.FAILED, reason)

    def stop(self) -> None:
        self.recorder.on_stop(self.clock.now_ns())
        self.status(SourceState.STOPPED)

    def send(self, seconds: float, damaged: bool = False) -> None:
        for _ in range(round(seconds * 25)):
            self.send_one(damaged=damaged)

    def send_one(self, damaged: bool = False) -> None:
        packets = self.footage.packets
        packet = packets[self.at % len(packets)]
        loops = self.at // len(packets)
        pts = self.pts + packet.pts - packets[0].pts + loops * len(packets) * 3600
        self.clock.advance(40_000_000)
        unit = AccessUnit(0, pts, packet.data, packet.keyframe, self.clock.now_ns() + self.delay_ns, damaged)
        self.recorder.on_unit(unit)
        self.sent.append(packet.data)
        self.at += 1
        self._send_sound()

    def skip(self, seconds: float) -> None:
        """The camera goes on, but nothing reaches us: from the next keyframe of its footage on."""
        self.clock.advance(round(seconds * NS_PER_S))
        gop = next(index for index, packet in enumerate(self.footage.packets) if index and packet.keyframe)
        done = -(-self.at // gop) * gop
        self.pts += round(seconds * 90_000) - (done - self.at) * 3600
        self.at = done

    def _send_sound(self) -> None:
        sound = self.sound
        if sound is None:
            return
        elapsed = self.at * 40_000_000
        step = sound.packets[1].pts - sound.packets[0].pts
        while self.sound_at * step * NS_PER_S < elapsed * sound.clock_rate:
            data = sound.packets[self.sound_at % (len(sound.packets) - 1)].data  # the last one is short
            unit = AccessUnit(1, self.sound_pts + self.sound_at * step, data, True, self.clock.now_ns())
            self.recorder.on_unit(unit)
            self.sound_at += 1


def camera_on(
    store: Store, clock: ManualClock, footage: Footage | None = None, sound: Footage | None = None, name: str = CAMERA
) -> Camera:
    recorder = StreamRecorder(name, "main", store, clock)
    return Camera(recorder, clock, footage or video(), sound)


def fast() -> WriterLimits:
    return WriterLimits(commit_every_ns=1, sync_every_ns=1)


def seconds_of(spans: list[tuple[int, int]]) -> float:
    return sum(end - start for start, end in spans) / NS_PER_S


__all__ = ["START_NS", "Camera", "camera_on", "make_store", "reader_of_store", "seconds_of", "ticks_90k_to_ns"]
