"""H.264 out of RTP (RFC 6184): single NAL units, STAP-A, FU-A; the kinds a camera sends in packetization modes 0 and 1."""

from __future__ import annotations

from mingjian.wire.h26x import h264_set_key
from mingjian.wire.rtp.video import VideoReceiver


class H264Receiver(VideoReceiver):
    """See VideoReceiver."""

    head_bytes = 2

    def _begins_slice(self, head: int) -> bytes | None:
        # FU-A (28) with S and without E and R (RFC 6184 5.8), of a slice
        if head & 0x1FE0 != 0x1C80 or not 1 <= head & 31 <= 5:
            return None
        return bytes((head >> 8 & 0xE0 | head & 31,))

    def _payload(
        self, buf: bytearray | bytes, view: memoryview, start: int, stop: int, timestamp: int, marker: bool, gap: bool
    ) -> None:
        if timestamp != self.timestamp or gap or not self.unit:
            self._open(buf, start, stop, timestamp, gap)
        if stop > start:
            kind = buf[start] & 31
            if kind == 28 and stop - start > 2:
                self._fu_a(buf, view, start, stop)
            elif 1 <= kind <= 23:
                self._single(view, start, stop)
            elif kind == 24:
                self._aggregate(buf, view, start + 1, stop)
            elif kind == 0 and buf[start : start + 3] in (b"\x00\x00\x01", b"\x00\x00\x00"):
                self._single(view, start, stop)
            else:
                self.odd_packets += 1
        self._close(marker)

    def _fu_a(self, buf: bytearray | bytes, view: memoryview, start: int, stop: int) -> None:
        indicator, header = buf[start], buf[start + 1]
        if header & 0x80:
            self._begin_fragment(bytes((indicator & 0xE0 | header & 31,)), indicator << 8 | header & 31)
        elif self.nal_start < 0:
            self.damaged = True  # the beginning was lost
            self._pictures += 1 <= header & 31 <= 5
            return
        self.unit += view[start + 2 : stop]
        if header & 0x40:
            self._end_fragment()

    def _is_slice(self, nal_first: int) -> bool:
        return 1 <= nal_first & 31 <= 5

    def _is_key(self, nal_first: int) -> bool:
        return nal_first & 31 == 5

    def _is_set(self, nal_first: int) -> bool:
        return nal_first & 31 in (7, 8)

    def _set_key(self, nal: bytes | bytearray) -> tuple[int, int] | None:
        return h264_set_key(bytes(nal))

    def _begins_unit(self, buf: bytearray | bytes, start: int, stop: int) -> bool:
        # ITU-T H.264 7.4.1.2.3: delimiter, SPS, PPS, SEI, or a slice with first_mb_in_slice 0 (its first bit is 1).
        kind, at = self._kind_at(buf, start, stop)
        return kind in (6, 7, 8, 9) or (1 <= kind <= 5 and at < stop and buf[at] & 0x80 != 0)

    def _continues_picture(self, buf: bytearray | bytes, start: int, stop: int) -> bool:
        kind, at = self._kind_at(buf, start, stop)
        return kind in (1, 5) and at < stop and buf[at] & 0x80 == 0

    @staticmethod
    def _kind_at(buf: bytearray | bytes, start: int, stop: int) -> tuple[int, int]:
        """NAL unit type at the payload's beginning, and where its content begins; -1 in the middle of a fragment."""
        if start >= stop:
            return -1, start
        kind = buf[start] & 31
        if kind == 24 and start + 3 < stop:
            return buf[start + 3] & 31, start + 4
        if kind == 28 and start + 1 < stop:
            return (buf[start + 1] & 31 if buf[start + 1] & 0x80 else -1), start + 2
        return kind, start + 1
