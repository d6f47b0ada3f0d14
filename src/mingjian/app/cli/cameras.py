"""`mingjian camera ...`: the same actions as the screens, from the machine's own command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingjian.app.camera_ports import RtspProbe
from mingjian.app.cli.local import as_local_person, named_camera
from mingjian.app.cli.options import DataOption, JsonOption, OptionalDataOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.engine_client import EngineClient
from mingjian.app.terminal import language, print_json, print_table, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.camera_probe import SearchWish
from mingjian.ports.engine import StreamStatus

camera_app = typer.Typer(no_args_is_help=True, help="Cameras. 摄像机。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(camera_app, name="camera")


@camera_app.command("add")
def add(
    data: DataOption,
    name: Annotated[str, typer.Option("--name", help="名称")],
    url: Annotated[str, typer.Option("--url", help="rtsp://…")],
    sub_url: Annotated[str, typer.Option("--sub-url", help="sub stream 子码流")] = "",
    transport: Annotated[str, typer.Option("--transport", help="tcp or udp")] = "tcp",
    group: Annotated[str, typer.Option("--group", help="分组,如 城东/学校")] = "",
    keep_days: Annotated[int | None, typer.Option("--keep-days")] = None,
    push: Annotated[bool, typer.Option("--push", help="the camera pushes to this URL 由摄像机推流到此地址")] = False,
    as_json: JsonOption = False,
) -> None:
    """Register a camera and record it; takes effect within 3 s while the system runs. 添加摄像机。"""
    with as_local_person(data) as actor:
        from mingjian.web.registry.actions import NewCamera, add_camera

        new = NewCamera(
            name=name, url=url, sub_url=sub_url, transport=transport, push=push, group=group, keep_days=keep_days
        )
        camera = add_camera(actor, new)
    if as_json:
        print_json({"id": camera.id})
    else:
        say(Text(zh=f"已添加 {name}：{camera.id}", en=f"added {name}: {camera.id}"))


@camera_app.command("list")
def list_cameras(data: DataOption, as_json: JsonOption = False) -> None:
    """Every camera with its state and last error. 摄像机列表。"""
    streams = _stream_statuses(data_folder=DataFolder(data))
    with as_local_person(data):
        from mingjian.web.registry.models import Camera

        cameras = list(Camera.objects.filter(removed_ns=None).prefetch_related("streams").order_by("name", "id"))
    rows = []
    for camera in cameras:
        status = {} if streams is None else {item.stream: item for item in streams.get(camera.id, [])}
        rows.append(
            {
                "id": camera.id,
                "name": camera.name,
                "enabled": camera.enabled,
                "streams": [_stream_row(stream.name, status.get(stream.name)) for stream in camera.streams.all()],
                "state": _state(camera.enabled, streams is None, status.get("main"))
                if camera.streams.all()
                else "no_stream",
                "last_error": _last_error(status.get("main")),
            }
        )
    if as_json:
        print_json(rows)
        return
    chinese = language() == "zh"
    headers = ["ID", "名称", "状态", "说明"] if chinese else ["ID", "name", "state", "last error"]
    print_table(headers, [[row["id"], row["name"], row["state"], row["last_error"] or ""] for row in rows])


@camera_app.command("remove")
def remove(
    data: DataOption,
    camera: Annotated[str, typer.Argument(help="camera id")],
    reason: Annotated[str, typer.Option("--reason", help="原因")],
    as_json: JsonOption = False,
) -> None:
    """Take a camera out; its footage and holds stay. 移除摄像机(保留录像)。"""
    with as_local_person(data) as actor, named_camera():
        from mingjian.web.registry.actions import remove_camera

        removed = remove_camera(actor, camera, reason)
    if as_json:
        print_json({"id": removed.id})
    else:
        say(Text(zh=f"已移除 {removed.name}，录像保留", en=f"removed {removed.name}; its footage stays"))


@camera_app.command("test")
def try_camera(
    url: Annotated[str, typer.Option("--url", help="rtsp://…")],
    data: OptionalDataOption = None,
    transport: Annotated[str, typer.Option("--transport")] = "tcp",
    as_json: JsonOption = False,
) -> None:
    """Try a camera step by step: name, reach, authenticate, describe, first frame. 逐步测试摄像机。"""
    steps = RtspProbe(SystemClock()).test(url, transport, allow_loopback=_is_demo(data))
    good = all(step.state == "ok" for step in steps)
    if as_json:
        rows = [{"step": s.step, "state": s.state, "zh": s.zh, "en": s.en, "ms": s.ms} for s in steps]
        print_json({"ok": good, "steps": rows})
    else:
        chinese = language() == "zh"
        marks = {"ok": "✓", "failed": "✗", "skipped": "-"}
        rows_of_text = [[marks[s.state], s.step, s.zh if chinese else s.en, f"{s.ms} ms"] for s in steps]
        print_table(["", "步骤" if chinese else "step", "结果" if chinese else "finding", ""], rows_of_text)
    if not good:
        raise typer.Exit(1)


@camera_app.command("discover")
def discover(
    data: OptionalDataOption = None,
    address_range: Annotated[str | None, typer.Option("--range", help="10.0.0.0/24 or 10.0.0.1-10.0.0.50")] = None,
    port: Annotated[int, typer.Option(help="RTSP port asked in the range", min=1, max=65535)] = 554,
    as_json: JsonOption = False,
) -> None:
    """Find cameras by ONVIF, or by RTSP in an address range. 搜索摄像机。"""
    wish = SearchWish("onvif" if address_range is None else "range", address_range, port)
    found = RtspProbe(SystemClock()).discover(wish, allow_loopback=_is_demo(data))
    if as_json:
        print_json(
            [
                {
                    "address": item.address,
                    "port": item.port,
                    "name": item.name,
                    "vendor": item.vendor,
                    "model": item.model,
                    "method": item.method,
                    "urls": list(item.urls),
                    "needs_password": item.needs_password,
                }
                for item in found
            ]
        )
        return
    if not found:
        say(
            Text(
                zh="没有找到摄像机。跨网段时请用 --range 指定地址范围",
                en="no camera found; beyond this network use --range",
            )
        )
        return
    print_table(["address", "port", "name", "urls"], [[f.address, f.port, f.name, " ".join(f.urls)] for f in found])


def _is_demo(data: Path | None) -> bool:
    """Whether cameras of this machine may be asked."""
    return data is not None and DataFolder(data).identity().demo


def _stream_statuses(data_folder: DataFolder) -> dict[str, list[StreamStatus]] | None:
    """The engine's word by camera; None while it is away."""
    try:
        streams = EngineClient(data_folder).status().streams
    except MingjianError as error:
        if error.code != "engine_away":
            raise
        return None
    by_camera: dict[str, list[StreamStatus]] = {}
    for status in streams:
        by_camera.setdefault(status.camera, []).append(status)
    return by_camera


def _state(enabled: bool, away: bool, main: StreamStatus | None) -> str:
    if not enabled:
        return "disabled"
    if away:
        return "engine_down"
    return "starting" if main is None else main.state


def _last_error(status: StreamStatus | None) -> str | None:
    if status is None or status.reason is None:
        return None
    return status.detail_zh if language() == "zh" else status.detail_en


def _stream_row(name: str, status: StreamStatus | None) -> dict[str, object]:
    return {
        "name": name,
        "state": None if status is None else status.state,
        "reason": None if status is None else status.reason,
        "recording": status is not None and status.recording,
        "bitrate_bps": 0 if status is None else status.bitrate_bps,
    }
