"""What a chunk is called after `convert` made it playable: RFC 6381 names. Pure."""

from __future__ import annotations

H264_CODEC = "avc1.640028"
"""What transcoded pictures are, whatever they were: High profile, level 4.0."""


def converted_codecs(codecs: str) -> str:
    """The names of a segment's codecs after conversion: H.265 becomes H.264, G.711 becomes FLAC."""
    return ",".join(_converted(name) for name in codecs.split(","))


def _converted(name: str) -> str:
    if name.startswith(("hvc1", "hev1")):
        return H264_CODEC
    return "flac" if name in ("alaw", "ulaw") else name
