"""H.265 out of RTP (RFC 7798): single NAL units, AP, FU; with decoding order numbers skipped when the SDP announces them."""

from __future__ import annotations

from mingjian.wire.h26x import h265_set_key
from mingjian.wire.rtp.receiver import UnitHandler
from mingjian.wire.rtp.video import ConfigHandler, VideoReceiver


class H265Receiver(VideoReceiver):
    """See VideoReceiver. `has_donl`: each NAL unit has a decoding order number (RFC 7798 7.1 sprop-max-don-diff > 0)."""

    head_bytes = 3

    def __init__(
        self,
        payload_type: int,
        channel: int,
        config: tuple[bytes, ...],
        on_unit: UnitHandler,
        on_config: ConfigHandler,
        *,
        has_donl: bool = False,
    ) -> None:
        super().__init__(payload_type, channel, config, on_unit, on_config)
        self._donl = 2 if has_donl else 0

    def _begins_slice(self, head: int) -> bytes | None:
        # FU (49) with S and without E (RFC 7798 4.4.3), of a slice; a decoding order number would follow it
        if head & 0x7E00C0 != 0x620080 or head & 63 >= 32 or self._donl:
            return None
        return bytes((head >> 16 & 0x81 | (head & 63) << 1, head >> 8 & 0xFF))

    def _payload(
        self, buf: bytearray | bytes, view: memoryview, start: int, stop: int, timestamp: int, marker: bool, gap: bool
    ) -> None:
        if timestamp != self.timestamp or gap or not self.unit:
            self._open(buf, start, stop, timestamp, gap)
        if stop - start >= 2:
            kind = buf[start] >> 1 & 63
            if kind == 49 and stop - start > 3 + self._donl:
                self._fu(buf, view, start, stop)
            elif kind < 48:
                self._whole_nal(view, start, stop)
            elif kind == 48:
                self._aggregation(buf, view, start + 2, stop)
            else:
                self.odd_packets += 1  # PACI (50) and unknown kinds
        self._close(marker)

    def _whole_nal(self, view: memoryview, start: int, stop: int) -> None:
        if self._donl:
            joined = memoryview(bytes(view[start : start + 2]) + bytes(view[start + 4 : stop]))
            self._single(joined, 0, len(joined))
        else:
            self._single(view, start, stop)

    def _aggregation(self, buf: bytearray | bytes, view: memoryview, start: int, stop: int) -> None:
        if not self._donl:
            self._aggregate(buf, view, start, stop)
            return
        skip = 2  # DONL before the first, one byte of DOND before each other
        while start + skip + 2 <= stop:
            start += skip
            size = buf[start] << 8 | buf[start + 1]
            start += 2
            if start + size > stop:
                self.damaged = True
                return
            self._single(view, start, start + size)
            start += size
            skip = 1

    def _fu(self, buf: bytearray | bytes, view: memoryview, start: int, stop: int) -> None:
        first, second, header = buf[start], buf[start + 1], buf[start + 2]
        content = start + 3
        if header & 0x80:
            content += self._donl
            head = bytes((first & 0x81 | (header & 63) << 1, second))
            self._begin_fragment(head, first << 16 | second << 8 | header & 63)
        elif self.nal_start < 0:
            self.damaged = True
            self._pictures += header & 63 < 32
            return
        self.unit += view[content:stop]
        if header & 0x40:
            self._end_fragment()

    def _is_slice(self, nal_first: int) -> bool:
        return nal_first >> 1 & 63 < 32

    def _is_key(self, nal_first: int) -> bool:
        return 16 <= nal_first >> 1 & 63 <= 21  # BLA, IDR, CRA: ITU-T H.265 table 7-1

    def _is_set(self, nal_first: int) -> bool:
        return nal_first >> 1 & 63 in (32, 33, 34)

    def _set_key(self, nal: bytes | bytearray) -> tuple[int, int] | None:
        return h265_set_key(bytes(nal))

    def _begins_unit(self, buf: bytearray | bytes, start: int, stop: int) -> bool:
        # ITU-T H.265 7.4.2.4.4: delimiter, VPS, SPS, PPS, prefix SEI, or first_slice_segment_in_pic_flag.
        kind, at = self._kind_at(buf, start, stop)
        return kind in (32, 33, 34, 35, 39) or (0 <= kind < 32 and at < stop and buf[at] & 0x80 != 0)

    def _continues_picture(self, buf: bytearray | bytes, start: int, stop: int) -> bool:
        kind, at = self._kind_at(buf, start, stop)
        return 0 <= kind < 32 and at < stop and buf[at] & 0x80 == 0

    def _kind_at(self, buf: bytearray | bytes, start: int, stop: int) -> tuple[int, int]:
        if start + 1 >= stop:
            return -1, start
        kind = buf[start] >> 1 & 63
        if kind == 48 and start + self._donl + 5 < stop:
            return buf[start + self._donl + 4] >> 1 & 63, start + self._donl + 6
        if kind == 49 and start + 2 < stop:
            return (buf[start + 2] & 63 if buf[start + 2] & 0x80 else -1), start + 3 + self._donl
        return kind, start + 2 + self._donl
