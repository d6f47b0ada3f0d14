"""G.711 as FLAC: browsers play FLAC in MP4, not G.711. Lossless, without delay, without an encoder. Pure.

Each packet becomes one FLAC frame of a verbatim subframe: the 16-bit samples as they are (RFC 9639 sections 8.2, 9.1 and
9.2.4; ITU-T G.711 tables 1 and 2 by their usual arithmetic).
"""

from __future__ import annotations

import struct

MIN_BLOCK, MAX_BLOCK = 16, 65_535
STREAMINFO_BYTES = 34
_RATE_CODES = {8_000: 4, 16_000: 5, 22_050: 6, 24_000: 7, 32_000: 8, 44_100: 9, 48_000: 10, 96_000: 11}


def streaminfo(rate: int, channels: int) -> bytes:
    """The STREAMINFO block's content (8.2): 16-bit samples, block size free, length and checksum unknown."""
    packed = rate << 44 | (channels - 1) << 41 | 15 << 36
    return struct.pack(">HH6xQ16x", MIN_BLOCK, MAX_BLOCK, packed)


class G711ToFlac:
    """Turns G.711 packets into FLAC frames. `law` is "pcma" or "pcmu"; samples of channels are interleaved."""

    def __init__(self, law: str, rate: int, channels: int) -> None:
        self._high, self._low = _A_LAW if law == "pcma" else _U_LAW
        self._rate_code = _RATE_CODES.get(rate, 0)
        self._channels = max(1, channels)

    def frame(self, data: bytes | bytearray, number: int) -> bytes:
        """One FLAC frame of the samples in `data`; `number` is the first one's number in the stream.

        Raises ValueError unless there are 16 to 65,535 samples a channel and at most 8 channels.
        """
        block = len(data) // self._channels
        if not MIN_BLOCK <= block <= MAX_BLOCK or self._channels > 8:
            raise ValueError(f"{block} samples of {self._channels} channels make no FLAC frame")
        # 9.1.1 sync code and variable block size; 16-bit block size follows; 16 bits a sample
        head = struct.pack(">HBB", 0xFFF9, 7 << 4 | self._rate_code, (self._channels - 1) << 4 | 4 << 1)
        head += _coded_number(number & ((1 << 36) - 1)) + struct.pack(">H", block - 1)
        body = [head, bytes((_crc8(head),))]
        for channel in range(self._channels):
            samples = bytes(data[channel : block * self._channels : self._channels])
            pcm = bytearray(2 * block)
            pcm[0::2] = samples.translate(self._high)
            pcm[1::2] = samples.translate(self._low)
            body += [b"\x02", bytes(pcm)]  # 9.2.1: verbatim, no wasted bits
        frame = b"".join(body)
        return frame + struct.pack(">H", _crc16(frame))


def _a_law(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << exponent - 1
    return value if code & 0x80 else -value


def _u_law(code: int) -> int:
    code = ~code & 0xFF
    value = (((code & 15) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return -value if code & 0x80 else value


def _tables(values: list[int]) -> tuple[bytes, bytes]:
    """High and low bytes of each code's sample, for bytes.translate."""
    return bytes(value >> 8 & 0xFF for value in values), bytes(value & 0xFF for value in values)


def _crc_table(polynomial: int, bits: int) -> list[int]:
    top, mask = 1 << bits - 1, (1 << bits) - 1
    table: list[int] = []
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        table.append(value)
    return table


_A_LAW = _tables([_a_law(code) for code in range(256)])
_U_LAW = _tables([_u_law(code) for code in range(256)])
_CRC8 = _crc_table(0x07, 8)
_CRC16 = _crc_table(0x8005, 16)


def _crc8(data: bytes) -> int:
    """9.1.8."""
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def _crc16(data: bytes) -> int:
    """9.3."""
    value, table = 0, _CRC16
    for byte in data:
        value = (value << 8 & 0xFF00) ^ table[value >> 8 ^ byte]
    return value


def _coded_number(number: int) -> bytes:
    """9.1.5: like UTF-8, up to 36 bits."""
    if number < 0x80:
        return bytes((number,))
    tail: list[int] = []
    length = 2
    while length < 7 and number >> 5 * length + 1:
        length += 1
    for _ in range(length - 1):
        tail.append(0x80 | number & 0x3F)
        number >>= 6
    lead = (0xFF << 8 - length & 0xFF) | number
    return bytes((lead, *reversed(tail)))
