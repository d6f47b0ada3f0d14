"""Audio out of RTP: AAC (RFC 3640, modes AAC-hbr and AAC-lbr) and G.711 (RFC 3551 4.5.14)."""

from __future__ import annotations

from mingjian.wire.rtp.receiver import RtpReceiver, UnitHandler

AAC_FRAME_SAMPLES = 1024
_MAX_FRAMES_IN_PACKET = 64
_MAX_FRAME = 64 * 1024


class G711Receiver(RtpReceiver):
    """Each packet is one unit."""

    def _payload(
        self, buf: bytearray | bytes, view: memoryview, start: int, stop: int, timestamp: int, marker: bool, gap: bool
    ) -> None:
        self.damaged_units += gap
        if stop > start:
            self.on_unit(timestamp, bytes(view[start:stop]), True, gap)


class AacReceiver(RtpReceiver):
    """Each AAC frame is one unit; the field widths are those of the SDP (RFC 3640 4.1), in bits."""

    def __init__(
        self,
        payload_type: int,
        channel: int,
        on_unit: UnitHandler,
        *,
        size_length: int = 13,
        index_length: int = 3,
        index_delta_length: int = 3,
    ) -> None:
        super().__init__(payload_type, channel, on_unit)
        self._size_length = size_length
        self._index_length = index_length
        self._index_delta_length = index_delta_length
        self._fragment = bytearray()
        self._fragment_size = 0
        self._fragment_timestamp = -1
        self._damaged = False

    def _payload(
        self, buf: bytearray | bytes, view: memoryview, start: int, stop: int, timestamp: int, marker: bool, gap: bool
    ) -> None:
        if gap:
            self._damaged = True
            self._fragment.clear()
        sizes = self._sizes(view, start, stop)
        if sizes is None:
            self.odd_packets += 1
            return
        header_bits = buf[start] << 8 | buf[start + 1]
        at = start + 2 + (header_bits + 7) // 8
        if len(sizes) == 1 and at + sizes[0] > stop:
            self._take_fragment(view, at, stop, sizes[0], timestamp)
            return
        self._fragment.clear()
        for number, size in enumerate(sizes):
            if at + size > stop:
                self.odd_packets += 1
                self._damaged = True
                return
            self._deliver((timestamp + number * AAC_FRAME_SAMPLES) & 0xFFFFFFFF, bytes(view[at : at + size]))
            at += size

    def _take_fragment(self, view: memoryview, start: int, stop: int, size: int, timestamp: int) -> None:
        # Every fragment repeats the header with the whole frame's size (RFC 3640 3.2.3.1).
        if timestamp != self._fragment_timestamp or size != self._fragment_size:
            self._fragment.clear()
        self._fragment_timestamp, self._fragment_size = timestamp, size
        self._fragment += view[start:stop]
        if len(self._fragment) >= size:
            frame = bytes(self._fragment[:size])
            self._fragment.clear()
            self._deliver(timestamp, frame)

    def _deliver(self, timestamp: int, frame: bytes) -> None:
        damaged, self._damaged = self._damaged, False
        self.damaged_units += damaged
        if frame:
            self.on_unit(timestamp, frame, True, damaged)

    def _sizes(self, view: memoryview, start: int, stop: int) -> list[int] | None:
        """Frame sizes from the AU headers section (RFC 3640 3.2.1), None when it does not fit."""
        if stop - start < 2:
            return None
        bits = view[start] << 8 | view[start + 1]
        if start + 2 + (bits + 7) // 8 > stop:
            return None
        value = int.from_bytes(view[start + 2 : start + 2 + (bits + 7) // 8], "big") >> (-bits % 8)
        sizes: list[int] = []
        left = bits
        while left > 0:
            index_bits = self._index_delta_length if sizes else self._index_length
            left -= self._size_length + index_bits
            if left < 0 or len(sizes) >= _MAX_FRAMES_IN_PACKET:
                return None
            size = value >> (left + index_bits) & ((1 << self._size_length) - 1)
            if size > _MAX_FRAME:
                return None
            sizes.append(size)
        return sizes or None
