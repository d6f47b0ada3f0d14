"""Reading the watermark that lies over a player's picture: the words drawn, and how much of the picture they reach."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page
from tests.e2e.conftest import until

LISTEN = """() => {
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    const heard = new Set((this.canvas.dataset.heard || "").split("|").filter(Boolean));
    this.canvas.dataset.heard = [...heard.add(text)].join("|");
    return draw.call(this, text, ...rest);
  };
}"""
QUARTERS = """(canvas) => {
  const context = canvas.getContext("2d");
  const [width, height] = [canvas.width >> 1, canvas.height >> 1];
  return [[0, 0], [width, 0], [0, height], [width, height]].map(([x, y]) =>
    context.getImageData(x, y, width, height).data.some((value, at) => at % 4 === 3 && value > 0));
}"""
"""JavaScript: of each quarter of the canvas, whether anything is drawn there."""


def see_watermark(page: Page, tile: Locator, who: str) -> None:
    """The viewer, the unit and the time lie over all of a tile's picture, and nothing of them takes a click."""
    canvas = tile.locator("canvas.watermark")
    page.evaluate(LISTEN)
    size = page.viewport_size or {"width": 1280, "height": 720}
    page.set_viewport_size({"width": size["width"], "height": size["height"] - 40})  # it is drawn anew
    heard = until(page, lambda: canvas.get_attribute("data-heard"), "the watermark is drawn").split("|")
    assert heard[0] == who
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", heard[1])
    until(page, lambda: canvas.evaluate(QUARTERS) == [True] * 4, "it reaches every part")
    picture, over = tile.locator("video").bounding_box(), canvas.bounding_box()
    assert picture is not None
    assert over is not None
    assert over["x"] <= picture["x"] + 1
    assert over["x"] + over["width"] >= picture["x"] + picture["width"] - 1
    assert over["y"] <= picture["y"] + 1
    assert over["y"] + over["height"] >= picture["y"] + picture["height"] - 1
    assert canvas.evaluate("(canvas) => getComputedStyle(canvas).pointerEvents") == "none"
    page.set_viewport_size(size)
