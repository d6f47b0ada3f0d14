"""`mingjian ledger ...`: what was signed, proofs, the audit, keys, exports, the witness."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_anchor import read_anchors
from mingjian.app.ledger_audit import audit_folder, engine_log_of, web_log_of
from mingjian.app.ledger_findings import FolderReport
from mingjian.app.ledger_keys import (
    check_suite,
    ensure_key,
    finish_rotation,
    ledger_folder,
    load_signer,
    rotate,
    rotations,
)  # fmt: skip
from mingjian.app.ledger_witness import WitnessFolder, serve_witness
from mingjian.app.settings import load_settings
from mingjian.app.terminal import language, print_json, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger.consistency import stored_inclusion_proof
from mingjian.ledger.merkle import leaf_hash
from mingjian.ledger.note import PublicKey
from mingjian.media.custody import book
from mingjian.media.custody.leaf_store import KeptRow
from mingjian.media.store.volume import volume_roots

ledger_app = typer.Typer(no_args_is_help=True, help="The ledger: what was recorded, seen and changed, provably. 账本。")
witness_app = typer.Typer(no_args_is_help=True, help="Cosign other instances' logs. 为其他实例见证。")
ledger_app.add_typer(witness_app, name="witness")

LogOption = Annotated[str, typer.Option("--log", help="engine or web")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(ledger_app, name="ledger")


@ledger_app.command("checkpoint")
def checkpoint(data: DataOption, log: LogOption = "engine", as_json: JsonOption = False) -> None:
    """Print the last signed checkpoint of a log. 显示最近的检查点。"""
    folder = _folder(data)
    signed = _last_note(folder, log)
    if as_json:
        said = book.parse_signed(signed)
        print_json(
            {
                "origin": said.origin, "size": said.size, "root": said.root.hex(), "digest": said.algorithm,
                "time": format_iso_ns(said.time_ns), "open": said.open_count, "note": signed,
                "key": load_signer(folder).public.encode(),
            }
        )  # fmt: skip
    else:
        sys.stdout.write(signed)


@ledger_app.command("prove")
def prove(
    data: DataOption,
    leaf: Annotated[int | None, typer.Option("--leaf", min=0, help="index of the leaf")] = None,
    segment: Annotated[str | None, typer.Option("--segment", help="id of a segment")] = None,
    log: LogOption = "engine",
    as_json: JsonOption = False,
) -> None:
    """The leaf, its inclusion proof, and the checkpoint it leads to. 给出一条记录的包含证明。"""
    folder = _folder(data)
    signed = _last_note(folder, log)
    said = book.parse_signed(signed)
    index, found = _find_leaf(folder, log, leaf, segment)
    if index >= said.size:
        raise _error(
            "not_signed_yet", f"第 {index} 条记录尚未签入检查点", f"no checkpoint covers leaf {index} yet", "--leaf"
        )
    path = _proof(folder, log, said.algorithm, index, said.size)
    told: dict[str, Any] = {
        "log": log, "index": index, "size": said.size, "leaf": found.decode(), "digest": said.algorithm,
        "hash": leaf_hash(said.algorithm, (found,)).hex(),
        "proof": [base64.b64encode(one).decode() for one in path], "checkpoint": signed,
        "key": load_signer(folder).public.encode(),
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        sys.stdout.write(f"{index}\n{found.decode()}\n" + "".join(f"{one}\n" for one in told["proof"]) + f"\n{signed}")


@ledger_app.command("audit")
def audit(
    data: DataOption,
    anchor: Annotated[
        list[Path] | None, typer.Option("--anchor", help="checkpoints held outside: file or folder")
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option("--tsa-ca", help="CA of the time stamps (.tsr) beside the anchors 时间戳机构的 CA 证书"),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="compare sizes only, hash no footage 不核对录像字节")] = False,
    as_json: JsonOption = False,
) -> None:
    """Is everything as it was signed? Exit code 0 intact, 1 findings, 3 not wholly proved. 审计账本与录像。"""
    from mingjian.app.ledger_stamp_audit import judge_stamps

    folder = _folder(data)
    anchors = [one for path in anchor or [] for one in read_anchors(path)]
    judged = judge_stamps(anchor or [], tsa_ca)
    logs = [engine_log_of(folder)]
    problem = _bring_up(folder)
    if problem is None:
        logs.append(web_log_of(folder))
    report = audit_folder(
        folder, anchors, SystemClock().now_ns(), _public_key(folder), hashed=not quick, logs=logs,
        roots=volume_roots(data), progress=_count,
    )  # fmt: skip
    report.findings += judged.findings
    report.stamps, report.unjudged = judged.held, judged.unjudged
    if problem is not None:
        from mingjian.app.ledger_findings import FolderFinding

        text = Text(zh=f"网站数据库无法打开：{problem}", en=f"web's database cannot be opened: {problem}")
        report.findings.append(FolderFinding("database", text, "web"))
    if as_json:
        print_json(report.to_json())
    else:
        _say_report(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


@ledger_app.command("key")
def key(data: DataOption, as_json: JsonOption = False) -> None:
    """Print the public key that signs, and those it replaced. 显示公钥。"""
    folder = _folder(data)
    ensure_key(folder, load_settings(folder, demo=folder.identity().demo).ledger.suite)
    public = load_signer(folder).public
    if as_json:
        print_json({"key": public.encode(), "suite": public.suite, "rotations": len(rotations(folder, "engine"))})
    else:
        sys.stdout.write(public.encode() + "\n")


@ledger_app.command("rotate")
def rotate_command(
    data: DataOption,
    suite: Annotated[str | None, typer.Option("--suite", help="ed25519 or sm2; as before when not given")] = None,
    token: Annotated[
        str | None, typer.Option("--token", help="the new key is one in a PKCS#11 token: its URI (RFC 7512)")
    ] = None,
    generate: Annotated[bool, typer.Option("--generate", help="make it there first")] = False,
    as_json: JsonOption = False,
) -> None:
    """Change the signing key; old and new vouch for it. Works while the system runs. 轮换签名密钥。"""
    folder = _folder(data)
    if suite is not None:
        check_suite(suite)
    if token is not None and suite == "sm2":
        raise _error("token_suite", "令牌中的密钥只支持 ed25519", "a token's key signs with ed25519 only", "--suite")
    if generate and token is None:
        raise _error("no_token", "--generate 须与 --token 同用", "--generate goes with --token", "--generate")
    old, new = rotate(folder, suite, SystemClock().now_ns(), token=token, generate=generate)
    if as_json:
        print_json({"old": old.encode(), "new": new.encode(), "notes": rotations(folder, "engine")[-1:]})
    else:
        say(
            Text(
                zh=f"密钥已轮换。新公钥：{new.encode()}\n请再导出一次，并告知见证方",
                en=f"the key was changed. The new public key: {new.encode()}\nexport once more, and tell the witness",
            )
        )


@ledger_app.command("export")
def export(
    data: DataOption,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="new file; stdout when not given")] = None,
) -> None:
    """Write the checkpoints of both logs as an anchor, to be kept elsewhere. 导出外部检查点。"""
    from mingjian.app.ledger_export import anchor_of_folder, note_exported

    folder = _folder(data)
    problem = _bring_up(folder)
    text = anchor_of_folder(folder, SystemClock().now_ns(), web=problem is None)
    if output is None:
        sys.stdout.write(text)
        return
    if output.exists():
        raise _error("exists", f"{output} 已存在", f"{output} exists already", "--output")
    output.write_text(text, encoding="utf-8")
    note_exported(folder, text, SystemClock().now_ns(), "file")
    say(Text(zh=f"已写入 {output}，请保存到本机之外", en=f"wrote {output}; keep it off this machine"))


@witness_app.command("add")
def witness_add(
    folder: Annotated[Path, typer.Option("--data", help="the witness's own folder 见证方目录")],
    origin: Annotated[str, typer.Argument(help="the log's origin")],
    public: Annotated[str, typer.Argument(help="its public key, of mingjian ledger key")],
) -> None:
    """Know a log by its key. 登记要见证的账本。"""
    WitnessFolder(folder).add(origin, PublicKey.decode(public))
    say(Text(zh=f"已登记 {origin}", en=f"{origin} is known"))


@witness_app.command("key")
def witness_key(folder: Annotated[Path, typer.Option("--data", help="the witness's own folder 见证方目录")]) -> None:
    """Print the witness's public key. 显示见证公钥。"""
    sys.stdout.write(WitnessFolder(folder).signer.public.encode() + "\n")


