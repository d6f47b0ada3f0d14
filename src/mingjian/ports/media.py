"""What flows from a source to whoever wants it: tracks, access units, and the sink that takes them.

A source (RTSP pull, RTSP push, later GB/T 28181) feeds one `MediaSink` per stream; a hub fans out to recorder and live.
Nothing here copies: the bytes of an access unit are shared by all sinks and never changed after they were handed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from mingjian.ports.recording import GapReason


class Codec(StrEnum):
    """What a camera sends. The names are those of the product; SDP and sample entries have their own."""

    H264 = "h264"
    H265 = "h265"
    AAC = "aac"
    PCMA = "pcma"
    PCMU = "pcmu"

    @property
    def is_video(self) -> bool:
        """Whether this is a picture codec."""
        return self in (Codec.H264, Codec.H265)


@dataclass(frozen=True, slots=True)
class Track:
    """One elementary stream of a connection.

    `config` is what a decoder needs before the first unit: for H.264 the SPS and PPS NAL units, for H.265 VPS, SPS and
    PPS, each without start code or length, in that order; for AAC one AudioSpecificConfig; for G.711 nothing.
    Video has `clock_rate` 90000; audio its sampling rate.
    """

    index: int
    codec: Codec
    clock_rate: int
    config: tuple[bytes, ...] = ()
    channels: int = 0
    width: int = 0
    height: int = 0
    fps_milli: int = 0  # frames per 1000 s as declared (SPS VUI or SDP), 0 = unknown


@dataclass(slots=True)
class AccessUnit:
    """One coded picture or audio frame, in decoding order.

    `data` is length-prefixed NAL units (4 bytes, big endian) for video, one raw frame for audio; it is shared and never
    changed after hand-over. `pts` is the presentation time in the track's clock, unwrapped to 64 bits, starting anywhere.
    `arrival_ns` is the wall time at which the unit's last packet was read; `damaged` marks lost packets inside it.
    """

    track: int
    pts: int
    data: bytes | bytearray
    keyframe: bool
    arrival_ns: int
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class SenderReport:
    """An RTCP sender report: the camera's own clock, which is evidence and never the authority (RFC 3550 6.4.1)."""

    track: int
    camera_ns: int  # the report's NTP time as UTC nanoseconds since 1970
    pts: int  # the report's RTP time, unwrapped like AccessUnit.pts
    arrival_ns: int


class SourceState(StrEnum):
    """Where a source stands; `FAILED` always comes with a GapReason."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A change of state. `detail_zh`/`detail_en` tell a person what happened and what to do; no secrets, no URLs."""

    state: SourceState
    at_ns: int
    reason: GapReason | None = None
    detail_zh: str = ""
    detail_en: str = ""


class MediaSink(Protocol):
    """Takes what one stream's source delivers. Called on the engine's event loop; must not block."""

    def on_start(self, tracks: tuple[Track, ...], now_ns: int) -> None:
        """A connection delivers from here on: a new Run begins. Units refer to `tracks` by index."""
        ...

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        """Parameter sets changed in mid-stream; the next unit is the first that needs the new ones."""
        ...

    def on_unit(self, unit: AccessUnit) -> None:
        """The next unit, in decoding order within its track."""
        ...

    def on_sender_report(self, report: SenderReport) -> None:
        """The camera's clock, as it says itself."""
        ...

    def on_stop(self, now_ns: int) -> None:
        """The connection ended; the Run is over. The reason follows through `on_status`."""
        ...

    def on_status(self, status: SourceStatus) -> None:
        """The source changed its state; also called while nothing is connected."""
        ...


@dataclass(slots=True)
class StreamCounters:
    """Counted by the source; read by anybody. All since the source was made."""

    connects: int = 0
    packets: int = 0
    bytes: int = 0
    lost_packets: int = 0
    reordered_packets: int = 0
    damaged_units: int = 0
    units: int = 0
    last_error: str = ""
    extra: dict[str, int] = field(default_factory=dict)
