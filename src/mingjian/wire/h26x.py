"""What sources and sample entries need to know of H.264 and H.265 NAL units: how to part them, what their SPS declares.

ITU-T H.264 (08/2021) clauses 7.3.2.1.1, E.1.1 and annex B; ITU-T H.265 (08/2021) clauses 7.3.2.2, 7.3.7, E.2.1.
Readers raise ValueError for a broken NAL unit; `video_info` gives None instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_H264_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MAX_SIDE = 16384


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Declared by an SPS. Sizes are those shown, in pixels; `fps_milli` is frames per 1000 s, 0 when not declared.

    `reorder_depth` is how many pictures may precede one in decoding order and follow it in output order: 0 without
    B-frames; when an H.264 SPS does not say, 0 for profiles that cannot reorder, else None.
    """

    width: int
    height: int
    fps_milli: int
    profile: str
    reorder_depth: int | None


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Chroma format (1 = 4:2:0) and bits per sample."""

    chroma: int = 1
    luma_bits: int = 8
    chroma_bits: int = 8


@dataclass(frozen=True, slots=True)
class HevcProfile:
    """general_profile_tier_level of an SPS, the 12 bytes as they stand, and what a sample entry says beside it."""

    ptl: bytes
    sub_layers: int
    nested: bool
    picture: PictureFormat


class _Bits:
    """Bits of a NAL unit's payload, emulation prevention bytes taken out (H.264 7.3.1, H.265 7.3.1.1)."""

    def __init__(self, raw: bytes) -> None:
        raw = raw.replace(b"\x00\x00\x03", b"\x00\x00")
        self._value = int.from_bytes(raw, "big")
        self._left = len(raw) * 8

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the NAL unit is cut short")
        return self._value >> self._left & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.read(1) == 1

    def ue(self) -> int:
        """Exp-Golomb (H.264 9.1)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("an Exp-Golomb code is too long")
        return (1 << zeros) - 1 + self.read(zeros)

    def se(self) -> int:
        """Signed Exp-Golomb (H.264 9.1.1)."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def split_annex_b(raw: bytes) -> list[bytes]:
    """NAL units between start codes (annex B); one unit when there is no start code. Empty ones are left out."""
    if b"\x00\x00\x01" not in raw:
        return [raw] if raw else []
    return [part.rstrip(b"\x00") for part in raw.split(b"\x00\x00\x01") if part.rstrip(b"\x00")]


def split_length_prefixed(raw: bytes | bytearray) -> list[bytes]:
    """NAL units behind 4-byte lengths. Raises ValueError when a length does not fit."""
    out = []
    position = 0
    while position < len(raw):
        size = int.from_bytes(raw[position : position + 4], "big")
        position += 4
        if position + size > len(raw):
            raise ValueError(f"a NAL unit of {size} bytes at {position} of {len(raw)}")
        out.append(bytes(raw[position : position + size]))
        position += size
    return out


def join_length_prefixed(nal_units: Iterable[bytes]) -> bytes:
    """NAL units with 4-byte lengths: what an AccessUnit carries."""
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nal_units)


def h264_set_key(nal: bytes) -> tuple[int, int] | None:
    """(NAL unit type, id) of an SPS or PPS; None for anything else or a broken one."""
    kind = nal[0] & 31 if nal else 0
    try:
        if kind == 7:
            return kind, _bounded(_Bits(nal[4:16]).ue(), 31)
        if kind == 8:
            return kind, _bounded(_Bits(nal[1:16]).ue(), 255)
    except ValueError:
        pass
    return None


def h265_set_key(nal: bytes) -> tuple[int, int] | None:
    """(NAL unit type, id) of a VPS, SPS or PPS; None for anything else or a broken one."""
    kind = nal[0] >> 1 & 63 if len(nal) > 2 else 0
    try:
        if kind == 32:
            return kind, nal[2] >> 4
        if kind == 33:
            bits = _Bits(nal[2:128])
            _h265_profile(bits)
            return kind, _bounded(bits.ue(), 15)
        if kind == 34:
            return kind, _bounded(_Bits(nal[2:16]).ue(), 63)
    except ValueError:
        pass
    return None


def video_info(codec: str, config: Iterable[bytes]) -> VideoInfo | None:
    """What the first readable SPS of a track's parameter sets declares; `codec` is h264 or h265."""
    for nal in config:
        try:
            if codec == "h264" and nal[0] & 31 == 7:
                return h264_info(nal)
            if codec == "h265" and nal[0] >> 1 & 63 == 33:
                return h265_info(nal)
        except (ValueError, IndexError):
            continue
    return None


