"""RTCP (RFC 3550 section 6): reading compound packets, writing receiver and sender reports."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from mingjian.kernel.ntp import ns_to_ntp, ntp_to_ns

_NS = 1_000_000_000
_MAX_PACKETS = 64


@dataclass(frozen=True, slots=True)
class RtcpSenderReport:
    """6.4.1. `ntp_ns` is UTC nanoseconds since 1970; `ntp_middle` the middle 32 bits for LSR; None when the sender has no clock."""

    ssrc: int
    ntp_ns: int | None
    ntp_middle: int
    rtp_timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class RtcpGoodbye:
    """6.6."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """6.4.1: what a receiver says about one sender. `fraction_lost` in 1/256, `jitter` in timestamp units."""

    ssrc: int
    fraction_lost: int
    cumulative_lost: int
    highest_sequence: int
    jitter: int
    last_report: int = 0
    since_last_report: int = 0  # 1/65536 s


@dataclass(frozen=True, slots=True)
class RtcpReceiverReport:
    """6.4.2."""

    ssrc: int
    blocks: tuple[ReportBlock, ...]


RtcpPacket = RtcpSenderReport | RtcpReceiverReport | RtcpGoodbye


def parse_rtcp(raw: bytes) -> list[RtcpPacket]:
    """The reports and goodbyes of a compound packet. What is malformed or of another kind is left out; never raises."""
    out: list[RtcpPacket] = []
    position = 0
    for _ in range(_MAX_PACKETS):
        if position + 4 > len(raw) or raw[position] >> 6 != 2:
            break
        count, kind = raw[position] & 31, raw[position + 1]
        stop = position + 4 + 4 * int.from_bytes(raw[position + 2 : position + 4], "big")
        if stop > len(raw):
            break
        packet = _parse_one(kind, count, raw[position + 4 : stop])
        if packet is not None:
            out.append(packet)
        position = stop
    return out


def _parse_one(kind: int, count: int, body: bytes) -> RtcpPacket | None:
    if kind == 200 and len(body) >= 24:
        ssrc, seconds, fraction, timestamp, packets, octets = struct.unpack_from(">6I", body)
        middle = (seconds & 0xFFFF) << 16 | fraction >> 16
        ntp_ns = ntp_to_ns(seconds, fraction) if seconds or fraction else None
        return RtcpSenderReport(ssrc, ntp_ns, middle, timestamp, packets, octets)
    if kind == 201 and len(body) >= 4 + 24 * count:
        blocks = tuple(_parse_block(body, 4 + 24 * index) for index in range(count))
        return RtcpReceiverReport(int.from_bytes(body[:4], "big"), blocks)
    if kind == 203 and len(body) >= 4 * count:
        return RtcpGoodbye(struct.unpack_from(f">{count}I", body))
    return None


def _parse_block(body: bytes, offset: int) -> ReportBlock:
    ssrc, loss, highest, jitter, last, since = struct.unpack_from(">6I", body, offset)
    lost = loss & 0xFF_FFFF
    return ReportBlock(ssrc, loss >> 24, lost - (1 << 24) if lost & 0x80_0000 else lost, highest, jitter, last, since)


def receiver_report(ssrc: int, blocks: tuple[ReportBlock, ...], cname: str) -> bytes:
    """A compound packet of RR and SDES CNAME (6.1, 6.4.2, 6.5.1). At most 31 blocks."""
    body = b"".join(
        struct.pack(
            ">6I",
            block.ssrc,
            (block.fraction_lost & 0xFF) << 24 | (max(-0x80_0000, min(block.cumulative_lost, 0x7F_FFFF)) & 0xFF_FFFF),
            block.highest_sequence & 0xFFFF_FFFF,
            block.jitter & 0xFFFF_FFFF,
            block.last_report,
            block.since_last_report & 0xFFFF_FFFF,
        )
        for block in blocks[:31]
    )
    head = struct.pack(">BBHI", 0x80 | len(blocks[:31]), 201, 1 + len(body) // 4, ssrc)
    return head + body + _source_description(ssrc, cname)


def sender_report(ssrc: int, now_ns: int, rtp_timestamp: int, packets: int, octets: int, cname: str) -> bytes:
    """A compound packet of SR and SDES CNAME (6.4.1)."""
    seconds, fraction = ns_to_ntp(now_ns)
    values = (seconds, fraction, rtp_timestamp & 0xFFFF_FFFF, packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF)
    return struct.pack(">BBH6I", 0x80, 200, 6, ssrc, *values) + _source_description(ssrc, cname)


def _source_description(ssrc: int, cname: str) -> bytes:
    name = cname.encode()[:255]
    chunk = struct.pack(">IBB", ssrc, 1, len(name)) + name + b"\x00"
    chunk += bytes(-len(chunk) % 4)
    return struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk


class ReceptionStats:
    """What our receiver reports say about one sender (6.4.1, A.3, A.8). Times are monotonic nanoseconds."""

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._jitter_16 = 0  # jitter times 16, as in A.8
        self._transit: int | None = None
        self._last_expected = 0
        self._last_received = 0
        self._report_middle = 0
        self._report_mono_ns = 0

    def unit(self, timestamp: int, mono_ns: int) -> None:
        """A unit came. Deviation: once a unit, not once a packet; the packets of one picture share a timestamp."""
        transit = mono_ns * self._clock_rate // _NS - timestamp
        if self._transit is not None:
            delta = abs((transit - self._transit + 0x8000_0000) % (1 << 32) - 0x8000_0000)
            self._jitter_16 += delta - ((self._jitter_16 + 8) >> 4)
        self._transit = transit

    def sender_report(self, ntp_middle: int, mono_ns: int) -> None:
        """A sender report came."""
        self._report_middle, self._report_mono_ns = ntp_middle, mono_ns

    def block(self, ssrc: int, first: int, highest: int, received: int, mono_ns: int) -> ReportBlock:
        """The block for now. `highest` is extended by cycles, `first` the first sequence number, `received` packets so far."""
        expected = max(0, highest - first + 1)
        new_expected, new_received = expected - self._last_expected, received - self._last_received
        self._last_expected, self._last_received = expected, received
        lost = new_expected - new_received
        fraction = min(255, lost * 256 // new_expected) if new_expected > 0 and lost > 0 else 0
        since = (mono_ns - self._report_mono_ns) * 65536 // _NS if self._report_middle else 0
        return ReportBlock(
            ssrc, fraction, expected - received, highest, self._jitter_16 >> 4, self._report_middle, since
        )
