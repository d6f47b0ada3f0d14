"""Where the pictures of a chunk stand in time, so that a player can step from one to the next. Blocking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.recording import FragmentRef


@dataclass(frozen=True, slots=True)
class FrameTime:
    """One picture: media time in its segment, how long it stands, its wall time, and whether it decodes alone."""

    pts_90k: int
    duration_90k: int
    at_ns: int
    keyframe: bool


def frame_times(opened: SegmentFile, refs: Sequence[FragmentRef]) -> list[FrameTime]:
    """The pictures of neighbouring fragments in the order in which they are shown.

    Wall time follows the media clock from the wall time of the first fragment, as in the plan. A picture stands until
    the next one is shown; the last one for its own duration.
    """
    shown: list[tuple[int, int, bool]] = []
    for fragment in opened.fragments(refs):
        shown += [(sample.pts, sample.duration, sample.keyframe) for sample in opened.video_samples(fragment)]
    shown.sort()
    times: list[FrameTime] = []
    for number, (pts, duration, keyframe) in enumerate(shown):
        stands = shown[number + 1][0] - pts if number + 1 < len(shown) else duration
        at_ns = refs[0].start_ns + ticks_90k_to_ns(pts - refs[0].start_90k)
        times.append(FrameTime(pts, stands, at_ns, keyframe))
    return times
