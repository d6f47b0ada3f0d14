"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path, typer.Option("--data", help="data folder 数据目录", envvar="MINGJIAN_DATA", show_default=False)
]
OptionalDataOption = Annotated[
    Path | None, typer.Option("--data", help="data folder 数据目录", envvar="MINGJIAN_DATA", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON 输出 JSON")]

NoDataOption = Annotated[Path | None, typer.Option("--data", help="accepted as everywhere, not needed here 此处用不到")]
"""For a command that needs no data folder: scripts give every command the same one."""