@witness_app.command("anchors")
def witness_anchors(
    folder: Annotated[Path, typer.Option("--data", help="the witness's own folder 见证方目录")],
) -> None:
    """What was cosigned last of every log, as an anchor for `mingjian ledger audit`. 输出所持检查点。"""
    sys.stdout.write(WitnessFolder(folder).anchors(SystemClock().now_ns()))


@witness_app.command("serve")
def witness_serve(
    folder: Annotated[Path, typer.Option("--data", help="the witness's own folder 见证方目录")],
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8400,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
) -> None:
    """Cosign what is consistent, until Ctrl+C. 运行见证服务。"""
    serve_witness(WitnessFolder(folder), host, port, SystemClock())


def _folder(data: Path) -> DataFolder:
    folder = DataFolder(data)
    folder.identity()
    finish_rotation(folder)
    return folder


def _bring_up(folder: DataFolder) -> str | None:
    """Django for web's log; what keeps it from coming up. Nothing is migrated: an audit changes nothing."""
    from django.db import Error

    from mingjian.app.web_setup import bring_up_web

    try:
        bring_up_web(folder)
        from mingjian.web.ledger import queries

        queries.size()
    except (MingjianError, Error, OSError) as error:
        return str(error)
    return None


def _public_key(folder: DataFolder) -> PublicKey:
    return load_signer(folder).public


