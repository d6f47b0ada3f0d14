"""Several pictures read at once: only the last of them came just now."""

from __future__ import annotations

import pytest

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.sources.tracks import MediaRun
from mingjian.ports.media import StreamCounters
from mingjian.wire.rtcp import sender_report
from mingjian.wire.rtp.formats import StreamFormat
from mingjian.wire.rtp.ingest import InterleavedIngest
from mingjian.wire.rtp.payloads import RtpWriter, h264_payloads

from .collect import CollectingSink

FRAME_90K, SSRC = 3600, 7
SETS = [b"\x67\x4d\x00\x1f\x95\xa0", b"\x68\xee\x3c\x80"]
BEGAN_NS = 1_800_000_000 * NS_PER_S


class Camera:
    """25 pictures a second, of two packets each."""

    def __init__(self) -> None:
        self.writer = RtpWriter(96, ssrc=SSRC)
        self.number = 0

    def picture(self) -> bytes:
        key = self.number == 0
        nal = (b"\x65" if key else b"\x41") + bytes((0x80,)) + bytes(2000)
        raw: bytes = self.writer.interleaved(h264_payloads([*SETS, nal] if key else [nal], 1388), self.timestamp, 0)
        self.number += 1
        return raw

    @property
    def timestamp(self) -> int:
        return self.number * FRAME_90K

    def report(self) -> bytes:
        """As sent now, between two pictures, by a clock that is right."""
        packet = sender_report(SSRC, BEGAN_NS + self.timestamp * NS_PER_S // 90_000, self.timestamp, 1, 1, "camera")
        return b"$\x01" + len(packet).to_bytes(2, "big") + packet


def read(pictures_at_once: int) -> tuple[CollectingSink, MediaRun]:
    """Ten seconds read in batches, each at the moment its last picture comes; a report after every seventh picture."""
    clock, sink, camera = ManualClock(BEGAN_NS, 1), CollectingSink(), Camera()
    run = MediaRun(sink, clock, StreamCounters(), lambda: None, batched=True)
    feed = run.add(StreamFormat("h264", 96, 90_000), 0)
    ingest = InterleavedIngest(lambda message: None)
    ingest.add(0, feed.receiver, 1, feed.on_rtcp)
    waiting = b""
    for number in range(250):
        waiting += camera.picture()
        if number % pictures_at_once == pictures_at_once - 1:
            buf = bytearray(waiting)
            assert ingest.feed(buf, memoryview(buf), 0, len(buf)) == len(buf)
            run.batch_over()
            waiting = b""
        if number % 7 == 6:
            waiting += camera.report()
        clock.advance(NS_PER_S // 25)
    return sink, run


@pytest.mark.parametrize("pictures_at_once", [1, 5])
def test_a_report_in_the_middle_of_a_batch_came_before_the_pictures_behind_it(pictures_at_once: int) -> None:
    sink, _ = read(pictures_at_once)
    offsets_ms = [(report.camera_ns - report.arrival_ns) // 1_000_000 for report in sink.reports]
    assert len(offsets_ms) > 30
    assert max(offsets_ms) - min(offsets_ms) <= 40, "a clock that is right does not wander with the size of reads"


def test_jitter_is_measured_on_what_came_just_now() -> None:
    _, run = read(5)
    [feed] = run.feeds
    block = feed.stats.block(SSRC, 0, 500, 500, 1)
    assert block.jitter < FRAME_90K // 10


def test_every_picture_is_delivered_whatever_is_read_at_once() -> None:
    assert [unit.data for unit in read(1)[0].units] == [unit.data for unit in read(5)[0].units]
