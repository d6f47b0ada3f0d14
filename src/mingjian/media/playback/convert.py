"""A chunk for a browser that cannot play what was recorded: H.265 becomes H.264, G.711 becomes FLAC (lossless); and for
somebody who may not see what is masked: masks are burned in.

The answer is whole in itself (init segment and one fragment) and keeps the media time of the original. H.264 without masks
and AAC are copied as they are. `convert_chunk` runs in the processes of `pool`; bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from av.error import FFmpegError

from mingjian.kernel.media_time import RATE_90K
from mingjian.media.h264_encoder import EncodedPicture, H264Encoder
from mingjian.media.picture_mask import burn
from mingjian.media.playback.decode import CodedPicture, decode_pictures
from mingjian.media.playback.pool import undecodable
from mingjian.ports.masks import Polygon
from mingjian.wire.flac import MAX_BLOCK, MIN_BLOCK, G711ToFlac, streaminfo
from mingjian.wire.fmp4.box import Buffer, reader_of
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.read import Fragment, Sample, parse_init, walk_fragments


def convert_chunk(media: bytes, from_90k: int, polygons: Sequence[Polygon] = ()) -> bytes:
    """Convert an init segment and whole fragments that begin with a keyframe; give what begins at or after `from_90k`,
    with `polygons` filled into every picture.

    Raises MingjianError `undecodable`, BrokenFile.
    """
    init = parse_init(media)
    fragments = list(walk_fragments(reader_of(media), init.size, len(media), init))
    tracks: list[TrackSpec] = []
    runs: list[list[TrackRun]] = []
    for track in init.tracks:
        samples = _samples(fragments, track.track_id)
        if track.codec == "h265" or (track.is_video and polygons):
            made, encoded = _encoded(media, track, samples, from_90k, polygons)
        elif track.codec in ("pcma", "pcmu"):
            made, encoded = _flac(media, track, samples, from_90k)
        else:
            made, encoded = track, [_copied(media, track, samples, from_90k)]
        tracks.append(made)
        runs.append(encoded)
    parts: list[Buffer] = [build_init(tracks)]
    for number, together in enumerate(zip_longest(*runs), start=1):
        parts += build_fragment(number, [run for run in together if run is not None])
    return b"".join(parts)


def _samples(fragments: Sequence[Fragment], track_id: int) -> list[Sample]:
    return [sample for fragment in fragments for sample in fragment.samples.get(track_id, ())]


def _kept(track: TrackSpec, samples: Sequence[Sample], from_90k: int) -> list[Sample]:
    """From the first sample that begins at or after `from_90k` on, in decoding order."""
    first = next(
        (at for at, one in enumerate(samples) if one.dts * RATE_90K >= from_90k * track.timescale), len(samples)
    )
    return list(samples[first:])


def _copied(media: bytes, track: TrackSpec, samples: Sequence[Sample], from_90k: int) -> TrackRun:
    kept = _kept(track, samples, from_90k)
    run = TrackRun(track.track_id, kept[0].dts if kept else 0, track.is_video)
    for one in kept:
        data = media[one.offset : one.offset + one.size]
        run.add(data, one.duration, key=one.keyframe, offset=one.pts - one.dts)
    return run


def _flac(media: bytes, track: TrackSpec, samples: Sequence[Sample], from_90k: int) -> tuple[TrackSpec, list[TrackRun]]:
    channels = max(1, track.channels)
    kept = _kept(track, samples, from_90k)
    encoder = G711ToFlac(track.codec, track.timescale, channels)
    run = TrackRun(track.track_id, kept[0].dts if kept else 0, video=False)
    for one in kept:
        if MIN_BLOCK <= one.size // channels <= MAX_BLOCK:
            run.add(encoder.frame(media[one.offset : one.offset + one.size], one.dts), one.duration)
    config = (streaminfo(track.timescale, channels),)
    return TrackSpec(track.track_id, "flac", track.timescale, config, channels), [run]


def _encoded(
    media: bytes, track: TrackSpec, samples: Sequence[Sample], from_90k: int, polygons: Sequence[Polygon]
) -> tuple[TrackSpec, list[TrackRun]]:
    """The pictures as H.264; nothing of them is left when none can be decoded."""
    coded = [CodedPicture(one.offset, one.size, one.pts, one.keyframe) for one in samples]
    encoder: H264Encoder | None = None
    pictures: list[EncodedPicture] = []
    try:
        for pts_90k, frame in decode_pictures(media, coded):
            if pts_90k >= from_90k:
                masked = burn(frame, polygons)
                encoder = encoder or H264Encoder(masked)
                pictures += encoder.encode(masked, pts_90k)
        if encoder is None:
            raise undecodable("no picture comes out")
        pictures += encoder.encode(None)
    except FFmpegError as error:
        raise undecodable(str(error)) from error
    end_90k = max(one.pts + one.duration for one in samples)
    # In trick play, keyframes only, a picture ends where it says: what follows may be a hole
    ends = {one.pts: one.pts + one.duration for one in samples} if all(one.keyframe for one in samples) else {}
    runs: list[TrackRun] = []
    until_90k = -1
    for number, picture in enumerate(pictures):
        if picture.pts_90k > until_90k:
            runs.append(TrackRun(track.track_id, picture.pts_90k))
        until_90k = pictures[number + 1].pts_90k if number + 1 < len(pictures) else end_90k
        until_90k = max(picture.pts_90k + 1, min(until_90k, ends.get(picture.pts_90k, until_90k)))
        runs[-1].add(picture.data, until_90k - picture.pts_90k, key=picture.keyframe)
    return replace(encoder.track, track_id=track.track_id), runs
