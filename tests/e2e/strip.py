"""Reading the demo city's time strip from a video element's pixels (geometry: mingjian.media.simulate.time_strip)."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Locator

from mingjian.media.simulate.time_strip import BLOCKS, HEIGHT_FRACTION, StripReading, read_strip

SAMPLE = """(video) => {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  if (canvas.width === 0) return null;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const y = Math.floor(canvas.height * (1 - %s / 2));
  const row = context.getImageData(0, y, canvas.width, 1).data;
  return Array.from({ length: %d }, (_, block) => row[4 * Math.floor((block + 0.5) / %d * canvas.width)]);
}""" % (HEIGHT_FRACTION, BLOCKS, BLOCKS)  # noqa: UP031
"""JavaScript: the red channel at the centre of each block, null while there is no picture."""


def reading(levels: list[int] | None) -> StripReading | None:
    """What sampled levels say; None when they are no strip."""
    if levels is None:
        return None
    rows = np.repeat(np.repeat(np.array([levels], np.uint8), 36, axis=0), 8, axis=1)
    return read_strip(rows)


def strip_of(tile: Locator) -> StripReading | None:
    """The strip of the picture that a tile shows now."""
    return reading(tile.locator("video").evaluate(SAMPLE))
