"""verify.html as the edge publishes it, apart from packages."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from mingjian.media.edge.static_files import UiFiles

PAGE = Path(__file__).parents[3] / "src/mingjian/web/ui_dist/verify.html"


async def test_the_edge_serves_the_same_page_under_a_policy_that_lets_it_run() -> None:
    """Published apart from packages: the header must not forbid what the page's own policy allows by hash."""
    app = web.Application()
    app.router.add_get("/{tail:.*}", UiFiles(PAGE.parent).answer)
    async with TestClient(TestServer(app)) as client, client.get("/verify.html") as answer:
        assert answer.status == 200
        assert await answer.read() == PAGE.read_bytes()
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'unsafe-inline';")
    own = PAGE.read_text().split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert own.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in own
