"""Between an SDP medium and what a decoder needs: codec, clock rate, parameter sets (RFC 6184 8.2, RFC 7798 7.1, RFC 3640 4.1)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from mingjian.wire.sdp import MediaDescription, RtpMap

VIDEO_CODECS = ("h264", "h265")
_STATIC = {0: RtpMap("PCMU", 8000), 8: RtpMap("PCMA", 8000)}  # RFC 3551 section 6
_ENCODINGS = {"H264": "h264", "H265": "h265", "HEVC": "h265", "MPEG4-GENERIC": "aac", "PCMU": "pcmu", "PCMA": "pcma"}
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_MAX_SETS = 64


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """How one RTP stream is to be read. `codec` is h264, h265, aac, pcma or pcmu; `config` as in ports.media.Track."""

    codec: str
    payload_type: int
    clock_rate: int
    channels: int = 0
    config: tuple[bytes, ...] = ()
    size_length: int = 13  # RFC 3640 AU header fields, in bits
    index_length: int = 3
    index_delta_length: int = 3
    has_donl: bool = False  # RFC 7798 7.1 sprop-max-don-diff > 0: decoding order numbers are sent
    frame_rate: str | None = None

    @property
    def is_video(self) -> bool:
        """Whether this is a picture codec."""
        return self.codec in VIDEO_CODECS


def stream_format(media: MediaDescription) -> StreamFormat | None:
    """The first format of a medium that we can read, None when there is none."""
    for number in media.payload_types:
        rtpmap = media.rtpmaps.get(number) or _STATIC.get(number)
        codec = _ENCODINGS.get(rtpmap.encoding) if rtpmap else None
        if rtpmap is None or codec is None or number > 127:
            continue
        found = _format(codec, number, rtpmap, media.fmtps.get(number, {}), media.frame_rate)
        if found is not None:
            return found
    return None


def media_description(stream: StreamFormat, control: str) -> MediaDescription:
    """The medium that offers a stream."""
    number = stream.payload_type
    encoding = {"h264": "H264", "h265": "H265", "aac": "MPEG4-GENERIC", "pcma": "PCMA", "pcmu": "PCMU"}[stream.codec]
    return MediaDescription(
        kind="video" if stream.is_video else "audio",
        payload_types=(number,),
        rtpmaps={number: RtpMap(encoding, stream.clock_rate, max(1, stream.channels))},
        fmtps={number: parameters} if (parameters := _parameters(stream)) else {},
        control=control,
        frame_rate=stream.frame_rate,
    )


def aac_config(clock_rate: int, channels: int) -> bytes:
    """AudioSpecificConfig of AAC-LC (ISO/IEC 14496-3 1.6.2.1). Raises ValueError for a channel count beyond 7."""
    if not 1 <= channels <= 7:
        raise ValueError(f"{channels} channels")
    if clock_rate in _AAC_RATES:
        return (2 << 11 | _AAC_RATES.index(clock_rate) << 7 | channels << 3).to_bytes(2, "big")
    return (2 << 35 | 15 << 31 | (clock_rate & 0xFFFFFF) << 7 | channels << 3).to_bytes(5, "big")


def _format(
    codec: str, number: int, rtpmap: RtpMap, parameters: dict[str, str], frame_rate: str | None
) -> StreamFormat | None:
    if codec == "h264":
        sets = _base64_sets(parameters.get("sprop-parameter-sets", ""))
        # Only these two kinds, in this order, whatever the camera wrote (RFC 6184 8.1).
        config = tuple(nal for kind in (7, 8) for nal in sets if nal[0] & 31 == kind)
        return StreamFormat(codec, number, 90_000, config=config, frame_rate=frame_rate)
    if codec == "h265":
        names = (("sprop-vps", 32), ("sprop-sps", 33), ("sprop-pps", 34))
        config = tuple(
            nal for name, kind in names for nal in _base64_sets(parameters.get(name, "")) if nal[0] >> 1 & 63 == kind
        )
        donl = parameters.get("sprop-max-don-diff", "0").strip() not in ("", "0")
        return StreamFormat(codec, number, 90_000, config=config, has_donl=donl, frame_rate=frame_rate)
    clock_rate = rtpmap.clock_rate or 8000
    if codec == "aac":
        return _aac_format(number, clock_rate, rtpmap.channels, parameters)
    return StreamFormat(codec, number, clock_rate, channels=rtpmap.channels)


def _aac_format(number: int, clock_rate: int, channels: int, parameters: dict[str, str]) -> StreamFormat | None:
    try:
        config = binascii.unhexlify(parameters.get("config", "").strip('"'))
    except ValueError:
        config = b""
    if len(config) < 2:
        if not 1 <= channels <= 7:
            return None
        config = aac_config(clock_rate, channels)
    channels = (config[1] >> 3 & 15) or channels
    sizes = [_bits(parameters, name, default) for name, default in (("sizelength", 13), ("indexlength", 3))]
    index_delta = _bits(parameters, "indexdeltalength", sizes[1])
    if sizes[0] == 0:
        return None  # constant size streams: no camera sends AAC so
    return StreamFormat("aac", number, clock_rate, channels, (config,), sizes[0], sizes[1], index_delta)


def _bits(parameters: dict[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:3]) <= 32 else default


def _base64_sets(text: str) -> list[bytes]:
    out = []
    for item in text.strip('" ').split(",")[:_MAX_SETS]:
        try:
            raw = base64.b64decode(item.strip() + "=" * (-len(item.strip()) % 4))
        except (ValueError, binascii.Error):
            continue
        if len(raw) > 2:
            out.append(raw)
    return out


def _parameters(stream: StreamFormat) -> dict[str, str]:
    sets = [base64.b64encode(nal).decode() for nal in stream.config]
    if stream.codec == "h264" and sets:
        profile = next((nal[1:4].hex() for nal in stream.config if nal[0] & 31 == 7), "")
        parameters = {"packetization-mode": "1", "sprop-parameter-sets": ",".join(sets)}
        return parameters | ({"profile-level-id": profile} if profile else {})
    if stream.codec == "h265" and sets:
        names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
        grouped: dict[str, list[str]] = {}
        for nal, text in zip(stream.config, sets, strict=True):
            grouped.setdefault(names.get(nal[0] >> 1 & 63, "sprop-sei"), []).append(text)
        return {name: ",".join(items) for name, items in grouped.items()}
    if stream.codec == "aac" and stream.config:
        return {
            "profile-level-id": "1",
            "mode": "AAC-hbr",
            "sizelength": str(stream.size_length),
            "indexlength": str(stream.index_length),
            "indexdeltalength": str(stream.index_delta_length),
            "config": stream.config[0].hex(),
        }
    return {}
