"""`mingjian recordings` and `mingjian store ...`: what is recorded, is it whole, and take it out. No engine needed."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from mingjian.app.cli.local import as_local_person, named_camera
from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.running import supervisor_pid
from mingjian.app.settings import load_settings
from mingjian.app.terminal import language, print_json, print_table, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.kernel.text import Text
from mingjian.media.export.extract import extract
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.media.store.fsck import check
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.rebuild import rebuild
from mingjian.media.store.volume import make_volume, volume_roots
from mingjian.ports.recording import Span, SpanKind

store_app = typer.Typer(no_args_is_help=True, help="Footage on disk. 存储。")

FromOption = Annotated[str, typer.Option("--from", help="ISO 8601 with offset, 如 2026-11-23T08:00:00+08:00")]
ToOption = Annotated[str, typer.Option("--to", help="ISO 8601 with offset")]
CameraOption = Annotated[str, typer.Option("--camera", help="camera id")]
StreamOption = Annotated[str, typer.Option("--stream", help="main or sub")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("recordings")(recordings)
    app.add_typer(store_app, name="store")


def recordings(
    data: DataOption,
    camera: CameraOption,
    from_time: FromOption,
    to_time: ToOption,
    stream: StreamOption = "main",
    as_json: JsonOption = False,
) -> None:
    """What became of every second: recorded, or why not. 每一秒的去向。"""
    from_ns, to_ns = _interval(from_time, to_time)
    _check_stream(stream)
    DataFolder(data).identity()
    reader = StoreReader.of_data(data)
    try:
        spans = reader.timeline(camera, stream, from_ns, to_ns, SystemClock().now_ns(), language=language())
    finally:
        reader.close()
    if {span.kind for span in spans} <= {SpanKind.NOT_PLANNED, SpanKind.FUTURE}:
        _check_known(data, camera)
    if as_json:
        print_json({"camera": camera, "stream": stream, "spans": [_span_json(span) for span in spans]})
        return
    chinese = language() == "zh"
    headers = ["开始", "结束", "类型", "原因"] if chinese else ["start", "end", "kind", "reason"]
    print_table(
        headers,
        [
            [format_iso_ns(s.start_ns), format_iso_ns(s.end_ns), s.kind.value, s.detail or (s.reason or "")]
            for s in spans
        ],
    )


@store_app.command("check")
def check_command(
    data: DataOption,
    hash_all: Annotated[bool, typer.Option("--hash", help="hash every byte 核对每个字节")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare files, index and journal; exit code 1 when anything is wrong. 核对存储。"""
    folder = DataFolder(data)
    folder.identity()
    report = check(volume_roots(data), SystemClock().now_ns(), hashed=hash_all)
    if as_json:
        print_json(report.to_json())
    else:
        say(
            Text(
                zh=f"{report.segments} 段，{report.bytes / 1e9:.2f} GB，{report.seconds:.0f} 秒，{len(report.errors)} 处错误",
                en=f"{report.segments} segments, {report.bytes / 1e9:.2f} GB, {report.seconds:.0f} s, "
                f"{len(report.errors)} errors",
            )
        )
        if report.errors:
            print_table(
                ["code", "path", "camera", "offset"], [[e.code, e.path, e.camera, e.offset] for e in report.errors]
            )
    if report.errors:
        raise typer.Exit(1)


@store_app.command("rebuild")
def rebuild_command(data: DataOption, as_json: JsonOption = False) -> None:
    """Make the index anew from files and journal; the system must be stopped. 由文件重建索引。"""
    folder = DataFolder(data)
    folder.identity()
    _must_be_stopped(folder)
    now_ns = SystemClock().now_ns()
    reports = {root.name: rebuild(root, now_ns, progress=_count) for root in volume_roots(data)}
    if as_json:
        print_json({"volumes": reports})
        return
    for volume, counts in reports.items():
        words = ", ".join(f"{name} {count}" for name, count in counts.items())
        say(Text(zh=f"已重建 {volume}：{words}", en=f"rebuilt {volume}: {words}"))


