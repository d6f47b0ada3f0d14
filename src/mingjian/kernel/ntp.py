"""NTP's timestamp of 32.32 bits and UTC nanoseconds since 1970, in the two eras that matter: 1968 to 2036, 2036 to 2104.

Source: RFC 5905 section 6 (the format), RFC 4330 section 3 (a first bit of zero means the era that begins in 2036).
"""

from __future__ import annotations

NTP_EPOCH_S = 2_208_988_800  # seconds from 1900 to 1970
_NS = 1_000_000_000


def ntp_to_ns(seconds: int, fraction: int) -> int:
    """Seconds since 1900, without their 33rd bit, and fractions of 2**-32 s; rounded down."""
    if not seconds & 0x8000_0000:
        seconds += 1 << 32
    return (seconds - NTP_EPOCH_S) * _NS + (fraction * _NS >> 32)


def ns_to_ntp(ns: int) -> tuple[int, int]:
    """Seconds and fraction of 32 bits each; rounded down."""
    seconds, rest = divmod(ns, _NS)
    return (seconds + NTP_EPOCH_S) & 0xFFFF_FFFF, (rest << 32) // _NS
