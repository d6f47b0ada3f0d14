"""From a source's tracks to a file's."""

from __future__ import annotations

from mingjian.ports.media import Track
from mingjian.wire.fmp4.entries import TrackSpec


def specs_of(tracks: tuple[Track, ...], *, audio: bool = True) -> dict[int, TrackSpec]:
    """File tracks by the source's track index: the first video is track 1, the first sound the next one.

    A file has at most one of each; further tracks of a camera (metadata, a second sound) are left out.
    """
    video = next((track for track in tracks if track.codec.is_video), None)
    sound = next((track for track in tracks if not track.codec.is_video), None) if audio else None
    chosen = [track for track in (video, sound) if track is not None]
    return {
        track.index: TrackSpec(
            track_id=number, codec=track.codec.value, timescale=track.clock_rate, config=track.config,
            channels=track.channels, width=track.width, height=track.height,
        )
        for number, track in enumerate(chosen, 1)
    }  # fmt: skip
