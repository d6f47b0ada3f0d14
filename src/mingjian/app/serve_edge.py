"""The edge process: owns the public port; live from the engine's socket, playback straight from the volumes."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

import uvloop

import mingjian.web
from mingjian.app.data_folder import DataFolder
from mingjian.app.hosts import EDGE_NAME, own_hosts
from mingjian.app.settled import settle
from mingjian.kernel.clock import SystemClock
from mingjian.media.edge.certificate import ensure_self_signed, is_loopback
from mingjian.media.edge.server import EdgeServer, run_edge
from mingjian.media.edge.settings import EdgeSettings
from mingjian.media.playback.routes import HTTP_STATUS
from mingjian.media.playback.service import open_playback
from mingjian.ports.masks import masks_path
from mingjian.ports.seen import seen_path

UI_FOLDER = Path(mingjian.web.__file__).parent / "ui_dist"


def serve(folder: DataFolder, options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    folder.identity()
    uvloop.run(_serve(folder, options))


async def _serve(folder: DataFolder, options: argparse.Namespace) -> None:
    clock = SystemClock()
    server = EdgeServer(_settings(folder, options, clock), clock)
    playback = open_playback(folder.root, clock, note=server.seen.note, masks=server.masks)
    server.mount(playback.calls.table(), HTTP_STATUS)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    settle()
    try:
        await run_edge(server, stop)
    finally:
        playback.close()


def _settings(folder: DataFolder, options: argparse.Namespace, clock: SystemClock) -> EdgeSettings:
    tls: tuple[Path, Path] | None = None
    if options.tls_cert is not None and options.tls_key is not None:
        tls = (options.tls_cert, options.tls_key)
    elif not is_loopback(options.host):
        tls = ensure_self_signed(folder.keys, ["localhost", *own_hosts()], clock)
    return EdgeSettings(
        engine_socket=folder.engine_socket,
        web_socket=folder.web_socket,
        revocations_file=folder.revocations_file,
        masks_file=masks_path(folder.root),
        ticket_key=folder.ticket_public_key(),
        host=options.host,
        port=options.port,
        edge=EDGE_NAME,
        ui_folder=UI_FOLDER,
        map_folder=folder.map_folder,
        seen_file=seen_path(folder.root, EDGE_NAME),
        tls=tls,
    )
