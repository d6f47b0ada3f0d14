"""What a live tap must know about a Run that began before anybody looked: where its media time begins.

The hub keeps one of these per Run; it costs nothing per unit while nobody looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mingjian.kernel.media_time import RATE_90K, ns_to_90k, rescale
from mingjian.ports.media import AccessUnit, SenderReport, Track

_ALIGN_OVER_MS = 40
_DEFAULT_FRAME_90K = 3600


@dataclass(slots=True)
class RunContext:
    """One Run. `zero_pts` is the picture clock at media time zero, `sound_zero_pts` the sound clock's at the same instant.

    Sound is laid beside the picture by arrival, or by the sender reports of both as soon as both came (RFC 3550 6.4.1).
    """

    id: str
    tracks: tuple[Track, ...]
    audio: bool
    zero_pts: int | None = None
    sound_zero_pts: int | None = None
    frame_90k: int = 0
    sound_arrival_ns: int = 0
    reports: dict[int, SenderReport] = field(default_factory=dict)
    _last_key: tuple[int, int] | None = None
    _aligned: bool = False

    @property
    def video(self) -> Track | None:
        """The picture track."""
        return next((track for track in self.tracks if track.codec.is_video), None)

    @property
    def sound(self) -> Track | None:
        """The sound track that goes with it, None when there is none or it may not be heard."""
        return next((track for track in self.tracks if not track.codec.is_video), None) if self.audio else None

    def first_picture(self, unit: AccessUnit) -> None:
        """The Run's first keyframe."""
        self.zero_pts = unit.pts

    def keyframe(self, unit: AccessUnit, pictures: int) -> None:
        """Another keyframe, `pictures` after the last one: the usual distance of two pictures."""
        if self._last_key is not None and pictures > 0:
            distance = (unit.pts - self._last_key[0]) // pictures
            if 0 < distance <= 2 * RATE_90K:
                self.frame_90k = distance
        self._last_key = (unit.pts, unit.arrival_ns)
        self._align()

    def sound_unit(self, unit: AccessUnit, last_picture: AccessUnit | None) -> None:
        """Sound arrived; its first unit says where it lies beside the picture."""
        self.sound_arrival_ns = unit.arrival_ns
        sound = self.sound
        if self.sound_zero_pts is not None or last_picture is None or self.zero_pts is None or sound is None:
            return
        since_90k = max(0, min(ns_to_90k(unit.arrival_ns - last_picture.arrival_ns), RATE_90K))
        now_90k = last_picture.pts - self.zero_pts + since_90k
        self.sound_zero_pts = unit.pts - rescale(now_90k, RATE_90K, sound.clock_rate)

    def usual_frame_90k(self) -> int:
        """The usual distance of two pictures as far as it is known."""
        video = self.video
        if self.frame_90k:
            return self.frame_90k
        if video is not None and video.fps_milli > 0:
            return max(1, RATE_90K * 1000 // video.fps_milli)
        return _DEFAULT_FRAME_90K

    def _align(self) -> None:
        video, sound = self.video, self.sound
        if self._aligned or video is None or sound is None or self.zero_pts is None or self.sound_zero_pts is None:
            return
        picture, heard = self.reports.get(video.index), self.reports.get(sound.index)
        if picture is None or heard is None:
            return
        self._aligned = True
        since_90k = self.zero_pts - picture.pts + ns_to_90k(picture.camera_ns - heard.camera_ns)
        zero = heard.pts + rescale(since_90k, RATE_90K, sound.clock_rate)
        if abs(zero - self.sound_zero_pts) * 1000 > _ALIGN_OVER_MS * sound.clock_rate:
            self.sound_zero_pts = zero
