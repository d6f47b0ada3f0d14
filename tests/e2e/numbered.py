"""Footage whose pictures carry their own number in black and white blocks, so that a browser's pixels can be read."""

from __future__ import annotations

import functools
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from tests.media.footage import Footage, _demux

WIDTH, HEIGHT, FPS = 320, 180, 25
BITS = 12
BLOCK = 24

READ_NUMBER = """(video) => {
  const canvas = document.createElement("canvas");
  canvas.width = %d; canvas.height = %d;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const at = (x) => context.getImageData(x, %d, 1, 1).data[1];
  let number = 0;
  for (let bit = 0; bit < %d; bit++) if (at(bit * %d + %d) > 128) number |= 1 << bit;
  const guard = at(%d) > 128 && at(%d) < 128;
  return guard ? number : null;
}""" % (WIDTH, HEIGHT, HEIGHT - BLOCK // 2, BITS, BLOCK, BLOCK // 2, BITS * BLOCK + 8, BITS * BLOCK + 24)  # noqa: UP031
"""JavaScript that reads the number from a video element's pixels; null when there is no such picture."""

READ_NUMBERS = """(selector) => {
  const videos = [...document.querySelectorAll(selector)];
  const canvas = document.createElement("canvas");
  canvas.width = %d; canvas.height = videos.length;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const begun = performance.now();
  videos.forEach((video, row) => {
    const strip = video.videoHeight * (1 - %d / %d);
    context.drawImage(video, 0, strip, video.videoWidth, 1, 0, row, canvas.width, 1);
  });
  const took = performance.now() - begun;
  const data = context.getImageData(0, 0, canvas.width, videos.length).data;
  const bright = (row, x) => data[(row * canvas.width + x) * 4 + 1] > 128;
  const numbers = videos.map((_, row) => {
    let number = 0;
    for (let bit = 0; bit < %d; bit++) if (bright(row, bit * %d + %d)) number |= 1 << bit;
    return bright(row, %d) && !bright(row, %d) ? number : null;
  });
  return { numbers, took };
}""" % (WIDTH, BLOCK // 2, HEIGHT, BITS, BLOCK, BLOCK // 2, BITS * BLOCK + 8, BITS * BLOCK + 24)  # noqa: UP031
"""The same for all videos of a selector at one instant: all are drawn before any is read; `took` says in how many ms."""


@functools.cache
def numbered_footage(seconds: int, gop: int) -> Footage:
    """A drifting gradient with the picture's number in the lowest row, H.264, closed groups of `gop` pictures."""
    path = Path(tempfile.mkdtemp(prefix="mj-numbered-")) / "numbered.mp4"
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {
            "preset": "ultrafast",
            "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:open-gop=0",
        }
        for number in range(seconds * FPS):
            picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            picture[..., 0] = (rows + number) % 256
            picture[..., 2] = (columns + 2 * number) % 256
            picture[HEIGHT - BLOCK :, :] = 0
            for bit in range(BITS):
                if number >> bit & 1:
                    picture[HEIGHT - BLOCK :, bit * BLOCK : (bit + 1) * BLOCK] = 255
            picture[HEIGHT - BLOCK :, BITS * BLOCK : BITS * BLOCK + 16] = 255
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return _demux(path, "h264")
