"""The playback plan as an HLS media playlist (RFC 8216, and its successor draft-pantos-hls-rfc8216bis). Pure.

Each segment file has its own init part, so each begins with EXT-X-MAP and EXT-X-PROGRAM-DATE-TIME. Names end in .mp4 and
.m4s, since many HLS readers refuse others; bytes asked for by such a name carry the run's media time, which goes on over
segments, so that EXT-X-DISCONTINUITY stands only where a run ends.
"""

from __future__ import annotations

from collections.abc import Iterable

from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.media_time import RATE_90K
from mingjian.media.playback.chunks import Chunk


def media_playlist(chunks: Iterable[Chunk], ended: bool) -> str:
    """The playlist text; URIs are relative to the session's base. `ended` closes it: nothing will be added."""
    chunks = list(chunks)
    longest_90k = max((chunk.duration_90k for chunk in chunks), default=RATE_90K)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, (longest_90k + RATE_90K // 2) // RATE_90K)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:" + ("VOD" if ended else "EVENT"),
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    segment = run = ""
    for chunk in chunks:
        if chunk.segment.id != segment:
            if run and run != chunk.segment.run:
                lines.append("#EXT-X-DISCONTINUITY")
            segment, run = chunk.segment.id, chunk.segment.run
            lines.append(f'#EXT-X-MAP:URI="{init_path(segment)}.mp4"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{milliseconds(chunk.start_ns)}")
        lines.append(f"#EXTINF:{chunk.duration_90k / RATE_90K:.5f},")
        lines.append(f"{data_path(chunk)}.m4s")
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def init_path(segment_id: str) -> str:
    """Where a segment's init part is, relative to the session's base."""
    return f"init/{segment_id}"


def data_path(chunk: Chunk) -> str:
    """Where a chunk's bytes are, relative to the session's base."""
    return f"data/{chunk.segment.id}/{chunk.offset}-{chunk.length}"


def milliseconds(ns: int) -> str:
    """HLS readers know no more than milliseconds."""
    return format_iso_ns(ns - ns % 1_000_000)
