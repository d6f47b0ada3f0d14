"""From receivers to a MediaSink: 64-bit times, parameter sets, reports, the start of a Run.

The RTP clock of a camera is evidence, not authority: when its timestamps jump against the arrival clock by more than
`JUMP_S`, or go back by more than `REWIND_S`, the following ones are shifted so that media time goes on with arrival time
(counted as `timestamp_jumps`). `JUMP_S` is longer than a connection may be silent, so that a stall of the network, after
which the delayed pictures come in a burst, is no jump; B-frames go back, but never by `REWIND_S`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.media_time import unwrap_32
from mingjian.ports.media import AccessUnit, Codec, MediaSink, SenderReport, StreamCounters, Track
from mingjian.wire.h26x import video_info
from mingjian.wire.rtcp import ReceptionStats, RtcpSenderReport, parse_rtcp, receiver_report
from mingjian.wire.rtp.audio import AacReceiver, G711Receiver
from mingjian.wire.rtp.formats import StreamFormat
from mingjian.wire.rtp.h264 import H264Receiver
from mingjian.wire.rtp.h265 import H265Receiver
from mingjian.wire.rtp.receiver import RtpReceiver

JUMP_S = 10
REWIND_S = 1
_BASE = 1 << 33  # media time starts here, so that a rewind stays positive
_KINDS = {"h264": (7, 8), "h265": (32, 33, 34)}


class TrackFeed:
    """One track of one connection. `receiver` is driven by whoever reads packets."""

    def __init__(self, run: MediaRun, index: int, stream: StreamFormat, channel: int) -> None:
        self._run = run
        self._clock = run.clock
        self._codec = Codec(stream.codec)
        self._stream = stream
        self._index = index
        self._pts = -1
        self._offset = 0
        self._arrival_mono_ns = 0
        self._counted = (0, 0, 0, 0)
        self._latest: tuple[int, int] | None = None
        self._reports: list[tuple[RtcpSenderReport, int]] = []
        self.stats = ReceptionStats(stream.clock_rate)
        self.receiver = self._make_receiver(channel)
        self.track = self._make_track(stream.config)

    @property
    def ready(self) -> bool:
        """Whether a decoder could begin: audio always, video with a parameter set of every kind."""
        if not self._codec.is_video:
            return True
        shift, mask = (0, 31) if self._codec is Codec.H264 else (1, 63)
        kinds = {nal[0] >> shift & mask for nal in self.track.config if nal}
        return kinds.issuperset(_KINDS[self._codec])

    @property
    def is_video(self) -> bool:
        """Whether this is the picture."""
        return self._codec.is_video

    def on_rtcp(self, raw: bytes) -> None:
        """RTCP packets of this track; those of another sender are passed over."""
        for packet in parse_rtcp(raw):
            if isinstance(packet, RtcpSenderReport) and packet.ssrc == self.receiver.ssrc:
                self._on_sender_report(packet)

    def report(self, ssrc: int, cname: str) -> bytes | None:
        """A receiver report for now (RFC 3550 6.4.2), None before the first packet."""
        receiver = self.receiver
        if receiver.expected < 0:
            return None
        block = self.stats.block(
            receiver.ssrc,
            receiver.first_sequence,
            receiver.extended_highest,
            receiver.packets,
            self._clock.mono_ns(),
        )
        return receiver_report(ssrc, (block,), cname)

    def count(self, counters: StreamCounters) -> None:
        """Add what happened since the last call to the stream's counters."""
        receiver = self.receiver
        now = (receiver.packets, receiver.lost_packets, receiver.late_packets, receiver.damaged_units)
        before, self._counted = self._counted, now
        counters.packets += now[0] - before[0]
        counters.lost_packets += now[1] - before[1]
        counters.reordered_packets += now[2] - before[2]
        counters.damaged_units += now[3] - before[3]

    def _on_unit(self, timestamp: int, data: bytes | bytearray, keyframe: bool, damaged: bool) -> None:
        mono_ns = self._clock.mono_ns()
        pts = self._unwrap(timestamp, mono_ns)
        if self._run.batched:
            self._latest = timestamp, mono_ns
        else:
            self.stats.unit(timestamp, mono_ns)
        self._run.deliver(self, AccessUnit(self._index, pts, data, keyframe, self._clock.now_ns(), damaged))

    def _unwrap(self, timestamp: int, mono_ns: int) -> int:
        rate = self._stream.clock_rate
        if self._pts < 0:
            self._pts = _BASE + timestamp
            self._offset = 0
        else:
            raw = unwrap_32(self._pts - self._offset, timestamp)
            step = raw + self._offset - self._pts
            since_ns = mono_ns - self._arrival_mono_ns
            if not 0 <= step <= JUMP_S * rate or since_ns > JUMP_S * NS_PER_S:  # else they cannot be so far apart
                drift = step - max(1, since_ns * rate // NS_PER_S)
                if abs(drift) > JUMP_S * rate or step < -REWIND_S * rate:
                    self._offset -= drift
                    self._run.count_extra("timestamp_jumps")
            self._pts = raw + self._offset
        self._arrival_mono_ns = mono_ns
        return self._pts

    def _on_config(self, config: tuple[bytes, ...]) -> None:
        self.track = self._make_track(config)
        self._run.config_changed()

    def batch_over(self) -> None:
        """All that was read at once has been taken. Only its last unit came just now, the others came before it."""
        latest = self._latest
        if latest is not None:
            self._latest = None
            self.stats.unit(*latest)
        if self._reports:
            reports, self._reports = self._reports, []
            for report, pts in reports:
                self._pass_on(report, max(0, self._pts - pts) * NS_PER_S // self._stream.clock_rate)

    def _on_sender_report(self, report: RtcpSenderReport) -> None:
        if self._run.batched:
            self._reports.append((report, self._pts))
        else:
            self._pass_on(report, 0)

    def _pass_on(self, report: RtcpSenderReport, ago_ns: int) -> None:
        """A report that came `ago_ns` before now, as the media read after it in the same batch tells."""
        self.stats.sender_report(report.ntp_middle, self._clock.mono_ns() - ago_ns)
        if report.ntp_ns is None or self._pts < 0:
            return
        pts = unwrap_32(self._pts - self._offset, report.rtp_timestamp) + self._offset
        self._run.sender_report(SenderReport(self._index, report.ntp_ns, pts, self._clock.now_ns() - ago_ns))

    def _make_receiver(self, channel: int) -> RtpReceiver:
        stream, kind = self._stream, self._stream.payload_type
        if self._codec is Codec.H264:
            return H264Receiver(kind, channel, stream.config, self._on_unit, self._on_config)
        if self._codec is Codec.H265:
            return H265Receiver(kind, channel, stream.config, self._on_unit, self._on_config, has_donl=stream.has_donl)
        if self._codec is Codec.AAC:
            return AacReceiver(
                kind,
                channel,
                self._on_unit,
                size_length=stream.size_length,
                index_length=stream.index_length,
                index_delta_length=stream.index_delta_length,
            )
        return G711Receiver(kind, channel, self._on_unit)

    def _make_track(self, config: tuple[bytes, ...]) -> Track:
        stream = self._stream
        info = video_info(stream.codec, config) if stream.is_video else None
        return Track(
            index=self._index,
            codec=self._codec,
            clock_rate=stream.clock_rate,
            config=config,
            channels=stream.channels,
            width=info.width if info else 0,
            height=info.height if info else 0,
            fps_milli=(info.fps_milli if info else 0) or _declared_fps_milli(stream.frame_rate),
        )


class MediaRun:
    """The tracks of one connection, delivering to one sink.

    `on_start` waits until every video track has its parameter sets; units before are dropped (`dropped_units`).
    `batched`: several units may be read at once (TCP), and `batch_over` is called after each read.
    """

    def __init__(
        self,
        sink: MediaSink,
        clock: Clock,
        counters: StreamCounters,
        on_started: Callable[[], None],
        *,
        batched: bool = False,
    ) -> None:
        self.clock = clock
        self.batched = batched
        self.feeds: list[TrackFeed] = []
        self.started = False
        self.units = 0
        self.dropped_units = 0
        self._over = False
        self._sink = sink
        self._counters = counters
        self._on_started = on_started

    def add(self, stream: StreamFormat, channel: int) -> TrackFeed:
        """A track, before the first packet. Tracks are numbered in the order of adding."""
        feed = TrackFeed(self, len(self.feeds), stream, channel)
        self.feeds.append(feed)
        return feed

    def deliver(self, feed: TrackFeed, unit: AccessUnit) -> None:
        """A unit of one of the feeds; what still lies in the buffer after the end is dropped."""
        if self._over:
            return
        if not self.started and not self._start(feed):
            self.dropped_units += 1
            return
        self.units += 1
        self._counters.units += 1
        self._sink.on_unit(unit)

    def batch_over(self) -> None:
        """All that was read at once has been taken."""
        for feed in self.feeds:
            feed.batch_over()

    def config_changed(self) -> None:
        """The next unit needs new parameter sets."""
        if self.started:
            self._sink.on_tracks(self._tracks())

    def sender_report(self, report: SenderReport) -> None:
        """The camera's clock."""
        if self.started:
            self._sink.on_sender_report(report)

    def count_extra(self, name: str) -> None:
        """Count something rare."""
        self._counters.extra[name] = self._counters.extra.get(name, 0) + 1

    def update_counters(self) -> None:
        """Bring the stream's counters up to date."""
        for feed in self.feeds:
            feed.count(self._counters)

    def stop(self, now_ns: int) -> None:
        """The connection is over."""
        self._over = True
        self.update_counters()
        if self.started:
            self.started = False
            self._sink.on_stop(now_ns)

    def _start(self, feed: TrackFeed) -> bool:
        has_video = any(other.is_video for other in self.feeds)
        if (has_video and not feed.is_video) or not all(other.ready for other in self.feeds):
            return False
        self.started = True
        self._sink.on_start(self._tracks(), self.clock.now_ns())
        self._on_started()
        return True

    def _tracks(self) -> tuple[Track, ...]:
        return tuple(feed.track for feed in self.feeds)


def choose(formats: Sequence[StreamFormat | None], audio: bool) -> list[int]:
    """Which media to take: the first readable video and, when wanted, the first readable audio; video first."""
    video = [index for index, found in enumerate(formats) if found is not None and found.is_video][:1]
    sound = [index for index, found in enumerate(formats) if found is not None and not found.is_video][:1]
    return video + (sound if audio else [])


def _declared_fps_milli(text: str | None) -> int:
    """Frames per 1000 s of an `a=framerate` (RFC 8866 6.13), 0 when it is none."""
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return 0
    return round(value * 1000) if 0 < value <= 1000 else 0
