"""Chromium as the tests run it: headless, without a sandbox, sound and video started by scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

PATH = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
HLS_JS = Path(__file__).parents[1] / "ui/node_modules/hls.js/dist/hls.min.js"


@asynccontextmanager
async def new_page() -> AsyncIterator[Page]:
    """An empty page in a browser of its own."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=PATH, args=ARGUMENTS)
        try:
            yield await browser.new_page()
        finally:
            await browser.close()
