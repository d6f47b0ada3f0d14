"""The customer's own map, as the edge serves it from the data folder beside the built UI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from mingjian.media.edge.static_files import UiFiles

OURS, THEIRS = '{"kind": "synthetic"}', '{"kind": "pmtiles", "url": "/tiles/city.pmtiles"}'
ARCHIVE = bytes(range(256)) * 8


@pytest.fixture
async def client(ui_folder: Path, folder: Path) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    (ui_folder / "map.json").write_text(OURS)
    (folder / "map").mkdir()
    app = web.Application()
    app.router.add_get("/{tail:.*}", UiFiles(ui_folder, folder / "map").answer)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_theirs_replaces_ours_from_the_moment_it_is_there(
    client: TestClient[web.Request, web.Application], folder: Path
) -> None:
    assert await (await client.get("/map.json")).text() == OURS
    (folder / "map" / "map.json").write_text(THEIRS)
    answer = await client.get("/map.json")
    assert (await answer.text(), answer.headers["Cache-Control"]) == (THEIRS, "no-cache")


async def test_an_archive_is_read_in_ranges(client: TestClient[web.Request, web.Application], folder: Path) -> None:
    (folder / "map" / "city.pmtiles").write_bytes(ARCHIVE)
    answer = await client.get("/tiles/city.pmtiles", headers={"Range": "bytes=100-163"})
    assert (answer.status, answer.headers["Content-Range"]) == (206, f"bytes 100-163/{len(ARCHIVE)}")
    assert await answer.read() == ARCHIVE[100:164]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize(
    "name", ["/tiles/", "/tiles/none.pmtiles", "/tiles/3/5/2", "/tiles/%2e%2e/secret.txt", "/tiles/link"]
)
async def test_what_is_not_there_or_lies_elsewhere_is_not_found(
    client: TestClient[web.Request, web.Application], folder: Path, name: str
) -> None:
    (folder / "map" / "link").symlink_to(folder / "secret.txt")
    assert (await client.get(name)).status == 404
