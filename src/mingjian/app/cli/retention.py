"""`mingjian retention prove|show|due|verify`: the daily proof of what is kept, made, read and checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mingjian.app.cli.local import as_local_person
from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import CurrentSigner, ensure_key, finish_rotation
from mingjian.app.retention_proofs import proof_file
from mingjian.app.retention_prover import rule_of
from mingjian.app.settings import load_settings
from mingjian.app.terminal import language, note, print_json, print_table, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger.retention import RetentionCertificate
from mingjian.media.retention.daily import due as due_cameras
from mingjian.media.retention.daily import run_pass
from mingjian.media.store.reader import StoreReader
from mingjian.ports.retention import StoredCertificate, certificates_of, proofs_folder, proved_days
from mingjian.rules.library import current_law
from mingjian.verify.retention import check_certificate, summary

retention_app = typer.Typer(no_args_is_help=True, help="What is kept, proved each day. 留存证明。")

CamerasOption = Annotated[list[str] | None, typer.Option("--camera", help="camera id; all when not given 摄像机")]
DayOption = Annotated[str | None, typer.Option("--day", help="last day of the window, YYYY-MM-DD 截至日")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(retention_app, name="retention")


@retention_app.command("prove")
def prove_command(
    data: DataOption,
    camera: CamerasOption = None,
    again: Annotated[bool, typer.Option("--again", help="also what was proved today 已证明的也重做")] = False,
    as_json: JsonOption = False,
) -> None:
    """Prove now what the worker would prove by itself. Exit code 1 when something is not kept as owed. 立即证明。"""
    folder = _folder(data)
    settings = load_settings(folder, demo=folder.identity().demo)
    ensure_key(folder, settings.ledger.suite)
    made: list[RetentionCertificate] = []
    done = run_pass(
        settings.volumes, proofs_folder(data), rule_of(folder), SystemClock(), CurrentSigner(folder),
        cameras=None if camera is None else frozenset(camera), again=again, told=made.append,
    )  # fmt: skip
    if as_json:
        print_json(
            {
                "made": done.made, "met": done.met, "certificates": [_figures(one) for one in made],
                "problems": [{"camera": name, "detail": detail} for name, detail in done.problems],
            }
        )  # fmt: skip
    else:
        for one in made:
            say(summary(one))
        for name, detail in done.problems:
            note(Text(zh=f"摄像机 {name} 无法证明：{detail}", en=f"camera {name} cannot be proved: {detail}"))
        say(Text(zh=f"已出具 {done.made} 份证明书", en=f"{done.made} certificates made"))
    if done.met < done.made or done.problems:
        raise typer.Exit(1)


@retention_app.command("show")
def show_command(
    data: DataOption,
    camera: CamerasOption = None,
    day: DayOption = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="write one certificate with its proof 导出一份证明文件")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The certificates of a day, the last one when not given; one of them whole, or as a file. 查看证明书。"""
    folder = _folder(data)
    proofs = proofs_folder(data)
    day = day or next(reversed(proved_days(proofs)), "")
    found = certificates_of(proofs, day)
    if camera is not None:
        found = {name: stored for name, stored in found.items() if name in camera}
    if not found:
        raise _error("no_certificate", f"没有 {day} 的证明书", f"there is no certificate of {day}", "--day")
    if output is not None:
        _write(output, proof_file(folder, _only(found)))
    elif as_json and len(found) == 1:
        print_json(_only(found).certificate.to_json())
    elif as_json:
        print_json({"day": day, "certificates": [_figures(stored.certificate) for stored in found.values()]})
    else:
        for stored in found.values():
            say(summary(stored.certificate))


@retention_app.command("due")
def due_command(data: DataOption, as_json: JsonOption = False) -> None:
    """Cameras without a certificate for the last whole day; footage to delete or to justify. 待证明与待删除。"""
    folder = _folder(data)
    settings = load_settings(folder, demo=folder.identity().demo)
    rule, now_ns = rule_of(folder), SystemClock().now_ns()
    reader = StoreReader(settings.volumes)
    try:
        rows = [
            {"camera": one.camera, "streams": list(one.streams), "day": window.day, "window_days": window.days}
            for one in due_cameras(reader, rule, proofs_folder(data), now_ns)
            for window in (rule.window(one.keep_days, now_ns),)
        ]
    finally:
        reader.close()
    deletion = _deletion_due(data)
    if as_json:
        print_json({"proofs": rows, "deletion": deletion})
        return
    for one in deletion:
        say(
            Text(
                zh=f"{one['name']}：最早录像 {one['oldest']}，{one['zh']}",
                en=f"{one['name']}: oldest {one['oldest']}, {one['en']}",
            )
        )
    headers = ["摄像机", "截至日", "天数"] if language() == "zh" else ["camera", "day", "days"]
    print_table(headers, [[row["camera"], row["day"], row["window_days"]] for row in rows])


@retention_app.command("verify")
def verify_command(
    file: Annotated[Path, typer.Argument(help="what `show -o` wrote 证明文件")],
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="keys or a checkpoint obtained elsewhere 另行取得的信任锚")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a certificate, offline: exit code 0 PASS, 1 FAIL, 3 intact but the signer is unknown. 检查证明文件。"""
    report = check_certificate(file, trust or [])
    if as_json:
        print_json(report.to_json())
    else:
        sys.stdout.write("\n".join(report.lines(language())) + "\n")
    raise typer.Exit(report.verdict.exit_code)


def _deletion_due(data: Path) -> list[dict[str, Any]]:
    """What sc799 17 says of footage older than must be, by the register."""
    with as_local_person(data) as actor:
        from mingjian.web.retention.purposes import due, judge_due

        law = current_law()
        rows = due(actor).prefetch_related("camera__place__kinds", "camera__place__parts").order_by("camera_id")
        judged = [(row, judge_due(law, row)) for row in rows]
    return [
        {
            "camera": row.camera_id, "name": row.camera.name, "oldest": format_iso_ns(row.oldest_ns or 0),
            "verdict": one.verdict.value, "zh": one.reason.zh, "en": one.reason.en,
        }
        for row, one in judged
    ]  # fmt: skip


def _folder(data: Path) -> DataFolder:
    folder = DataFolder(data)
    folder.identity()
    finish_rotation(folder)
    return folder


def _only(found: dict[str, StoredCertificate]) -> StoredCertificate:
    if len(found) > 1:
        raise _error("several_certificates", "请用 --camera 指明一台摄像机", "name one camera by --camera", "--camera")
    return next(iter(found.values()))


def _figures(one: RetentionCertificate) -> dict[str, Any]:
    return {
        "camera": one.camera, "day": one.day, "window_days": one.window_days, "met": one.met,
        "completeness_ppm": one.completeness_ppm, "certificate": one.digest(),
    }  # fmt: skip


def _write(output: Path, content: bytes) -> None:
    try:
        with output.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise _error("output_exists", f"文件 {output} 已存在", f"the file {output} exists", "--output") from error
    say(Text(zh=f"已写入 {output}", en=f"wrote {output}"))


def _error(code: str, zh: str, en: str, field: str) -> MingjianError:
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field=field)
