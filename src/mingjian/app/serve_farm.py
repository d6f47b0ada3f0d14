"""The farm process: the demo's simulated cameras, reached by the engine only over RTSP."""

from __future__ import annotations

import argparse
import asyncio
import signal

from mingjian.app.data_folder import DataFolder
from mingjian.app.demo_facts import DemoFacts
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.simulate.farm import Farm, FarmConfig


def serve(folder: DataFolder, options: argparse.Namespace) -> None:
    """Film until SIGTERM. Only a demo folder has a farm."""
    facts = DemoFacts.read(folder)
    if facts is None:
        raise MingjianError(
            "no_farm",
            Text(zh="此目录没有演示摄像机", en="this folder has no demo cameras"),
            fault=Fault.USER,
            field="data",
        )
    asyncio.run(film(FarmConfig(cameras=facts.cameras, port=facts.farm_port, control_port=facts.control_port)))


async def film(config: FarmConfig) -> None:
    """Run a farm until SIGTERM or SIGINT."""
    farm = Farm(config)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await farm.start()
    try:
        await stop.wait()
    finally:
        await farm.stop()
