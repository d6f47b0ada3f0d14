"""`mingjian run`, `backup`, `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingjian.app.backup import backup, restore
from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_restore import declare_restore
from mingjian.app.run import RunOptions, run_system
from mingjian.app.terminal import note, print_json, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.isotime import parse_iso_ns
from mingjian.kernel.text import Text


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def run(
    data: DataOption,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option("--host", help="0.0.0.0 serves other machines, by TLS")] = "127.0.0.1",
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", help="certificate chain, PEM")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="its key, PEM")] = None,
) -> None:
    """Run the whole system until Ctrl+C or SIGTERM. 运行整个系统。"""
    run_system(DataFolder(data), RunOptions(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key))


def backup_command(
    file: Annotated[Path, typer.Argument(help="new file, .tgz")], data: DataOption, as_json: JsonOption = False
) -> None:
    """Back up everything but footage; keys are inside: keep it safe. 备份(不含录像,含密钥)。"""
    report = backup(DataFolder(data), file, SystemClock())
    if as_json:
        print_json(report.to_json())
    else:
        say(
            Text(
                zh=f"已备份到 {file}（{report.members} 个文件）。内含密钥，请妥善保管；不含录像",
                en=f"backed up to {file} ({report.members} files). Keys are inside: keep it safe; footage is not",
            )
        )


def restore_command(
    file: Annotated[Path, typer.Argument(help="a backup")],
    data: DataOption,
    reason: Annotated[
        str | None, typer.Option("--reason", help="why; declares the restore in the ledger 恢复事由")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup into a new data folder. 恢复到新目录。"""
    report = restore(file, data)
    if reason is not None:
        declare_restore(DataFolder(data), parse_iso_ns(report.made), reason, SystemClock())
    elif not as_json:
        note(
            Text(
                zh="未给出 --reason：账本审计会把这次恢复报告为未声明的恢复",
                en="no --reason: audits of the ledger will report this as a restore that nobody declared",
            )
        )
    if as_json:
        print_json(report.to_json())
    else:
        say(
            Text(
                zh=f"已恢复到 {data}（备份时间 {report.made}）", en=f"restored into {data} (backed up at {report.made})"
            )
        )
