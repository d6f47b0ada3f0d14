"""Live pictures for browsers that cannot play what the camera sends, H.265 as H.264 or single JPEG pictures; and with
privacy masks burned in, for who may not see what they cover.

Runs in a process of its own (`worker`): a decoder that crashes on damaged bytes takes this picture with it, nothing else.
Frames of the feed go in, frames of the feed come out; sound passes through.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import BytesIO

from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from PIL import Image

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.media_time import RATE_90K
from mingjian.media.h264_encoder import EncodedPicture, H264Encoder
from mingjian.media.picture_mask import burn
from mingjian.media.video_decoder import annex_b, video_decoder
from mingjian.ports.masks import Polygon
from mingjian.wire.feed import FragmentFlag, LiveFragment, LiveInit
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import codec_strings
from mingjian.wire.fmp4.read import InitInfo, Sample, parse_fragment, parse_init

JPEG_WIDTH = 960
JPEG_EVERY_NS = 200 * NS_PER_MS
_TIME_BASE = Fraction(1, RATE_90K)
_PENDING = 64


class PictureDecoder:
    """The pictures of one init segment's video track, each with the fragment it came in."""

    def __init__(self, init: LiveInit) -> None:
        self.info: InitInfo = parse_init(init.data)
        self.track = next(track for track in self.info.tracks if track.is_video)
        self._codec = video_decoder(self.track)
        self._sent: OrderedDict[int, LiveFragment] = OrderedDict()
        self._waiting = True

    def push(self, fragment: LiveFragment) -> Iterator[tuple[int, LiveFragment, VideoFrame]]:
        """(presentation time, fragment, picture) of what comes out. After damage it waits for the next keyframe."""
        if self._waiting and not fragment.keyframe:
            return
        parsed = parse_fragment(fragment.data, self.info)
        for sample in parsed.samples.get(self.track.track_id, ()):
            packet = Packet(annex_b(fragment.data[sample.offset : sample.offset + sample.size]))
            packet.pts, packet.time_base = sample.pts, _TIME_BASE
            self._sent[sample.pts] = fragment
            if len(self._sent) > _PENDING:
                self._sent.popitem(last=False)
            try:
                frames = self._codec.decode(packet)
            except FFmpegError:
                self._codec = video_decoder(self.track)
                self._waiting = True
                return
            self._waiting = False
            for frame in frames:
                pts = frame.pts if frame.pts is not None else sample.pts
                yield pts, self._sent.pop(pts, fragment), frame

    def sound(self, fragment: LiveFragment) -> list[tuple[Sample, bytes]]:
        """The sound samples of a fragment."""
        found = parse_fragment(fragment.data, self.info).samples
        return [
            (sample, fragment.data[sample.offset : sample.offset + sample.size])
            for track in self.info.tracks
            if not track.is_video
            for sample in found.get(track.track_id, ())
        ]


class H264Transcoder:
    """Feed frames in, feed frames out with H.264 pictures, without reordering, `polygons` filled in."""

    def __init__(self, polygons: Sequence[Polygon] = ()) -> None:
        self._polygons = tuple(polygons)
        self._decoder: PictureDecoder | None = None
        self._encoder: H264Encoder | None = None
        self._source: LiveInit | None = None
        self._sequence = 0
        self._sound: list[tuple[Sample, bytes]] = []
        self._origins: OrderedDict[int, LiveFragment] = OrderedDict()

    def take_init(self, init: LiveInit) -> None:
        """The source's init segment."""
        self._source = init
        self._decoder = PictureDecoder(init)
        self._encoder = None
        self._sound = []

    def take(self, fragment: LiveFragment) -> Iterator[LiveInit | LiveFragment]:
        """What comes out for one fragment; an init segment before the first."""
        decoder = self._decoder
        if decoder is None:
            return
        self._sound += decoder.sound(fragment)
        for pts, origin, decoded in decoder.push(fragment):
            frame = burn(decoded, self._polygons)
            if self._encoder is None:
                yield self._open(frame)
            assert self._encoder is not None
            self._origins[pts] = origin
            for picture in self._encoder.encode(frame, pts, keyframe=origin.keyframe):
                yield self._wrap(picture)

    def _open(self, frame: VideoFrame) -> LiveInit:
        assert self._decoder is not None
        assert self._source is not None
        self._encoder = H264Encoder(frame, threads=2)
        video = self._encoder.track
        specs = (video, *(track for track in self._decoder.info.tracks if not track.is_video))
        codecs = codec_strings(specs)
        mime = f'video/mp4; codecs="{codecs}"'
        return LiveInit(mime, codecs, video.width, video.height, self._source.run, build_init(specs))

    def _wrap(self, encoded: EncodedPicture) -> LiveFragment:
        origin = self._origins.pop(encoded.pts_90k)
        picture = TrackRun(1, encoded.pts_90k)
        picture.add(encoded.data, origin.duration_90k, key=encoded.keyframe)
        runs = [picture]
        flags = int(FragmentFlag.KEYFRAME if encoded.keyframe else 0) | origin.flags & FragmentFlag.DAMAGED
        if self._sound:
            heard = TrackRun(2, self._sound[0][0].dts, video=False)
            for sample, sound in self._sound:
                heard.add(sound, sample.duration)
            self._sound = []
            runs.append(heard)
            flags |= FragmentFlag.AUDIO
        self._sequence += 1
        body = b"".join(build_fragment(self._sequence, runs))
        return LiveFragment(flags, origin.start_ns, origin.arrival_ns, origin.duration_90k, body)


class JpegPictures:
    """Single pictures, at most five a second, at most 960 wide."""

    def __init__(self) -> None:
        self._decoder: PictureDecoder | None = None
        self._run = ""
        self._last_ns = 0
        self._told = False

    def take_init(self, init: LiveInit) -> None:
        """The source's init segment."""
        self._decoder = PictureDecoder(init)
        self._run = init.run
        self._last_ns = 0
        self._told = False

    def take(self, fragment: LiveFragment) -> Iterator[LiveInit | LiveFragment]:
        """A JPEG picture as a fragment's data, if one is due."""
        if self._decoder is None:
            return
        for _, origin, frame in self._decoder.push(fragment):
            if abs(origin.start_ns - self._last_ns) < JPEG_EVERY_NS - 10 * NS_PER_MS:
                continue
            self._last_ns = origin.start_ns
            width = min(frame.width, JPEG_WIDTH) // 2 * 2
            height = frame.height * width // frame.width // 2 * 2
            if not self._told:
                self._told = True
                yield LiveInit("image/jpeg", "", width, height, self._run, b"")
            out = BytesIO()
            pixels = frame.reformat(width, height, format="rgb24").to_ndarray()
            Image.fromarray(pixels).save(out, "JPEG", quality=75)
            yield LiveFragment(
                int(FragmentFlag.KEYFRAME), origin.start_ns, origin.arrival_ns, origin.duration_90k, out.getvalue()
            )
