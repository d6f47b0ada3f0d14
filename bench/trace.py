"""Does the invisible mark find who leaked, and does it leave everybody else alone?

    python bench/trace.py [--json] [--seed N] [--out bench/results/trace.json] [--seconds N] [--frames N] [--clean N]

Marked: every place of the drawn city by day and by night, plain and under film grain, at 1080p25; coded at 4 Mb/s as a
camera does, marked for one of 1,000 recipients, coded as a player copy, then leaked: ffmpeg scales it to half and codes it
at 1 Mb/s. Tried are the whole leaked clip, and single frames of it (as JPEG). Goal: at least 95 % found of each.
Clean: pictures of the same city at random times, mirrored, cropped to 60..100 %, brightened, darkened, with noise; two of
one scene make a clip. Goal: none of 10,000 laid to any of the 1,000. Player copies are timed as well; goal: 3 times real
time. Needs ffmpeg.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import av
import measure
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from mingjian.kernel.clock import NS_PER_S
from mingjian.media.export.film import Film
from mingjian.media.export.player_copy import Overlay
from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import City, PlaceKind
from mingjian.media.simulate.load_loop import coded_loop
from mingjian.media.simulate.scenes import Scene
from mingjian.media.trace.detect import accuse, evidence_of, scores, threshold
from mingjian.media.trace.mark import Luma, Marker
from mingjian.media.trace.pictures import pictures_of
from mingjian.ports.evidence import CopyWish

_SECRET = bytes(range(32))
_COPIES = [f"copy{number:04d}" for number in range(1000)]
_WIDTH, _HEIGHT, _RATE = 1920, 1080, 25
_NOON_NS = 1_795_406_400_000_000_000
_HOUR_NS = 3600 * NS_PER_S
_GOP = ("-g", "50", "-bf", "0")
_CAMERA = ("-preset", "ultrafast", "-b:v", "4M", "-maxrate", "4M", "-bufsize", "4M", *_GOP)
_COPY = ("-preset", "ultrafast", "-crf", "24", *_GOP)
_LEAK = ("-vf", "scale=iw/2:ih/2", "-c:v", "libx264", "-b:v", "1M", "-maxrate", "1M", "-bufsize", "2M")

Planes = NDArray[np.uint8]


def filmed(place: PlaceKind, count: int, hour: int, grain: bool) -> Iterator[Planes]:
    """A place as drawn, made 1080p; `grain` is as strong as the load's."""
    scene, picture = Scene(City(1), place), Picture(640, 360)
    noise = np.random.default_rng(1).integers(-9, 10, (_HEIGHT, _WIDTH + 256), dtype=np.int16)
    for number in range(count):
        scene.draw(picture, _NOON_NS + hour * _HOUR_NS + number * NS_PER_S // _RATE)
        large = VideoFrame.from_ndarray(picture.whole, format="yuv420p").reformat(_WIDTH, _HEIGHT).to_ndarray()
        if grain:
            shift = number * 37 % 256
            large[:_HEIGHT] = np.clip(large[:_HEIGHT] + noise[:, shift : shift + _WIDTH], 16, 235)
        yield large


def marked(source: Path, copy: str) -> Iterator[Planes]:
    """The pictures of a file with a copy's mark."""
    marker = Marker(_SECRET, copy, _WIDTH, _HEIGHT)
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            planes = frame.to_ndarray(format="yuv420p")
            out = planes.copy()
            marker.draw(planes[:_HEIGHT], out[:_HEIGHT])
            yield out


def encode(pictures: Iterable[Planes], target: Path, options: Iterable[str]) -> None:
    """Pictures to a file by ffmpeg."""
    size = f"{_WIDTH}x{_HEIGHT}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", str(_RATE)]
    with subprocess.Popen(
        [*command, "-i", "-", "-c:v", "libx264", *options, str(target)], stdin=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        for planes in pictures:
            child.stdin.write(planes.tobytes())
        child.stdin.close()
    assert child.returncode == 0


def ffmpeg(*arguments: str) -> None:
    """ffmpeg, quietly."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def leaks(folder: Path, seconds: int, frames: int) -> dict[str, object]:
    """How many leaked clips and frames find their recipient, and nobody else."""
    clips: list[tuple[bool, float]] = []
    stills: list[tuple[bool, float]] = []
    others = 0
    camera, copied, leaked, still = (folder / name for name in ("camera.mp4", "copy.mp4", "leak.mp4", "still.jpg"))
    kinds = [(place, hour, grain) for place in PlaceKind for hour in (0, 12) for grain in (False, True)]
    for number, (place, hour, grain) in enumerate(kinds):
        copy = _COPIES[number * 27]
        encode(filmed(place, seconds * _RATE, hour, grain), camera, _CAMERA)
        encode(marked(camera, copy), copied, _COPY)
        ffmpeg("-i", str(copied), *_LEAK, str(leaked))
        files = [(leaked, clips)]
        for place_in in range(frames):
            at = seconds * (place_in + 0.5) / frames
            ffmpeg("-ss", f"{at:.2f}", "-i", str(leaked), "-frames:v", "1", "-q:v", "3", str(still))
            files.append((still.rename(folder / f"still{place_in}.jpg"), stills))
        for file, kept in files:
            found, _ = accuse(evidence := evidence_of(pictures_of(file)), _SECRET, _COPIES)
            others += sum(one.copy != copy for one in found)
            kept.append((any(one.copy == copy for one in found), float(scores(evidence, _SECRET, [copy])[0])))
        print(f"{place.value} {hour} {'grain' if grain else 'plain'}: {clips[-1][1]:.1f}", file=sys.stderr, flush=True)
    return {
        "clips": len(clips),
        "clips_found": sum(found for found, _ in clips) / len(clips),
        "clips_least_score": round(min(score for _, score in clips), 1),
        "frames": len(stills),
        "frames_found": sum(found for found, _ in stills) / len(stills),
        "frames_least_score": round(min(score for _, score in stills), 1),
        "others_accused": others,
    }


def clean(count: int, seed: int) -> dict[str, object]:
    """How many clips without a mark are laid to anybody."""
    chance = random.Random(seed)
    noise = np.random.default_rng(seed)
    scenes = [
        Scene(City(city), place, mirrored) for city in (1, 2) for place in PlaceKind for mirrored in (False, True)
    ]
    accused, highest = 0, 0.0
    for _ in range(count):
        found, nearest = accuse(evidence_of(_clean_clip(chance.choice(scenes), chance, noise)), _SECRET, _COPIES)
        accused += bool(found)
        highest = max(highest, 0.0 if nearest is None else nearest.score)
    return {"clean_clips": count, "clean_accused": accused, "clean_highest_score": round(highest, 2)}


def _clean_clip(scene: Scene, chance: random.Random, noise: np.random.Generator) -> Iterator[Luma]:
    picture = Picture(640, 360)
    at_ns = _NOON_NS + chance.randrange(48 * 3600) * NS_PER_S
    share = chance.uniform(0.6, 1)
    width, height = round(640 * share), round(360 * share)
    left, top = chance.randrange(641 - width), chance.randrange(361 - height)
    gain, lift, rough = chance.uniform(0.6, 1.3), chance.uniform(-25, 25), chance.uniform(0, 6)
    for number in range(2):
        scene.draw(picture, at_ns + number * 5 * NS_PER_S)
        cut = picture.luma[top : top + height, left : left + width] * np.float32(gain) + np.float32(lift)
        cut += noise.standard_normal(cut.shape, np.float32) * np.float32(rough)
        yield np.clip(cut, 0, 255).astype(np.uint8)


def copying() -> dict[str, object]:
    """A player copy of 40 s of the load's loop (1080p25 at 4 Mb/s), without the process around it."""
    with tempfile.TemporaryDirectory(prefix="mingjian-bench-") as folder:
        loop, source = measure.RESULTS / "load-1080p25.h264", Path(folder) / "source.mp4"
        coded_loop(loop)
        stream_file = Path(folder) / "five.h264"
        stream_file.write_bytes(loop.read_bytes() * 5)
        ffmpeg("-r", str(_RATE), "-i", str(stream_file), "-c", "copy", str(source))
        wish = CopyWish(Path("-"), "gate", 0, 0, _COPIES[0], "王五", "某区公安局", "调取 01k 副本")
        paint_for = partial(Overlay, wish, "路口", _SECRET, dt.timezone(dt.timedelta(hours=8)))
        began, cpu = time.perf_counter(), time.process_time()
        with (
            (Path(folder) / "copy.mp4").open("xb+") as out,
            Film(out, paint_for) as film,
            av.open(str(source)) as container,
        ):
            stream = container.streams.video[0]
            stream.thread_type, stream.codec_context.thread_count = "FRAME", 2
            for number, frame in enumerate(container.decode(stream)):
                film.add(_NOON_NS + number * NS_PER_S // _RATE, frame)
        wall_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    return {
        "copy_pictures": film.pictures,
        "copy_times_real_time": round(film.pictures / _RATE / wall_s, 2),
        "copy_cpu_ms_per_picture": round(cpu_s / film.pictures * 1000, 1),
        "copy_goal_times_real_time": 3,
        "load_average": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    options = measure.options("trace", seconds=10, frames=5, clean=10_000)
    marker = Marker(_SECRET, _COPIES[0], _WIDTH, _HEIGHT)
    grey, out = np.full((_HEIGHT, _WIDTH), 128, np.uint8), np.empty((_HEIGHT, _WIDTH), np.uint8)
    marker.draw(grey, out)
    error = float(np.mean((out.astype(np.float32) - grey) ** 2))
    with tempfile.TemporaryDirectory(prefix="mingjian-bench-") as folder:
        figures = {
            "recipients": len(_COPIES),
            "threshold": round(threshold(len(_COPIES)), 2),
            "mark_psnr_db": round(10 * np.log10(255**2 / error), 1),
            **leaks(Path(folder), options.seconds, options.frames),
            **clean(options.clean, options.seed),
            **copying(),
        }
    measure.report(options, figures)


if __name__ == "__main__":
    main()
