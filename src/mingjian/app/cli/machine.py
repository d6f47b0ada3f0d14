"""Commands about the machine: init, doctor, size."""

from __future__ import annotations

from typing import Annotated

import typer

from mingjian.app.cli.options import DataOption, JsonOption, NoDataOption, OptionalDataOption
from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.doctor import examine, findings_json
from mingjian.app.ledger_keys import check_suite, ensure_key
from mingjian.app.running import supervisor_pid
from mingjian.app.settings import load_settings
from mingjian.app.sizing import size, sizing_json
from mingjian.app.terminal import language, print_json, print_table, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.text import Text


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("doctor")(doctor)
    app.command("size")(size_command)


def init(
    data: DataOption,
    demo: Annotated[bool, typer.Option("--demo", help="mark as demo, for ever 标记为演示目录,不可更改")] = False,
    suite: Annotated[
        str, typer.Option("--suite", help="ledger signatures: ed25519, or sm2 (with SM3) 账本签名套件")
    ] = "ed25519",
) -> None:
    """Make a new data folder. 新建数据目录。"""
    check_suite(suite)
    folder = init_data_folder(data, demo=demo, clock=SystemClock(), suite=suite)
    ensure_key(folder, suite)
    identity = folder.identity()
    say(
        Text(
            zh=f"已初始化 {data}（实例 {identity.instance}）。下一步：mingjian run --data {data}",
            en=f"initialised {data} (instance {identity.instance}). Next: mingjian run --data {data}",
        )
    )


def doctor(
    data: OptionalDataOption = None,
    port: Annotated[int, typer.Option("--port")] = 8000,
    as_json: JsonOption = False,
) -> None:
    """Examine the machine: time, port, disks, fonts. 检查本机是否适合运行。"""
    folder = settings = None
    running = False
    if data is not None:
        folder = DataFolder(data)
        settings = load_settings(folder, demo=folder.identity().demo)
        running = supervisor_pid(folder) is not None
    findings = examine(folder, settings, SystemClock(), port, running=running)
    report = findings_json(findings)
    if as_json:
        print_json(report)
    else:
        chinese = language() == "zh"
        marks = {"ok": "✓", "warning": "!", "failed": "✗"}
        print_table(
            ["", "检查项" if chinese else "check", "结果" if chinese else "finding"],
            [[marks[item.state], item.name, item.zh if chinese else item.en] for item in findings],
        )
    if not report["ok"]:
        raise typer.Exit(1)


def size_command(
    cameras: Annotated[int, typer.Option("--cameras", min=1)],
    mbps: Annotated[float, typer.Option("--mbps", min=0.01)],
    days: Annotated[int, typer.Option("--days", min=1)],
    _: NoDataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Disk, network and processor that cameras need. 估算磁盘、带宽与处理器。"""
    sizing = size(cameras, mbps, days)
    if as_json:
        print_json(sizing_json(sizing))
        return
    say(
        Text(
            zh=f"{cameras} 路 × {mbps:g} Mb/s × {days} 天：磁盘 {sizing.disk_tb:g} TB，"
            f"写入 {sizing.write_mb_s:g} MB/s，网络 {sizing.network_mbps:g} Mb/s，"
            f"处理器 {sizing.cores:g} 核，内存 {sizing.memory_gb:g} GB",
            en=f"{cameras} cameras x {mbps:g} Mb/s x {days} days: {sizing.disk_tb:g} TB of disk, "
            f"{sizing.write_mb_s:g} MB/s written, {sizing.network_mbps:g} Mb/s of network, "
            f"{sizing.cores:g} cores, {sizing.memory_gb:g} GB of memory",
        )
    )