def h264_info(sps: bytes) -> VideoInfo:
    """Read an H.264 SPS."""
    profile_idc, constraints, level = sps[1], sps[2], sps[3]
    bits = _Bits(sps[4:])
    bits.ue()  # seq_parameter_set_id
    chroma = 1
    if profile_idc in _H264_WITH_CHROMA:
        chroma = _h264_picture(bits).chroma
        _h264_scaling(bits, 12 if chroma == 3 else 8)
    bits.ue()  # log2_max_frame_num_minus4
    _h264_order_count(bits)
    bits.ue()  # max_num_ref_frames
    bits.flag()  # gaps_in_frame_num_value_allowed_flag
    width = 16 * (bits.ue() + 1)
    map_units = bits.ue() + 1
    frame_only = bits.read(1)
    height = 16 * map_units * (2 - frame_only)
    if not frame_only:
        bits.flag()  # mb_adaptive_frame_field_flag
    bits.flag()  # direct_8x8_inference_flag
    if bits.flag():  # frame_cropping_flag, units of table 6-1
        left, right, top, bottom = (bits.ue() for _ in range(4))
        across = 1 if chroma in (0, 3) else 2
        down = (2 if chroma == 1 else 1) * (2 - frame_only)
        width, height = width - across * (left + right), height - down * (top + bottom)
    fps_milli, depth = _h264_vui(bits) if bits.flag() else (0, None)
    # Baseline has no B slices (A.2.1); the intra profiles and constraint_set3 have no reordering at all.
    if depth is None and (profile_idc == 66 or profile_idc == 44 or (constraints & 0x10 and profile_idc >= 100)):
        depth = 0
    width, height = _sides(width, height)
    return VideoInfo(width, height, fps_milli, f"avc1.{profile_idc:02x}{constraints:02x}{level:02x}", depth)


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
    return _h264_picture(bits)


def _h264_picture(bits: _Bits) -> PictureFormat:
    chroma = _bounded(bits.ue(), 3)
    if chroma == 3:
        bits.flag()  # separate_colour_plane_flag
    return PictureFormat(chroma, 8 + _bounded(bits.ue(), 6), 8 + _bounded(bits.ue(), 6))


def _h264_scaling(bits: _Bits, lists: int) -> None:
    bits.flag()  # qpprime_y_zero_transform_bypass_flag
    if bits.flag():  # seq_scaling_matrix_present_flag
        for index in range(lists):
            if bits.flag():
                _h264_scaling_list(bits, 16 if index < 6 else 64)


def _h264_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _h264_order_count(bits: _Bits) -> None:
    kind = bits.ue()  # pic_order_cnt_type
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.flag()
        bits.se()
        bits.se()
        for _ in range(_bounded(bits.ue(), 255)):
            bits.se()


def _h264_vui(bits: _Bits) -> tuple[int, int | None]:
    """(frames per 1000 s, reorder depth): E.1.1."""
    _vui_colour(bits)
    fps_milli = 0
    if bits.flag():  # timing_info_present_flag: a frame is two ticks
        tick, scale = bits.read(32), bits.read(32)
        bits.flag()  # fixed_frame_rate_flag
        fps_milli = _fps_milli(scale, 2 * tick)
    hypothetical = [bits.flag() and _h264_hrd(bits) for _ in range(2)]
    if any(hypothetical):
        bits.flag()  # low_delay_hrd_flag
    bits.flag()  # pic_struct_present_flag
    if not bits.flag():  # bitstream_restriction_flag
        return fps_milli, None
    bits.flag()
    for _ in range(4):
        bits.ue()
    return fps_milli, _bounded(bits.ue(), 16)


def _h264_hrd(bits: _Bits) -> bool:
    count = _bounded(bits.ue(), 31) + 1
    bits.read(8)
    for _ in range(count):
        bits.ue()
        bits.ue()
        bits.flag()
    bits.read(20)
    return True


def _vui_colour(bits: _Bits) -> None:
    """The beginning of the VUI, the same in both standards, up to the chroma location."""
    if bits.flag() and bits.read(8) == 255:  # Extended_SAR
        bits.read(32)
    if bits.flag():  # overscan_info_present_flag
        bits.flag()
    if bits.flag():  # video_signal_type_present_flag
        bits.read(4)
        if bits.flag():
            bits.read(24)
    if bits.flag():  # chroma_loc_info_present_flag
        bits.ue()
        bits.ue()


def h265_info(sps: bytes) -> VideoInfo:
    """Read an H.265 SPS. A broken VUI costs only the frame rate."""
    bits = _Bits(sps[2:])
    ptl, sub_layers, _ = _h265_profile(bits)
    (width, height), _ = _h265_picture(bits)
    order_bits = bits.ue() + 4
    depth = 0
    for _ in range(sub_layers if bits.flag() else 1):
        bits.ue()
        depth = _bounded(bits.ue(), 16)  # sps_max_num_reorder_pics of the highest layer
        bits.ue()
    width, height = _sides(width, height)
    try:
        fps_milli = _h265_fps(bits, order_bits)
    except ValueError:
        fps_milli = 0
    return VideoInfo(width, height, fps_milli, hevc_codec_string(ptl), depth)


