"""Cost of the Python part of receiving: ready-made interleaved bytes through `InterleavedIngest` and an H.264 receiver.

usage: ingest_profile.py [SECONDS_OF_VIDEO]   prints JSON

One camera, and a hundred in turn (the processor's cache is too small for them), with reads of about one picture down to one
packet; and the inner loop of a sketch that checks nothing, for one camera. The copy into the buffer is counted.
"""

import json
import random
import sys
import time

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.tracks import MediaRun
from mingjian.ports.media import AccessUnit, SenderReport, SourceStatus, StreamCounters, Track
from mingjian.wire.rtp.formats import StreamFormat
from mingjian.wire.rtp.ingest import InterleavedIngest
from mingjian.wire.rtp.payloads import RtpWriter, h264_payloads

FPS, GOP, BITS_PER_S = 25, 50, 4_000_000


def stream(seconds: int) -> tuple[bytes, int]:
    rng = random.Random(1)
    writer = RtpWriter(96, ssrc=1)
    out = []
    per_gop = BITS_PER_S // 8 * GOP // FPS
    key = per_gop // 6
    delta = (per_gop - key) // (GOP - 1)
    for number in range(seconds * FPS):
        is_key = number % GOP == 0
        nal = (b"\x65" if is_key else b"\x41") + rng.randbytes(key if is_key else delta)
        nals = [b"\x67\x4d\x00\x1f\x95\xa0", b"\x68\xee\x3c\x80", nal] if is_key else [nal]
        out.append(writer.interleaved(h264_payloads(nals, 1388), number * 3600, 0))
    return b"".join(out), writer.packets_sent


class Sink:
    """Counts, and keeps the units of one GOP as a recorder would."""

    def __init__(self) -> None:
        self.units = 0
        self.bytes = 0
        self.gop: list[AccessUnit] = []

    def on_start(self, tracks: tuple[Track, ...], now_ns: int) -> None: ...
    def on_tracks(self, tracks: tuple[Track, ...]) -> None: ...
    def on_sender_report(self, report: SenderReport) -> None: ...
    def on_stop(self, now_ns: int) -> None: ...
    def on_status(self, status: SourceStatus) -> None: ...

    def on_unit(self, unit: AccessUnit) -> None:
        if unit.keyframe:
            self.gop.clear()
        self.gop.append(unit)
        self.units += 1
        self.bytes += len(unit.data)


def ours(raw: bytes, cameras: int, read: int) -> tuple[float, int]:
    """CPU seconds and units of `cameras` connections that take the same bytes in turn, `read` bytes at a time."""
    sinks, ingests, tails = [Sink() for _ in range(cameras)], [], [b""] * cameras
    for sink in sinks:
        run = MediaRun(sink, SystemClock(), StreamCounters(), lambda: None)
        feed = run.add(StreamFormat("h264", 96, 90_000), 0)
        ingest = InterleavedIngest(lambda message: None)
        ingest.add(0, feed.receiver, 1, feed.on_rtcp)
        ingests.append(ingest)
    buf = bytearray(256 * 1024)
    view = memoryview(buf)
    began = time.process_time()
    for start in range(0, len(raw), read):
        chunk = raw[start : start + read]
        for number, ingest in enumerate(ingests):
            tail = tails[number]
            end = len(tail) + len(chunk)
            buf[: len(tail)] = tail
            buf[len(tail) : end] = chunk  # stands for the kernel's copy
            position = ingest.feed(buf, view, 0, end)
            tails[number] = bytes(view[position:end])
    return time.process_time() - began, sum(sink.units for sink in sinks)


def sketch(raw: bytes, read: int) -> float:
    """The loop of the prototype: no checks, no times, no counters."""
    buf, nal, unit, gop = bytearray(), [], [], []
    spent = 0.0
    for start in range(0, len(raw), read):
        chunk = raw[start : start + read]
        began = time.perf_counter()
        buf += chunk
        p, size, mv = 0, len(buf), memoryview(buf)
        while size - p >= 4:
            e = p + 4 + (buf[p + 2] << 8 | buf[p + 3])
            if e > size:
                break
            b = buf[p + 16]
            if b & 31 == 28:
                header = buf[p + 17]
                if header & 0x80:
                    nal = [bytes((b & 0xE0 | header & 31,)), bytes(mv[p + 18 : e])]
                else:
                    nal.append(bytes(mv[p + 18 : e]))
                if header & 0x40:
                    joined = b"".join(nal)
                    unit += [len(joined).to_bytes(4, "big"), joined]
            else:
                unit += [(e - p - 16).to_bytes(4, "big"), bytes(mv[p + 16 : e])]
            if buf[p + 5] & 0x80:
                gop.append(b"".join(unit))
                unit = []
                if len(gop) >= GOP:
                    gop.clear()
            p = e
        mv.release()
        del buf[:p]
        spent += time.perf_counter() - began
    return spent


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    raw, packets = stream(seconds)
    figures = []
    for cameras, read in ((1, 21_000), (100, 21_000), (100, 7_100), (100, 2_900), (100, 1_500)):
        rounds = [ours(raw, cameras, read) for _ in range(3 if cameras > 1 else 9)]
        assert all(units == seconds * FPS * cameras for _, units in rounds)
        spent = min(spent for spent, _ in rounds)
        figures.append(
            {
                "cameras": cameras,
                "read_bytes": read,
                "us_per_packet": round(spent / packets / cameras * 1e6, 3),
                "core_per_camera": round(spent / seconds / cameras, 6),
            }
        )
    theirs = min(sketch(raw, 21_000) for _ in range(9))
    print(json.dumps({"ours": figures, "sketch_us_per_packet": round(theirs / packets * 1e6, 3)}))


if __name__ == "__main__":
    main()
