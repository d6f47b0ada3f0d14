"""Making RTP payloads: H.264 (RFC 6184), H.265 (RFC 7798), AAC (RFC 3640), and packets around them.

Two steps, so that a looping source can keep the first one's result: `*_payloads` cut a unit into payloads once, and an
`RtpWriter` puts headers with sequence number and timestamp before them each time.

    payloads = h264_payloads(nal_units, mtu=1400)
    writer = RtpWriter(payload_type=96, ssrc=0x1234)
    transport.write(writer.interleaved(payloads, timestamp_90k & 0xFFFFFFFF, channel=0))
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

DEFAULT_MTU = 1400  # payload bytes in one packet

_HEADER = struct.Struct(">BBHII")
_INTERLEAVED_HEADER = struct.Struct(">BBHBBHII")


def h264_payloads(nal_units: Iterable[bytes], mtu: int = DEFAULT_MTU, *, aggregate: bool = False) -> list[bytes]:
    """One access unit's payloads: single NAL unit packets and FU-A (RFC 6184 5.6, 5.8); with `aggregate` STAP-A (5.7.1).

    The NAL units are without start code or length, at least one byte each; empty ones are passed over.
    """
    out: list[bytes] = []
    waiting: list[bytes] = []
    for nal in nal_units:
        if not nal:
            continue
        if aggregate and 3 + sum(2 + len(other) for other in (*waiting, nal)) <= mtu:
            waiting.append(nal)
            continue
        out.extend(_h264_aggregate(waiting))
        waiting = []
        if len(nal) <= mtu:
            out.append(nal)
            continue
        indicator, kind = (nal[0] & 0xE0) | 28, nal[0] & 0x1F
        for start in range(1, len(nal), mtu - 2):
            stop = min(len(nal), start + mtu - 2)
            flags = (0x80 if start == 1 else 0) | (0x40 if stop == len(nal) else 0)
            out.append(bytes((indicator, flags | kind)) + nal[start:stop])
    out.extend(_h264_aggregate(waiting))
    return out


def _h264_aggregate(nal_units: list[bytes]) -> list[bytes]:
    if len(nal_units) < 2:
        return nal_units
    # The aggregate's F is the OR, its NRI the highest of its parts (RFC 6184 5.7.1).
    forbidden = 0x80 if any(nal[0] & 0x80 for nal in nal_units) else 0
    head = forbidden | max(nal[0] & 0x60 for nal in nal_units) | 24
    return [bytes((head,)) + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nal_units)]


def h265_payloads(nal_units: Iterable[bytes], mtu: int = DEFAULT_MTU, *, aggregate: bool = False) -> list[bytes]:
    """The same for H.265: single NAL unit packets and FU (RFC 7798 4.4.1, 4.4.3); with `aggregate` AP (4.4.2)."""
    out: list[bytes] = []
    waiting: list[bytes] = []
    for nal in nal_units:
        if len(nal) < 2:
            continue
        if aggregate and 4 + sum(2 + len(other) for other in (*waiting, nal)) <= mtu:
            waiting.append(nal)
            continue
        out.extend(_h265_aggregate(waiting))
        waiting = []
        if len(nal) <= mtu:
            out.append(nal)
            continue
        head, kind = bytes(((nal[0] & 0x81) | 49 << 1, nal[1])), nal[0] >> 1 & 0x3F
        for start in range(2, len(nal), mtu - 3):
            stop = min(len(nal), start + mtu - 3)
            flags = (0x80 if start == 2 else 0) | (0x40 if stop == len(nal) else 0)
            out.append(head + bytes((flags | kind,)) + nal[start:stop])
    out.extend(_h265_aggregate(waiting))
    return out


def _h265_aggregate(nal_units: list[bytes]) -> list[bytes]:
    if len(nal_units) < 2:
        return nal_units
    # F is the OR, layer and temporal id the lowest of the parts (RFC 7798 4.4.2).
    forbidden = 0x80 if any(nal[0] & 0x80 for nal in nal_units) else 0
    layer = min((nal[0] & 1) << 5 | nal[1] >> 3 for nal in nal_units)
    temporal = min(nal[1] & 7 for nal in nal_units)
    head = bytes((forbidden | 48 << 1 | layer >> 5, (layer & 31) << 3 | temporal))
    return [head + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nal_units)]


def aac_payloads(frames: Sequence[bytes], mtu: int = DEFAULT_MTU) -> list[bytes]:
    """AAC-hbr payloads (RFC 3640 3.3.6): several whole frames, or one fragment of a frame.

    Frames follow each other without a hole, at most 8191 bytes each (ValueError). A packet of several frames bears the
    timestamp of its first, so give the frames of one packet at a time when timestamps matter.
    """
    out: list[bytes] = []
    waiting: list[bytes] = []
    for frame in frames:
        if len(frame) > 0x1FFF:
            raise ValueError(f"an AAC frame of {len(frame)} bytes: 13 bits hold 8191")
        if 2 + sum(2 + len(other) for other in (*waiting, frame)) <= mtu:
            waiting.append(frame)
            continue
        if waiting:
            out.append(_aac_payload(waiting))
            waiting = []
        if 4 + len(frame) <= mtu:
            waiting = [frame]
            continue
        header = b"\x00\x10" + (len(frame) << 3).to_bytes(2, "big")  # each fragment gives the whole size
        out.extend(header + frame[start : start + mtu - 4] for start in range(0, len(frame), mtu - 4))
    if waiting:
        out.append(_aac_payload(waiting))
    return out


def _aac_payload(frames: list[bytes]) -> bytes:
    headers = b"".join((len(frame) << 3).to_bytes(2, "big") for frame in frames)
    return (16 * len(frames)).to_bytes(2, "big") + headers + b"".join(frames)


class RtpWriter:
    """Headers for one synchronisation source (RFC 3550 5.1); counts what a sender report needs."""

    def __init__(self, payload_type: int, ssrc: int, sequence: int = 0) -> None:
        self.payload_type = payload_type
        self.ssrc = ssrc
        self.sequence = sequence & 0xFFFF
        self.packets_sent = 0
        self.octets_sent = 0

    def packets(self, payloads: Sequence[bytes], timestamp: int, *, marker: bool = True) -> list[bytes]:
        """One packet a payload, all with `timestamp` (32 bits); the marker on the last one when `marker`."""
        out = []
        for second, payload in zip(self._second_bytes(len(payloads), marker), payloads, strict=True):
            out.append(_HEADER.pack(0x80, second, self.sequence, timestamp, self.ssrc) + payload)
            self._count(payload)
        return out

    def interleaved(self, payloads: Sequence[bytes], timestamp: int, channel: int, *, marker: bool = True) -> bytes:
        """The same packets as `$` frames in one string of bytes (RFC 2326 10.12)."""
        out: list[bytes] = []
        for second, payload in zip(self._second_bytes(len(payloads), marker), payloads, strict=True):
            length = 12 + len(payload)
            out.append(
                _INTERLEAVED_HEADER.pack(0x24, channel, length, 0x80, second, self.sequence, timestamp, self.ssrc)
            )
            out.append(payload)
            self._count(payload)
        return b"".join(out)

    def _second_bytes(self, count: int, marker: bool) -> list[int]:
        seconds = [self.payload_type] * count
        if marker and count:
            seconds[-1] |= 0x80
        return seconds

    def _count(self, payload: bytes) -> None:
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.packets_sent += 1
        self.octets_sent += len(payload)