def hevc_profile(sps: bytes) -> HevcProfile:
    """Profile, tier, level, layers, chroma and depth. Raises ValueError when the SPS is broken."""
    bits = _Bits(sps[2:256])
    ptl, sub_layers, nested = _h265_profile(bits)
    _, picture = _h265_picture(bits)
    return HevcProfile(ptl, sub_layers, nested, picture)


def hevc_codec_string(ptl: bytes) -> str:
    """ISO/IEC 14496-15 annex E.3: profile space and idc, reversed compatibility, tier and level, constraints."""
    space = ("", "A", "B", "C")[ptl[0] >> 6]
    tier = "H" if ptl[0] & 0x20 else "L"
    compatibility = int(f"{int.from_bytes(ptl[1:5], 'big'):032b}"[::-1], 2)
    constraints = "".join(f".{byte:X}" for byte in ptl[5:11].rstrip(b"\0"))
    return f"hvc1.{space}{ptl[0] & 31}.{compatibility:X}.{tier}{ptl[11]}{constraints}"


def _h265_profile(bits: _Bits) -> tuple[bytes, int, bool]:
    """(the 12 bytes of profile, tier and level; number of sub-layers; nested), with the position at the SPS id."""
    bits.read(4)  # sps_video_parameter_set_id
    sub_layers = bits.read(3)
    nested = bits.flag()
    ptl = bits.read(96).to_bytes(12, "big")
    present = [(bits.read(1), bits.read(1)) for _ in range(sub_layers)]
    if sub_layers:
        bits.read(2 * (8 - sub_layers))
    for has_profile, has_level in present:
        bits.read(88 * has_profile + 8 * has_level)
    return ptl, sub_layers + 1, nested


def _h265_picture(bits: _Bits) -> tuple[tuple[int, int], PictureFormat]:
    """((width, height) as shown, format), from the SPS id to behind the bit depths."""
    bits.ue()  # sps_seq_parameter_set_id
    chroma = _bounded(bits.ue(), 3)
    if chroma == 3:
        bits.flag()
    width, height = bits.ue(), bits.ue()
    if bits.flag():  # conformance_window_flag
        left, right, top, bottom = (bits.ue() for _ in range(4))
        across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
        width, height = width - across * (left + right), height - down * (top + bottom)
    return (width, height), PictureFormat(chroma, 8 + _bounded(bits.ue(), 8), 8 + _bounded(bits.ue(), 8))


def _h265_fps(bits: _Bits, order_bits: int) -> int:
    """Frames per 1000 s from the VUI, 0 when not declared."""
    for _ in range(6):  # coding and transform block sizes and depths
        bits.ue()
    if bits.flag() and bits.flag():  # scaling_list_enabled_flag, sps_scaling_list_data_present_flag
        _h265_scaling_lists(bits)
    bits.read(2)  # amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if bits.flag():  # pcm_enabled_flag
        bits.read(8)
        bits.ue()
        bits.ue()
        bits.flag()
    _h265_reference_sets(bits)
    if bits.flag():  # long_term_ref_pics_present_flag
        for _ in range(_bounded(bits.ue(), 32)):
            bits.read(order_bits)
            bits.flag()
    bits.read(2)  # sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    if not bits.flag():  # vui_parameters_present_flag
        return 0
    _vui_colour(bits)
    bits.read(3)  # neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
    if bits.flag():  # default_display_window_flag
        for _ in range(4):
            bits.ue()
    if not bits.flag():  # vui_timing_info_present_flag
        return 0
    tick = bits.read(32)
    return _fps_milli(bits.read(32), tick)


def _h265_scaling_lists(bits: _Bits) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.flag():
                bits.ue()
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                bits.se()


def _h265_reference_sets(bits: _Bits) -> None:
    """st_ref_pic_set of each index (7.3.7); only the number of pictures matters for what follows."""
    pictures: list[int] = []
    for index in range(_bounded(bits.ue(), 64)):
        if index and bits.flag():  # inter_ref_pic_set_prediction_flag
            bits.flag()
            bits.ue()
            count = 0
            for _ in range(pictures[-1] + 1):
                used = bits.flag()
                count += used or bits.flag()  # use_delta_flag only when not used
            pictures.append(count)
            continue
        negative, positive = _bounded(bits.ue(), 16), _bounded(bits.ue(), 16)
        for _ in range(negative + positive):
            bits.ue()
            bits.flag()
        pictures.append(negative + positive)


def _fps_milli(scale: int, ticks: int) -> int:
    rate = (scale * 1000 + ticks // 2) // ticks if ticks else 0
    return rate if 0 < rate <= 1_000_000 else 0


def _sides(width: int, height: int) -> tuple[int, int]:
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise ValueError(f"a picture of {width}x{height}")
    return width, height


def _bounded(value: int, limit: int) -> int:
    if value > limit:
        raise ValueError(f"{value} is beyond {limit}")
    return value
