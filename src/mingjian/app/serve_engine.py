"""The engine process: records by the plan on its own disk, whatever becomes of everybody else."""

from __future__ import annotations

import argparse
import asyncio
import signal

import uvloop

from mingjian.app.data_folder import DataFolder
from mingjian.app.engine_ledger import engine_log
from mingjian.app.settings import load_settings
from mingjian.app.settled import settle
from mingjian.kernel.clock import SystemClock
from mingjian.media.engine.runtime import EngineRuntime, run_engine
from mingjian.media.engine.settings import EngineSettings
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.media.store.time_guard import TimeGuard


def serve(folder: DataFolder, options: argparse.Namespace) -> None:
    """Record until SIGTERM."""
    uvloop.run(_serve(folder))


async def _serve(folder: DataFolder) -> None:
    clock = SystemClock()
    identity = folder.identity()
    settings = load_settings(folder, demo=identity.demo)
    store = Store(
        settings.volumes,
        clock,
        digest=settings.digest,
        space=SpacePolicy(reserve_bytes=settings.reserve_bytes),
        guard=TimeGuard(folder.root / "time-guard.json", clock),
        log=engine_log(folder, settings, clock),
    )
    engine = EngineSettings(
        instance=identity.instance,
        plan_file=folder.plan_file,
        socket=folder.engine_socket,
        secret_key=folder.secret_key(),
        data_folder=folder.root,
        allow_loopback=identity.demo,
        push_port=settings.push_port,
        push_host="127.0.0.1" if identity.demo else "0.0.0.0",  # noqa: S104 - cameras are other machines
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    settle()
    await run_engine(EngineRuntime(engine, store, clock), stop)
