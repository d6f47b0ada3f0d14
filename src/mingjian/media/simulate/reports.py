"""RTCP sender reports with a name: how a camera tells its own clock (RFC 3550 6.4.1, 6.5.1)."""

from __future__ import annotations

import struct

from mingjian.kernel.clock import NS_PER_S

_NTP_EPOCH_S = 2_208_988_800  # 1900 to 1970


def sender_report(ssrc: int, camera_ns: int, timestamp: int, packets: int, octets: int) -> bytes:
    """A compound of SR and SDES CNAME. `camera_ns` is the camera's clock, UTC; `timestamp` the same instant in RTP."""
    second, rest_ns = divmod(camera_ns, NS_PER_S)
    fraction = (rest_ns << 32) // NS_PER_S
    report = struct.pack(
        ">BBHIIIIII",
        0x80,
        200,
        6,
        ssrc,
        (second + _NTP_EPOCH_S) & 0xFFFFFFFF,
        fraction,
        timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    name = b"mingjian-farm"
    chunk = struct.pack(">IBB", ssrc, 1, len(name)) + name
    chunk += bytes(4 - len(chunk) % 4)
    return report + struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk
