"""Decoding one picture out of a chunk. These functions run in the processes of `pool`; they take and give plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from PIL import Image

from mingjian.kernel.media_time import RATE_90K
from mingjian.media.picture_mask import burn
from mingjian.media.playback.pool import undecodable
from mingjian.media.playback.watermark import jpeg, stamp
from mingjian.ports.masks import Polygon


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """A sample of video: its bytes in the media it came with, when it is shown, whether it decodes alone."""

    offset: int
    size: int
    pts_90k: int
    keyframe: bool


def decode_at(
    media: bytes, coded: Sequence[CodedPicture], at_90k: int, polygons: Sequence[Polygon] = ()
) -> tuple[int, Image.Image]:
    """The picture that stands at `at_90k`, with `polygons` filled in, and its presentation time.

    `media` is an init segment and fragments, `coded` its samples in decoding order, which begin with a keyframe. The
    picture is the last one that begins at or before `at_90k`, or the first of all. Raises MingjianError `undecodable`.
    """
    try:
        found = _frame_at(media, coded, at_90k)
    except FFmpegError as error:
        raise undecodable(str(error)) from error
    if found is None:
        raise undecodable("no picture comes out")
    pts_90k, frame = found
    return pts_90k, Image.fromarray(burn(frame, polygons).to_ndarray(format="rgb24"))


def decode_pictures(media: bytes, coded: Sequence[CodedPicture]) -> Iterator[tuple[int, VideoFrame]]:
    """Every picture that comes out, in the order shown, with its presentation time. Raises FFmpegError.

    The samples' own times are given to the decoder: libavformat shifts the times of files whose composition offsets are
    negative (`trun` version 1), which ours are when there are B-frames.
    """
    with av.open(BytesIO(media), mode="r", format="mp4") as container:
        decoder = container.streams.video[0].codec_context
        decoder.thread_count = 1
        for picture in coded:
            packet = Packet(media[picture.offset : picture.offset + picture.size])
            packet.pts = picture.pts_90k
            packet.time_base = Fraction(1, RATE_90K)
            packet.is_keyframe = picture.keyframe
            yield from _timed(decoder.decode(packet))
        yield from _timed(decoder.decode(None))


def _timed(frames: Iterable[VideoFrame]) -> Iterator[tuple[int, VideoFrame]]:
    for frame in frames:
        if frame.pts is not None:
            yield frame.pts, frame


def _frame_at(media: bytes, coded: Sequence[CodedPicture], at_90k: int) -> tuple[int, VideoFrame] | None:
    best: tuple[int, VideoFrame] | None = None
    for pts_90k, frame in decode_pictures(media, coded):
        if best is not None and pts_90k > at_90k:
            break
        best = (pts_90k, frame)
    return best


def snapshot_jpeg(
    media: bytes,
    coded: Sequence[CodedPicture],
    at_90k: int,
    polygons: Sequence[Polygon],
    lines: Sequence[str],
    quality: int,
) -> bytes:
    """The picture at an instant with masks and its watermark, as JPEG in full size."""
    _, picture = decode_at(media, coded, at_90k, polygons)
    return jpeg(stamp(picture, lines), quality)


def thumbnail_jpeg(
    media: bytes, coded: Sequence[CodedPicture], polygons: Sequence[Polygon], width: int, quality: int
) -> bytes:
    """The first of these pictures with masks, made small, without watermark: it is kept for several viewers."""
    _, picture = decode_at(media, coded[:1], coded[0].pts_90k, polygons)
    height = max(1, round(picture.height * width / picture.width))
    return jpeg(picture.resize((width, height), Image.Resampling.BILINEAR), quality)