@store_app.command("extract")
def extract_command(
    data: DataOption,
    camera: CameraOption,
    from_time: FromOption,
    to_time: ToOption,
    reason: Annotated[str, typer.Option("--reason", help="why; goes into the audit record 事由")],
    output: Annotated[Path, typer.Option("-o", "--output", help="FILE.mp4")],
    stream: StreamOption = "main",
    retrieval: Annotated[
        str, typer.Option("--retrieval", help="the retrieval it is for; needed outside demo folders 调取编号")
    ] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take footage out as recorded, never re-encoded, for a retrieval; leaves an audit entry. 凭调取导出原始录像。"""
    from_ns, to_ns = _interval(from_time, to_time)
    _check_stream(stream)
    with as_local_person(data) as actor, named_camera():
        from mingjian.web.viewing.exports import begin_export, end_export

        access = begin_export(actor, camera, stream, from_ns, to_ns, reason, retrieval)
    began_ns = SystemClock().now_ns()
    footage = StoreRecordings(data)
    try:
        result = extract(
            footage,
            camera,
            stream,
            from_ns,
            to_ns,
            output,
            now_ns=SystemClock().now_ns(),
            overwrite=overwrite,
            progress=_progress if sys.stderr.isatty() else None,
        )
    finally:
        footage.close()
        end_export(access, from_ns, to_ns, began_ns)
    if as_json:
        print_json(
            {
                "files": [
                    {
                        "path": str(file.path),
                        "start": format_iso_ns(file.start_ns),
                        "end": format_iso_ns(file.end_ns),
                        "bytes": file.bytes,
                        "pictures": file.pictures,
                    }
                    for file in result.files
                ],
                "gaps": [_span_json(span) for span in result.gaps],
            }
        )
        return
    for file in result.files:
        say(
            Text(
                zh=f"已导出 {file.path}({file.bytes / 1e6:.1f} MB)", en=f"wrote {file.path} ({file.bytes / 1e6:.1f} MB)"
            )
        )


@store_app.command("add-volume")
def add_volume(
    data: DataOption, path: Annotated[Path, typer.Argument(help="an empty folder on the new disk 新磁盘上的空目录")]
) -> None:
    """Prepare a folder as a further volume. 准备新的存储卷。"""
    folder = DataFolder(data)
    identity = folder.identity()
    if not path.is_dir() or any(item.name != "lost+found" for item in path.iterdir()):
        raise MingjianError(
            "volume_not_empty",
            Text(zh=f"{path} 不是空目录", en=f"{path} is no empty folder"),
            fault=Fault.USER,
            field="path",
            remedy=Text(zh="请先挂载磁盘并建一个空目录", en="mount the disk and make an empty folder on it"),
        )
    number = len(load_settings(folder, demo=identity.demo).volumes)
    make_volume(path, f"v{number}", identity.instance, demo=identity.demo)
    say(
        Text(
            zh=f'已准备好。请在 mingjian.toml 的 [storage] volumes 中加入 "{path.resolve()}" 并重启',
            en=f'ready. Add "{path.resolve()}" to [storage] volumes in mingjian.toml and restart',
        )
    )


def _interval(from_time: str, to_time: str) -> tuple[int, int]:
    from_ns, to_ns = parse_iso_ns(from_time, "--from"), parse_iso_ns(to_time, "--to")
    if from_ns >= to_ns:
        raise MingjianError(
            "bad_interval",
            Text(zh="--to 必须晚于 --from", en="--to must be later than --from"),
            fault=Fault.USER,
            field="--to",
        )
    return from_ns, to_ns


def _check_known(data: Path, camera: str) -> None:
    """Refuse an id that no camera ever had. Asked only where nothing was recorded, so that footage needs no database."""
    from django.db import Error

    with suppress(Error), as_local_person(data), named_camera():  # a database that is away refuses nobody his answer
        from mingjian.web.registry.queries import camera_by_id

        camera_by_id(camera)


def _check_stream(stream: str) -> None:
    if stream not in ("main", "sub"):
        raise MingjianError(
            "bad_stream",
            Text(zh="码流只能是 main 或 sub", en="a stream is main or sub"),
            fault=Fault.USER,
            field="--stream",
        )


def _must_be_stopped(folder: DataFolder) -> None:
    pid = supervisor_pid(folder)
    if pid is not None:
        raise MingjianError(
            "still_running",
            Text(zh=f"系统正在运行（进程 {pid}）", en=f"the system is running (process {pid})"),
            fault=Fault.USER,
            field="data",
            remedy=Text(zh="请先停止再重建索引", en="stop it first"),
        )


def _span_json(span: Span) -> dict[str, object]:
    return {
        "kind": span.kind.value,
        "start": format_iso_ns(span.start_ns),
        "end": format_iso_ns(span.end_ns),
        "reason": None if span.reason is None else span.reason.value,
        "detail": span.detail,
    }


def _count(segments: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{segments}")
        sys.stderr.flush()


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done * 100 // max(total, 1):3d} %")
    if done >= total:
        sys.stderr.write("\n")
    sys.stderr.flush()
