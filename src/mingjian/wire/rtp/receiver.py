"""What every depacketizer shares: the RTP header, sequence numbers, counters (RFC 3550 section 5.1, appendix A.1).

A depacketizer is driven with positions in somebody's buffer and copies only payload bytes. `packet` takes any one RTP
packet; `run` takes as many interleaved frames as it can do cheaply and is allowed to take none.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

UnitHandler = Callable[[int, "bytes | bytearray", bool, bool], None]
"""Called with (RTP timestamp of 32 bits, data, keyframe, damaged) for each whole unit, in order."""

MAX_UNIT_BYTES = 16 * 1024 * 1024
_HEADER = struct.Struct(">BBHII")
_MAX_DROPOUT = 3000  # RFC 3550 A.1: a larger jump is a restart, not so many losses


class RtpReceiver:
    """Base of the depacketizers. `expected` is the next sequence number, -1 before the first packet."""

    def __init__(self, payload_type: int, channel: int, on_unit: UnitHandler) -> None:
        self.payload_type = payload_type
        self.on_unit = on_unit
        self.magic = 0x2400 | channel  # "$" and the channel as one number
        self.plain = 0x8000 | payload_type  # version 2, no padding, extension, CSRC or marker
        self.expected = -1
        self.first_sequence = 0
        self.cycles = 0
        self.ssrc = 0
        self.packets = 0
        self.lost_packets = 0
        self.late_packets = 0
        self.odd_packets = 0  # malformed, or of a kind we cannot read
        self.damaged_units = 0
        self._resume_at = -1

    @property
    def extended_highest(self) -> int:
        """Highest sequence number received with its cycles, 32 bits (RFC 3550 6.4.1)."""
        highest = (self.expected - 1) & 0xFFFF
        cycles = self.cycles - 1 if self.expected == 0 and self.cycles else self.cycles
        return cycles << 16 | highest

    def run(self, buf: bytearray, view: memoryview, position: int, end: int) -> int:
        """Take interleaved frames at `position` as long as it is cheap; the position after the last one taken."""
        return position

    def packet(self, buf: bytearray | bytes, view: memoryview, start: int, stop: int) -> None:
        """Take the RTP packet buf[start:stop]; `view` is a view of `buf`. Never raises for what is in it."""
        if stop - start < 12:
            self.odd_packets += 1
            return
        first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(buf, start)
        payload = start + 12
        if first != 0x80:
            payload, stop = _odd_header(buf, first, start, stop)
        if first >> 6 != 2 or payload > stop:
            self.odd_packets += 1
            return
        gap = self._in_sequence(sequence, ssrc)
        if gap is None:
            return
        if second & 0x7F != self.payload_type:
            self.odd_packets += 1
            return
        self._payload(buf, view, payload, stop, timestamp, second & 0x80 != 0, gap)

    def _payload(
        self, buf: bytearray | bytes, view: memoryview, start: int, stop: int, timestamp: int, marker: bool, gap: bool
    ) -> None:
        raise NotImplementedError

    def _in_sequence(self, sequence: int, ssrc: int) -> bool | None:
        """Whether packets are missing before this one; None when it is late or double and must be dropped."""
        expected = self.expected
        if sequence == expected and ssrc == self.ssrc:
            self._advance(sequence)
            return False
        if expected < 0:
            self.first_sequence, self.ssrc = sequence, ssrc
            self._advance(sequence)
            return False
        if ssrc != self.ssrc:  # the sender began anew
            self.ssrc = ssrc
            self._advance(sequence)
            return True
        missing = (sequence - expected) & 0xFFFF
        if missing < _MAX_DROPOUT:
            self.lost_packets += missing
        elif sequence != self._resume_at:
            # Late, double, or the first after a restart: believed when the next one follows it (RFC 3550 A.1).
            self._resume_at = (sequence + 1) & 0xFFFF
            self.late_packets += 1
            return None
        self._advance(sequence)
        return True

    def _advance(self, sequence: int) -> None:
        self.packets += 1
        self._resume_at = -1
        self.expected = (sequence + 1) & 0xFFFF
        if self.expected == 0:
            self.cycles += 1


def _odd_header(buf: bytearray | bytes, first: int, start: int, stop: int) -> tuple[int, int]:
    """Payload bounds with CSRC list, extension and padding (RFC 3550 5.1, 5.3.1); start > stop when it does not fit."""
    payload = start + 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if payload + 4 > stop:
            return stop + 1, stop
        payload += 4 + 4 * (buf[payload + 2] << 8 | buf[payload + 3])
    if first & 0x20 and stop > payload:
        stop -= buf[stop - 1]
    return payload, stop
