"""Sample entries (`stsd`) and RFC 6381 codec strings of the codecs we record.

avc1/avcC and hvc1/hvcC: ISO/IEC 14496-15; mp4a/esds: ISO/IEC 14496-14 and 14496-1 7.2.6; alaw and ulaw: the QuickTime
File Format's sound entries, which ffmpeg and VLC read in MP4 as well; fLaC/dfLa: xiph.org's encapsulation of FLAC.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from mingjian.wire.fmp4.box import box, full_box
from mingjian.wire.h26x import avc_picture, avc_profile, hevc_codec_string, hevc_profile

VIDEO_CODECS = ("h264", "h265")


@dataclass(frozen=True, slots=True)
class TrackSpec:
    """One track of a file. `codec` is h264, h265, aac, pcma, pcmu or flac; `config` as in ports.media.Track.

    `timescale` is 90000 for video and the sampling rate for audio.
    """

    track_id: int
    codec: str
    timescale: int
    config: tuple[bytes, ...] = ()
    channels: int = 0
    width: int = 0
    height: int = 0

    @property
    def is_video(self) -> bool:
        """Whether it is a picture track."""
        return self.codec in VIDEO_CODECS


def sample_entry(track: TrackSpec) -> bytes:
    """The sample entry box. Raises ValueError when the configuration lacks what the entry must say."""
    if track.codec == "h264":
        return _visual(b"avc1", track, _avcc(track.config))
    if track.codec == "h265":
        return _visual(b"hvc1", track, _hvcc(track.config))
    if track.codec == "aac":
        return _sound(b"mp4a", track, _esds(track))
    if track.codec in ("pcma", "pcmu"):
        return _sound(b"alaw" if track.codec == "pcma" else b"ulaw", track, b"")
    if track.codec == "flac":
        return _sound(b"fLaC", track, _dfla(track.config))
    raise ValueError(f"no sample entry for {track.codec}")


def codec_string(track: TrackSpec) -> str:
    """The track's RFC 6381 name; G.711 has none registered, so its sample entry's name stands."""
    if track.codec == "h264":
        return f"avc1.{avc_profile(_of_type(track.config, 7, hevc=False)[0]).hex()}"
    if track.codec == "h265":
        return hevc_codec_string(hevc_profile(_of_type(track.config, 33, hevc=True)[0]).ptl)
    if track.codec == "aac":
        return f"mp4a.40.{_object_type(track.config[0])}"
    if track.codec == "flac":
        return "flac"
    return "alaw" if track.codec == "pcma" else "ulaw"


def codec_strings(tracks: tuple[TrackSpec, ...]) -> str:
    """All tracks' names, video first, joined by commas."""
    ordered = sorted(tracks, key=lambda track: not track.is_video)
    return ",".join(codec_string(track) for track in ordered)


def _object_type(config: bytes) -> int:
    kind = config[0] >> 3
    return 32 + ((config[0] & 7) << 3 | config[1] >> 5) if kind == 31 else kind


def _of_type(config: tuple[bytes, ...], kind: int, *, hevc: bool) -> list[bytes]:
    found = [bytes(nal) for nal in config if nal and (nal[0] >> 1 & 63 if hevc else nal[0] & 31) == kind]
    if not found:
        raise ValueError(f"a parameter set of NAL type {kind} is missing")
    return found


def _visual(kind: bytes, track: TrackSpec, config: bytes) -> bytes:
    fixed = struct.pack(
        ">6xH16xHHIIIH32sHh",
        1, track.width, track.height, 0x480000, 0x480000, 0, 1, b"", 24, -1,
    )  # fmt: skip
    return box(kind, fixed, config)


def _sound(kind: bytes, track: TrackSpec, config: bytes) -> bytes:
    fixed = struct.pack(">6xH8xHHHHI", 1, track.channels or 1, 16, 0, 0, (track.timescale & 0xFFFF) << 16)
    return box(kind, fixed, config)


def _avcc(config: tuple[bytes, ...]) -> bytes:
    sets = _of_type(config, 7, hevc=False)
    pictures = _of_type(config, 8, hevc=False)
    out = [b"\x01", avc_profile(sets[0]), bytes((0xFF, 0xE0 | len(sets)))]
    out += [struct.pack(">H", len(nal)) + nal for nal in sets]
    out.append(bytes((len(pictures),)))
    out += [struct.pack(">H", len(nal)) + nal for nal in pictures]
    picture = avc_picture(sets[0])
    if picture is not None:
        out.append(bytes((0xFC | picture.chroma, 0xF8 | picture.luma_bits - 8, 0xF8 | picture.chroma_bits - 8, 0)))
    return box(b"avcC", *out)


def _hvcc(config: tuple[bytes, ...]) -> bytes:
    arrays = [(kind, _of_type(config, kind, hevc=True)) for kind in (32, 33, 34)]
    profile = hevc_profile(arrays[1][1][0])
    head = struct.pack(
        ">B12sHBBBBHBB",
        1, profile.ptl, 0xF000, 0xFC, 0xFC | profile.picture.chroma, 0xF8 | profile.picture.luma_bits - 8,
        0xF8 | profile.picture.chroma_bits - 8, 0, profile.sub_layers << 3 | profile.nested << 2 | 3, len(arrays),
    )  # fmt: skip
    out = [head]
    for kind, nals in arrays:
        out.append(struct.pack(">BH", 0x80 | kind, len(nals)))
        out += [struct.pack(">H", len(nal)) + nal for nal in nals]
    return box(b"hvcC", *out)


def _esds(track: TrackSpec) -> bytes:
    if not track.config or len(track.config[0]) < 2:
        raise ValueError("AAC needs its AudioSpecificConfig")
    specific = _descriptor(5, track.config[0])
    decoder = _descriptor(4, struct.pack(">BB3xII", 0x40, 0x15, 0, 0), specific)
    return full_box(b"esds", 0, 0, _descriptor(3, struct.pack(">HB", 0, 0), decoder, _descriptor(6, b"\x02")))


def _dfla(config: tuple[bytes, ...]) -> bytes:
    """FLAC in ISO base media, 3.3.2: the metadata blocks, here STREAMINFO alone, marked as the last one."""
    if not config or len(config[0]) != 34:
        raise ValueError("FLAC needs its STREAMINFO")
    return full_box(b"dfLa", 0, 0, struct.pack(">I", 0x8000_0000 | len(config[0])), config[0])


def _descriptor(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">BBBBB", tag, 0x80, 0x80, 0x80 | len(body) >> 7, len(body) & 0x7F) + body
