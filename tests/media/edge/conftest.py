"""An edge on an ephemeral port, its keys, and tickets for it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.media.masks import write_masks

from mingjian.kernel.clock import SystemClock
from mingjian.kernel.ids import new_id
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings
from mingjian.ports.ticket import Ticket, sign_ticket

CLOCK = SystemClock()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], uvloop.Loop]]:
    """The edge runs under uvloop, and so do its tests."""
    return {"uvloop": uvloop.new_event_loop}


def now_ms() -> int:
    return CLOCK.now_ns() // 1_000_000


@dataclass
class TicketOffice:
    """Signs tickets as web would."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    camera: str = "01hzcamera"

    def ticket(self, **changes: object) -> Ticket:
        at_ms = now_ms()
        ticket = Ticket(
            id=new_id(CLOCK.now_ns()),
            viewer="u1",
            viewer_name="王敏 指挥中心",
            camera=self.camera,
            streams=("main", "sub"),
            rights=("live", "playback", "snapshot"),
            purpose="live",
            issued_ms=at_ms,
            expires_ms=at_ms + 60_000,
            from_ms=0,
            to_ms=0,
            edge="edge",
            session="s1",
        )
        return replace(ticket, **changes)  # type: ignore[arg-type]

    def sign(self, **changes: object) -> str:
        return sign_ticket(self.ticket(**changes), self.key)


@pytest.fixture
def office() -> TicketOffice:
    return TicketOffice()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: unix sockets take at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="mj") as name:
        yield Path(name)


@pytest.fixture
def ui_folder(folder: Path) -> Path:
    ui = folder / "ui"
    (ui / "assets").mkdir(parents=True)
    (ui / "index.html").write_text("<!doctype html><title>明鉴</title>", encoding="utf-8")
    (ui / "assets" / "index-3f2a.js").write_text("export {};", encoding="utf-8")
    (folder / "secret.txt").write_text("outside", encoding="utf-8")
    (ui / "link.txt").symlink_to(folder / "secret.txt")
    return ui


@pytest.fixture
def edge_settings(folder: Path, ui_folder: Path, office: TicketOffice) -> EdgeSettings:
    return EdgeSettings(
        engine_socket=folder / "engine.sock",
        web_socket=folder / "web.sock",
        revocations_file=folder / "revocations.json",
        masks_file=write_masks(folder / "masks.json"),
        ticket_key=office.key.public_key(),
        port=0,
        ui_folder=ui_folder,
    )


@pytest.fixture
async def edge(edge_settings: EdgeSettings) -> AsyncIterator[EdgeServer]:
    server = EdgeServer(edge_settings, CLOCK)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(edge: EdgeServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{edge.port}") as session:
        yield session
