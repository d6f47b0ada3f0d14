"""`mingjian bench NAME --json`: the figures, from a checkout (the benchmarks are not in the wheel)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mingjian.app.cli.options import NoDataOption
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_NAMES = ("record", "live", "screen", "playback", "index", "ledger", "evidence", "retention")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="record, live, screen, playback, index, ledger, evidence or retention")],
    _: NoDataOption = None,
) -> None:
    """Measure, with a peer in the same run; what follows the name goes to the benchmark. 性能测量。"""
    if name not in _NAMES:
        raise MingjianError(
            "no_bench",
            Text(zh=f"没有名为 {name} 的测量", en=f"there is no benchmark {name}"),
            fault=Fault.USER,
            field="name",
            remedy=Text(zh=f"可选：{'、'.join(_NAMES)}", en=f"choose one of {', '.join(_NAMES)}"),
        )
    script = Path(__file__).parents[4] / "bench" / f"{name}.py"
    if not script.exists():
        raise MingjianError(
            "no_checkout",
            Text(zh="性能测量需要源代码目录", en="benchmarks need a checkout of the source"),
            fault=Fault.USER,
            remedy=Text(zh="请在源代码目录中用 make bench 运行", en="run make bench in a checkout"),
        )
    done = subprocess.run([sys.executable, str(script), *context.args], check=False)
    raise typer.Exit(done.returncode)
