"""`mingjian evidence verify|page|anchor|trace|redact|derive`: check a package; hand out page and keys; trace a leak; redact."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from mingjian.app.checking_page import verify_page
from mingjian.app.cli.local import as_local_person
from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.evidence_keys import anchor_text, evidence_signer, trace_secret
from mingjian.app.settings import load_settings
from mingjian.app.terminal import language, print_json, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.media.export.redact import LIST_NAME, read_regions, redact, seal_redacted
from mingjian.ports.evidence import Checked
from mingjian.verify.command import check_file, render

evidence_app = typer.Typer(no_args_is_help=True, help="Evidence packages. 证据包。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(evidence_app, name="evidence")


@evidence_app.command("verify")
def verify_command(
    file: Annotated[Path, typer.Argument(help="the package 证据包")],
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="keys or a checkpoint obtained elsewhere 另行取得的信任锚")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a package: exit code 0 PASS, 1 FAIL, 3 intact but the signer is unknown. 检查证据包。"""
    report = check_file(file, trust or [])
    sys.stdout.write(render(report, as_json=as_json, language=language()))
    raise typer.Exit(report.verdict.exit_code)


@evidence_app.command("page")
def page_command(
    output: Annotated[Path, typer.Option("-o", "--output", help="verify.html")] = Path("verify.html"),
) -> None:
    """Write the checking page, which opens offline in a browser. 导出离线检查网页。"""
    page = verify_page()
    try:
        with output.open("xb") as out:
            out.write(page)
    except FileExistsError as error:
        raise _exists(output) from error
    say(Text(zh=f"已写入 {output}", en=f"wrote {output}"))


@evidence_app.command("anchor")
def anchor_command(data: DataOption) -> None:
    """Print the public keys by which packages of this machine are checked; hand them out apart. 输出信任锚。"""
    folder = DataFolder(data)
    identity = folder.identity()
    sys.stdout.write(anchor_text(folder, load_settings(folder, demo=identity.demo).ledger.suite))


@evidence_app.command("trace")
def trace_command(
    file: Annotated[Path, typer.Argument(help="a leaked picture or video 外泄的图片或者视频")],
    data: DataOption,
    as_json: JsonOption = False,
) -> None:
    """Find whose player copy this is: exit code 0 found, 1 nobody, 2 not readable. 追查外泄画面来自哪一份播放副本。"""
    with as_local_person(data) as actor:
        from mingjian.app.evidence_trace import EXIT_FOUND, EXIT_NOBODY, trace_file
        from mingjian.web.retrievals.copies import copies_made, record_trace

        traced = trace_file(file, trace_secret(DataFolder(data)), copies_made())
        record_trace(actor, traced.file_sha256, [one for one, _ in traced.found])
    if as_json:
        print_json(traced.to_json())
    for one, score in [] if as_json else traced.found:
        say(
            Text(
                zh=f"{one.recipient}（{one.unit}），调取 {one.retrieval}，{one.camera}，副本 {one.copy}，相关值 {score:.1f}",
                en=f"{one.recipient} ({one.unit}), retrieval {one.retrieval}, {one.camera}, copy {one.copy}, score {score:.1f}",
            )
        )
    if not as_json and not traced.found:
        told = f"{traced.highest:.1f} < {traced.threshold:.1f}"
        say(
            Text(
                zh=f"未发现任何人的标记（共 {traced.copies} 份副本，最高相关值 {told}）",
                en=f"nobody's mark was found ({traced.copies} copies, highest score {told})",
            )
        )
    raise typer.Exit(EXIT_FOUND if traced.found else EXIT_NOBODY)


@evidence_app.command("redact")
def redact_command(
    package: Annotated[Path, typer.Argument(help="the sealed package 证据包")],
    regions: Annotated[Path, typer.Option("--regions", help="JSON: [{camera, from_ns, to_ns, points}] 遮蔽区域")],
    output: Annotated[Path, typer.Option("-o", "--output", help="a new folder 新文件夹")],
    as_json: JsonOption = False,
) -> None:
    """Fill regions of every picture of a package; the films go into a new folder, for another to check. 遮蔽处理。"""
    if output.exists():
        raise _exists(output)
    digest = redact(package, read_regions(regions.read_bytes()), output)
    if as_json:
        print_json({"folder": str(output), "redacted_digest": digest})
        return
    say(
        Text(
            zh=f"已写入 {output}，公开申请中填写的遮蔽副本摘要：{digest}",
            en=f"wrote {output}; the digest of the redacted copy, for the request: {digest}",
        )
    )


@evidence_app.command("derive")
def derive_command(
    package: Annotated[Path, typer.Argument(help="the original package 原证据包")],
    folder: Annotated[Path, typer.Option("--redaction", help="what redact wrote 遮蔽处理的文件夹")],
    release: Annotated[str, typer.Option("--release", help="the public release that was permitted 已同意的公开申请")],
    data: DataOption,
    output: Annotated[Path, typer.Option("-o", "--output", help="the derived package 派生证据包")],
    as_json: JsonOption = False,
) -> None:
    """Seal checked films as a package derived from the original; the release says who redacted and checked. 封装派生证据包。"""
    with as_local_person(data) as actor:
        from mingjian.web.retrievals.releasing import permitted_release, record_derived

        row = permitted_release(release, hashlib.sha256((folder / LIST_NAME).read_bytes()).hexdigest())
        checked = Checked(row.where, row.asked_name, row.asked_ns, row.checked_name, row.checked_ns or 0,
                          row.asked_by_id, row.checked_by_id or "")  # fmt: skip
        home, now_ns = DataFolder(data), SystemClock().now_ns()
        suite = load_settings(home, demo=home.identity().demo).ledger.suite
        made = seal_redacted(
            package, folder, checked, new_id(now_ns), now_ns, evidence_signer(home, suite), output, verify_page()
        )
        record_derived(actor, row, made.manifest_digest)
    if as_json:
        print_json({"file": str(output), "bytes": made.bytes, "manifest_digest": made.manifest_digest})
        return
    say(Text(zh=f"已封装派生证据包 {output}", en=f"sealed the derived package {output}"))


def _exists(output: Path) -> MingjianError:
    return MingjianError(
        "output_exists",
        Text(zh=f"{output} 已存在", en=f"{output} exists"),
        fault=Fault.USER,
        field="output",
    )
