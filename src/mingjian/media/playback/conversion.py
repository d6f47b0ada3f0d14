"""What a chunk is called after `convert` made it playable: RFC 6381 names. Pure."""

from __future__ import annotations

H264_CODEC = "avc1.640028"
"""What transcoded pictures are, whatever they were: High profile, level 4.0."""


def converted_codecs(codecs: str, *, masked: bool = False) -> str:
    """The names of a segment's codecs after conversion: H.265 becomes H.264, G.711 becomes FLAC.

    Pictures into which masks are burned are encoded anew, whatever they were.
    """
    return ",".join(_converted(name, masked) for name in codecs.split(","))


def _converted(name: str, masked: bool) -> str:
    if name.startswith(("hvc1", "hev1")) or (masked and name.startswith(("avc1", "avc3"))):
        return H264_CODEC
    return "flac" if name in ("alaw", "ulaw") else name
