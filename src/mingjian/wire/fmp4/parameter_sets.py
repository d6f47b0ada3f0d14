"""What sample entries need from H.264 and H.265 sequence parameter sets: profile, level, chroma and bit depth.

ITU-T H.264 7.3.2.1.1 and H.265 7.3.2.2.1; only the fields in front of what we need are read.
"""

from __future__ import annotations

from dataclasses import dataclass

_H264_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


class _Bits:
    """Bits of a NAL unit's payload, emulation prevention bytes taken out (H.264 7.3.1)."""

    def __init__(self, nal: bytes) -> None:
        raw = bytes(nal).replace(b"\x00\x00\x03", b"\x00\x00")
        self._value = int.from_bytes(raw, "big")
        self._left = len(raw) * 8

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the parameter set is cut short")
        return self._value >> self._left & ((1 << count) - 1)

    def ue(self) -> int:
        """Exp-Golomb (H.264 9.1)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("an Exp-Golomb code is too long")
        return (1 << zeros) - 1 + self.read(zeros)


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Chroma format (1 = 4:2:0) and bits per sample."""

    chroma: int = 1
    luma_bits: int = 8
    chroma_bits: int = 8


@dataclass(frozen=True, slots=True)
class HevcProfile:
    """general_profile_tier_level of an SPS, the 12 bytes as they stand, and what follows from it."""

    ptl: bytes
    sub_layers: int
    nested: bool
    picture: PictureFormat


def avc_profile(sps: bytes) -> bytes:
    """profile_idc, constraint flags, level_idc. Raises ValueError when the SPS is too short."""
    if len(sps) < 4:
        raise ValueError("the H.264 SPS is cut short")
    return bytes(sps[1:4])


def avc_picture(sps: bytes) -> PictureFormat | None:
    """Chroma and depth as far as the profile can say them, None for profiles that are 4:2:0 with 8 bits."""
    if sps[1] not in _H264_WITH_CHROMA:
        return None
    bits = _Bits(sps[4:64])
    bits.ue()  # seq_parameter_set_id
    chroma = bits.ue()
    if chroma == 3:
        bits.read(1)  # separate_colour_plane_flag
    return PictureFormat(chroma, 8 + bits.ue(), 8 + bits.ue())


def hevc_profile(sps: bytes) -> HevcProfile:
    """Profile, tier, level, layers, chroma and depth. Raises ValueError when the SPS is broken."""
    bits = _Bits(sps[2:256])
    bits.read(4)  # sps_video_parameter_set_id
    sub_layers = bits.read(3)
    nested = bool(bits.read(1))
    ptl = bits.read(96).to_bytes(12, "big")
    present = [(bits.read(1), bits.read(1)) for _ in range(sub_layers)]
    if sub_layers:
        bits.read(2 * (8 - sub_layers))
    for profile, level in present:
        bits.read(88 * profile + 8 * level)
    bits.ue()  # sps_seq_parameter_set_id
    chroma = bits.ue()
    if chroma == 3:
        bits.read(1)
    bits.ue()  # pic_width_in_luma_samples
    bits.ue()  # pic_height_in_luma_samples
    if bits.read(1):  # conformance_window_flag
        for _ in range(4):
            bits.ue()
    return HevcProfile(ptl, sub_layers + 1, nested, PictureFormat(chroma, 8 + bits.ue(), 8 + bits.ue()))
