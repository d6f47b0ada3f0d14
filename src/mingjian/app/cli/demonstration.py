"""`mingjian demo` and `mingjian simulate`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from mingjian.app.cli.options import NoDataOption
from mingjian.app.demo import destroy_demo, run_demo
from mingjian.app.ports_free import require_port
from mingjian.app.serve_farm import film
from mingjian.app.terminal import note
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.text import Text
from mingjian.media.simulate.farm import FarmConfig


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo")(demo)
    app.command("simulate")(simulate)


def demo(
    data: Annotated[Path, typer.Option("--data", help="demo folder 演示目录")] = Path("demo-data"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
    cameras: Annotated[int, typer.Option("--cameras", min=1, max=64)] = 9,
    city: Annotated[bool, typer.Option("--city/--no-city", help="fill the register, too 同时填充登记资料")] = True,
    destroy: Annotated[bool, typer.Option("--destroy", help="stop it and delete all of it 停止并全部删除")] = False,
) -> None:
    """Start the demo city: simulated cameras, recording, screens. 启动演示市。"""
    if destroy:
        destroy_demo(data, SystemClock())
    else:
        run_demo(data, port, cameras, SystemClock(), city=city)


def simulate(
    cameras: Annotated[int, typer.Option("--cameras", min=1, max=255)] = 9,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8554,
    control_port: Annotated[int | None, typer.Option("--control-port", help="TCP: unplug N, plug N, status")] = None,
    _: NoDataOption = None,
) -> None:
    """The camera farm alone: rtsp://127.0.0.1:PORT/camN/main and /sub. 只运行模拟摄像机。"""
    require_port("127.0.0.1", port)
    note(Text(zh=f"模拟摄像机:rtsp://127.0.0.1:{port}/cam1/main …", en=f"cameras: rtsp://127.0.0.1:{port}/cam1/main …"))
    asyncio.run(film(FarmConfig(cameras=cameras, port=port, control_port=control_port)))