def _last_note(folder: DataFolder, log: str) -> str:
    if log == "engine":
        signed = engine_log_of(folder).signed
    elif log == "web":
        problem = _bring_up(folder)
        if problem is not None:
            raise _error(
                "database_away", f"数据库无法打开：{problem}", f"the database cannot be opened: {problem}", "--log"
            )
        signed = web_log_of(folder).signed
    else:
        raise _error("bad_log", "账本只能是 engine 或 web", "a log is engine or web", "--log")
    if signed is None:
        raise _error("no_checkpoint", "还没有检查点", "there is no checkpoint yet", "--log")
    return signed


def _find_leaf(folder: DataFolder, log: str, index: int | None, segment: str | None) -> tuple[int, bytes]:
    if (index is None) == (segment is None):
        raise _error("bad_leaf", "请给出 --leaf 或 --segment 之一", "give either --leaf or --segment", "--leaf")
    source = engine_log_of(folder) if log == "engine" else web_log_of(folder)
    wanted = None if segment is None else f'"segment":"{segment}"'.encode()
    for number, data in enumerate(source.leaves()):
        if number == index or (wanted is not None and wanted in data and b'"kind":"segment"' in data):
            return number, data
    raise _error("no_leaf", "没有这条记录", "there is no such leaf", "--leaf" if segment is None else "--segment")


def _proof(folder: DataFolder, log: str, algorithm: str, index: int, size: int) -> list[bytes]:
    if log == "web":
        from mingjian.web.ledger import queries

        return stored_inclusion_proof(algorithm, queries.read_node, index, size)
    row = KeptRow(ledger_folder(folder) / "engine")
    try:
        return stored_inclusion_proof(algorithm, row.node, index, size)
    finally:
        row.close()


def _say_report(report: FolderReport) -> None:
    chosen = language()
    for one in report.logs:
        say(
            Text(
                zh=f"{one.origin}：{one.stored} 条记录，其中 {one.covered} 条有外部凭据（{one.anchors} 个检查点）",
                en=f"{one.origin}: {one.stored} leaves, {one.covered} covered by {one.anchors} anchors",
            )
        )
        say(one.exposure.text)
    say(Text(zh=f"核对录像段 {report.segments} 个", en=f"{report.segments} segments compared"))
    for stamp in report.stamps:
        say(stamp.text)
    if report.unjudged:
        say(
            Text(
                zh=f"有 {report.unjudged} 个时间戳没有核对：请用 --tsa-ca 给出时间戳机构的 CA 证书",
                en=f"time stamps not judged: {report.unjudged}; give their authority's CA with --tsa-ca",
            )
        )
    for finding in report.findings:
        sys.stdout.write(f"! {finding.text.for_language(chosen)}\n")
    names = {
        "intact": Text(zh="结论：与外部检查点一致", en="verdict: intact"),
        "findings": Text(
            zh=f"结论：发现 {len(report.findings)} 处问题", en=f"verdict: {len(report.findings)} findings"
        ),
        "declared_restore": Text(zh="结论：仅有已声明的备份恢复", en="verdict: only what a declared restore lost"),
        "no_anchor": Text(
            zh="结论：未见问题，但没有外部检查点，不能证明",
            en="verdict: nothing wrong by the folder's own word; without an anchor that proves nothing",
        ),
    }
    say(names[report.verdict])


def _count(segments: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{segments}")
        sys.stderr.flush()


def _error(code: str, zh: str, en: str, field: str) -> MingjianError:
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field=field)
