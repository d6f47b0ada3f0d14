"""A sink that keeps what it is given and lets a test wait for a condition."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

from mingjian.ports.media import AccessUnit, Codec, SenderReport, SourceState, SourceStatus, Track
from mingjian.wire.h26x import split_length_prefixed


class CollectingSink:
    def __init__(self) -> None:
        self.tracks: tuple[Track, ...] = ()
        self.starts: list[int] = []
        self.stops: list[int] = []
        self.changes: list[tuple[Track, ...]] = []
        self.units: list[AccessUnit] = []
        self.reports: list[SenderReport] = []
        self.statuses: list[SourceStatus] = []
        self._changed = asyncio.Event()

    def on_start(self, tracks: tuple[Track, ...], now_ns: int) -> None:
        self.tracks = tracks
        self.starts.append(now_ns)
        self._changed.set()

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks
        self.changes.append(tracks)
        self._changed.set()

    def on_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self._changed.set()

    def on_sender_report(self, report: SenderReport) -> None:
        self.reports.append(report)
        self._changed.set()

    def on_stop(self, now_ns: int) -> None:
        self.stops.append(now_ns)
        self._changed.set()

    def on_status(self, status: SourceStatus) -> None:
        self.statuses.append(status)
        self._changed.set()

    def of(self, codec: Codec) -> list[AccessUnit]:
        return [unit for unit in self.units if self.tracks[unit.track].codec is codec]

    @property
    def streaming(self) -> bool:
        return bool(self.statuses) and self.statuses[-1].state is SourceState.STREAMING

    @property
    def failed(self) -> bool:
        return bool(self.statuses) and self.statuses[-1].state is SourceState.FAILED

    async def until(self, condition: Callable[[], bool], timeout_s: float = 20) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


def write_annex_b(sink: CollectingSink, codec: Codec, path: Path) -> None:
    """The video as an elementary stream: parameter sets of the start, then every unit."""
    track = next(track for track in sink.tracks if track.codec is codec)
    with path.open("wb") as out:
        for nal in track.config:
            out.write(b"\x00\x00\x00\x01" + nal)
        for unit in sink.of(codec):
            for nal in split_length_prefixed(unit.data):
                out.write(b"\x00\x00\x00\x01" + nal)


def picture_hashes(path: Path) -> list[str]:
    """Hashes of the decoded pictures of a file, judged by ffmpeg."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    return [line.split(",")[-1].strip() for line in done.stdout.splitlines() if not line.startswith("#")]
