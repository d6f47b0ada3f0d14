"""Masks over recorded footage: in whatever way it is asked for, nobody without a lift gets a pixel of what they cover."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from tests.media.footage import audio, video
from tests.media.masked import MASKED, SQUARE, difference_outside, frames, is_flat, picture
from tests.media.masks import write_masks
from tests.media.playback.archive import CAMERA, START_NS
from tests.media.playback.conftest import Edge, at

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.media.mask_book import LOOK_EVERY_S
from mingjian.ports.masks import CameraMasks, MaskSpan
from mingjian.ports.positions import PositionSpan

FIRST_MS = START_NS // NS_PER_MS


async def set_masks(edge: Edge, masks: CameraMasks) -> None:
    write_masks(edge.thumbs.parent / "masks.json", {CAMERA: masks})
    await asyncio.sleep(LOOK_EVERY_S)


async def media_of(edge: Edge, chunk: dict[str, str], path: str = "") -> bytes:
    head = b"" if chunk["init"] is None else await (await edge.ok(chunk["init"])).read()
    return head + await (await edge.ok(path or chunk["url"])).read()


async def test_no_way_shows_what_a_mask_covers_and_a_lift_gives_the_original(edge: Edge) -> None:
    source = video(seconds=8, gop=25)
    (record, *_) = edge.archive.record(source, audio("pcma"), gops_a_segment=8)
    file = edge.archive.root / record.path
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    originals = frames(source.file.read_bytes())
    await set_masks(edge, MASKED)
    span = {"from": at(0), "to": at(3)}

    (chunk, *rest) = (await (await edge.ok("plan", **span)).json())["chunks"]
    assert (chunk["init"], chunk["codecs"].split(",")[0]) == (None, "avc1.640028")
    assert all(one["url"].endswith("?as=h264") for one in rest)
    shown = frames(await media_of(edge, chunk))
    assert len(shown) == 25
    assert all(is_flat(one) for one in shown)
    assert max(difference_outside(*pair) for pair in zip(shown, originals, strict=False)) < 12
    assert not is_flat(originals[0])

    plain = chunk["url"].partition("?")[0]  # as if it were not masked
    assert all(is_flat(one) for one in frames(await (await edge.ok(plain)).read()))
    ranged = await edge.get(plain, headers={"Range": "bytes=100-5000"})
    assert ranged.status == 200
    assert all(is_flat(one) for one in frames(await ranged.read()))

    for speed, of in (("8", span), ("-8", span)):
        clip = await edge.ok("trick", **of, speed=speed)
        assert "avc1.640028" in clip.headers["Content-Type"]
        keyframes = frames(await clip.read())
        assert len(keyframes) == 3
        assert all(is_flat(one) for one in keyframes)
    assert "avc1.640028" in (await (await edge.ok("trick.json", **span, speed="-8")).json())["codecs"]

    snapshot = picture(await (await edge.ok("snapshot.jpg", at=at(1.5))).read())
    assert is_flat(snapshot)
    assert difference_outside(snapshot, originals[37]) < 8
    assert is_flat(picture(await (await edge.ok("thumb.jpg", at=at(2), width="320")).read()))

    playlist = await (await edge.ok("playback.m3u8", **span)).text()
    init = next(line.split('"')[1] for line in playlist.splitlines() if line.startswith("#EXT-X-MAP"))
    pieces = [line for line in playlist.splitlines() if line.endswith(".m4s")][:2]
    parts = [await (await edge.ok(path)).read() for path in (init, *pieces)]
    listed = frames(b"".join(parts))
    assert len(listed) == 50
    assert all(is_flat(one) for one in listed)

    edge.ticket = replace(edge.ticket, unmasked_from_ms=FIRST_MS, unmasked_to_ms=FIRST_MS + 3_000)
    (chunk, *_) = (await (await edge.ok("plan", **span)).json())["chunks"]
    offset, length = (int(part) for part in chunk["url"].rsplit("/", 1)[1].split("-"))
    assert await (await edge.ok(chunk["url"])).read() == file.read_bytes()[offset : offset + length]
    thumb = picture(await (await edge.ok("thumb.jpg", at=at(2), width="320")).read())
    assert not is_flat(thumb)  # the kept picture of the masked viewer is not his
    assert is_flat(picture(await (await edge.ok("snapshot.jpg", at=at(3.5))).read()))  # beyond the lift
    edge.ticket = replace(edge.ticket, unmasked_from_ms=0, unmasked_to_ms=0)
    assert is_flat(picture(await (await edge.ok("thumb.jpg", at=at(2), width="320")).read()))  # nor his the other's
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


async def test_masks_of_then_are_united_with_those_of_now_and_others_see_what_was_never_covered(edge: Edge) -> None:
    edge.archive.record(video(seconds=8, gop=25), gops_a_segment=2)
    corner = ((0, 0), (1000, 0), (1000, 1000), (0, 1000))
    over = MaskSpan(SQUARE, FIRST_MS + 4_000, FIRST_MS + 6_000)
    await set_masks(edge, CameraMasks("main", (over,)))
    chunks = (await (await edge.ok("plan", **{"from": at(0), "to": at(8)})).json())["chunks"]
    # From the picture of the instant it began to that of the instant it was taken off, both ends included
    assert [chunk["init"] is None for chunk in chunks] == [False] * 3 + [True] * 3 + [False] * 2
    assert not is_flat(frames(await media_of(edge, chunks[0]))[0])
    assert is_flat(frames(await media_of(edge, chunks[4]))[0])
    clip = await (await edge.ok("trick", **{"from": at(0), "to": at(8)}, speed="8")).read()
    # Where masks begin and end a new init part comes, as Media Source Extensions take it; ffmpeg wants them one by one
    cuts = [place.start() - 4 for place in re.finditer(b"ftyp", clip)]
    pieces = [frames(clip[begin:end]) for begin, end in itertools.pairwise([*cuts, len(clip)])]
    assert [is_flat(one) for piece in pieces for one in piece] == [False] * 4 + [True] * 2 + [False] * 2
    await set_masks(edge, CameraMasks("main", (over, MaskSpan(corner, FIRST_MS + 7_000_000))))
    first = frames(await media_of(edge, {"init": None, "url": chunks[0]["url"]}))[0]  # set later, it covers the past
    assert np.ptp(first[2:14, 2:28].astype(int)) <= 6
    assert not is_flat(first)


async def test_footage_of_a_camera_that_turned_is_covered_by_the_masks_of_where_it_stood(edge: Edge) -> None:
    edge.archive.record(video(seconds=8, gop=25), gops_a_segment=2)
    corner = ((0, 0), (1000, 0), (1000, 1000), (0, 1000))
    turning = CameraMasks(
        "main",
        (MaskSpan(SQUARE, 0, None, "后院"), MaskSpan(corner, 0, None, "大门")),
        positions=(PositionSpan("大门", FIRST_MS - 30_000, FIRST_MS + 14_000),),  # certain until the fifth second
    )
    await set_masks(edge, turning)
    span = {"from": at(0), "to": at(8)}
    chunks = (await (await edge.ok("plan", **span)).json())["chunks"]

    async def shown() -> list[tuple[bool, bool]]:
        """Of the second before it may have turned, and the one after, whether square and corner are filled."""
        firsts = [frames(await media_of(edge, {"init": None, "url": one["url"]}))[0] for one in chunks[2:4]]
        return [(is_flat(one), bool(np.ptp(one[2:14, 2:28].astype(int)) <= 6)) for one in firsts]

    assert await shown() == [(False, True), (True, True)]
    snapshots = [picture(await (await edge.ok("snapshot.jpg", at=at(second))).read()) for second in (1.5, 5.5)]
    thumbs = [picture(await (await edge.ok("thumb.jpg", at=at(second), width="320")).read()) for second in (1, 5)]
    assert [is_flat(one) for one in (*snapshots, *thumbs)] == [False, True, False, True]
    clip = await (await edge.ok("trick", **span, speed="8")).read()
    cuts = [place.start() - 4 for place in re.finditer(b"ftyp", clip)]
    pieces = [frames(clip[begin:end]) for begin, end in itertools.pairwise([*cuts, len(clip)])]
    assert [is_flat(one) for piece in pieces for one in piece] == [False] * 4 + [True] * 4

    await set_masks(edge, replace(turning, positions=()))  # taken back for all of it
    assert await shown() == [(True, True)] * 2
    file = edge.thumbs.parent / "masks.json"
    document = json.loads(file.read_text())
    del document["cameras"][CAMERA]["positions"]  # a file that does not say is no file
    file.write_text(json.dumps(document))
    await asyncio.sleep(LOOK_EVERY_S)
    assert (await edge.get(chunks[0]["url"])).status == 503


async def test_hls_over_a_turn_shows_on_each_side_what_is_certain_and_nothing_in_between(edge: Edge) -> None:
    """Two runs of four files of two seconds. An HLS file has one init part, so it is under the masks of all its time."""
    edge.archive.record(video(seconds=8, gop=25), gops_a_segment=2)
    edge.archive.record(video(seconds=8, gop=25), gops_a_segment=2, run="run2", start_ns=START_NS + 26 * NS_PER_S)
    edge.ticket = replace(edge.ticket, to_ms=FIRST_MS + 60_000)
    corner = ((0, 0), (1000, 0), (1000, 1000), (0, 1000))
    turned = CameraMasks(
        "main",
        (MaskSpan(SQUARE, 0, None, "后院"), MaskSpan(corner, 0, None, "大门")),
        positions=(
            PositionSpan("大门", FIRST_MS - 30_000, FIRST_MS + 13_500),  # certain until the middle of the second file
            PositionSpan("后院", FIRST_MS + 18_500),  # certain from the middle of the sixth one
        ),
    )
    await set_masks(edge, turned)
    lines = (await (await edge.ok("playback.m3u8", **{"from": at(0), "to": at(34)})).text()).splitlines()
    assert lines[-1] == "#EXT-X-ENDLIST"
    seen: list[set[tuple[bool, bool]]] = []
    pictures = 0
    for _, found in itertools.groupby(
        (line for line in lines if line.startswith("#EXT-X-MAP") or line.endswith(".m4s")), mapped()
    ):
        first, *pieces = found
        parts = [await (await edge.ok(path)).read() for path in (first.split('"')[1], *pieces)]
        shown = frames(b"".join(parts))
        pictures += len(shown)
        seen.append({(is_flat(one), bool(np.ptp(one[2:14, 2:28].astype(int)) <= 6)) for one in shown})
    assert pictures == 400, "every picture"
    door, both, yard = {(False, True)}, {(True, True)}, {(True, False)}
    assert seen == [door, *[both] * 5, yard, yard]


def mapped() -> Callable[[str], int]:
    """Lines of a list by the init part that they come under."""
    count = itertools.count()
    held = [0]

    def key(line: str) -> int:
        if line.startswith("#EXT-X-MAP"):
            held[0] = next(count)
        return held[0]

    return key


async def test_without_knowing_the_masks_or_after_a_move_nothing_is_shown(edge: Edge) -> None:
    edge.archive.record(video(seconds=8, gop=25))
    span = {"from": at(0), "to": at(4)}
    file = edge.thumbs.parent / "masks.json"
    chunk = (await (await edge.ok("plan", **span)).json())["chunks"][0]

    async def answers() -> set[tuple[int, str]]:
        await asyncio.sleep(LOOK_EVERY_S)
        asked = [
            await edge.get("plan", **span), await edge.get("trick", **span, speed="8"), await edge.get(chunk["url"]),
            await edge.get("snapshot.jpg", at=at(1)), await edge.get("thumb.jpg", at=at(1)),
        ]  # fmt: skip
        return {(one.status, (await one.json())["code"] if one.status != 200 else "") for one in asked}

    file.write_text("{}")
    assert await answers() == {(503, "masks_unknown")}
    file.unlink()
    assert await answers() == {(503, "masks_unknown")}
    write_masks(file, {CAMERA: replace(MASKED, held_from_ms=FIRST_MS)})
    assert await answers() == {(403, "masks_held")}
    edge.ticket = replace(edge.ticket, rights=("playback", "snapshot", "mask_check"))
    assert is_flat(picture(await (await edge.ok("snapshot.jpg", at=at(1))).read()))
    write_masks(file, {CAMERA: replace(MASKED, held_from_ms=FIRST_MS + 8_000)})  # moved after all of this
    edge.ticket = replace(edge.ticket, rights=("playback", "snapshot"))
    assert await answers() == {(200, "")}
