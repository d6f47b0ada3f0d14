"""`mingjian doctor`: is this machine fit to record evidence? Each check says what it saw and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from mingjian.app.data_folder import DataFolder
from mingjian.app.settings import Settings
from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.media.store.time_guard import Adjtimex

_PROBE_BYTES = 64 << 20
_MIN_MB_S = 50
_MIN_FREE_GIB = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: state is ok, warning or failed."""

    name: str
    state: str
    zh: str
    en: str
    figure: float | None = None


def examine(
    folder: DataFolder | None, settings: Settings | None, clock: Clock, port: int, *, running: bool
) -> list[Check]:
    """Every check, in the order a person would ask. `running`: our own processes hold the port, which is fine."""
    checks: list[Callable[[], Check]] = [_python, _glibc, _time_synchronised, _ffmpeg, _fonts]
    findings = [check() for check in checks]
    findings.append(_port(port, running=running))
    if folder is not None and settings is not None:
        findings.append(_identity(folder))
        findings += [_volume(path, settings.reserve_bytes) for path in settings.volumes]
        findings += [_disk_speed(path, clock) for path in settings.volumes if path.is_dir()]
    return findings


def findings_json(findings: list[Check]) -> dict[str, object]:
    """The findings as JSON: `{"ok": bool, "checks": [...]}`; warnings do not make it false."""
    return {"ok": all(check.state != "failed" for check in findings), "checks": [asdict(check) for check in findings]}


def _python() -> Check:
    version = platform.python_version()
    return Check("python", "ok", f"Python {version}", f"Python {version}")


def _glibc() -> Check:
    name, version = platform.libc_ver()
    if name != "glibc":
        return Check(
            "glibc", "warning", "不是 glibc 系统，预编译组件可能不可用", "not glibc: binary wheels may not work"
        )
    major, minor = (int(part) for part in version.split(".")[:2])
    if (major, minor) < (2, 28):
        return Check(
            "glibc", "failed", f"glibc {version} 过旧，需要 2.28 以上", f"glibc {version} is too old: 2.28 or newer"
        )
    return Check("glibc", "ok", f"glibc {version}", f"glibc {version}")


def _time_synchronised() -> Check:
    if Adjtimex().synchronised():
        return Check("time", "ok", "系统时钟已对时", "the clock is synchronised")
    return Check(
        "time",
        "warning",
        "系统时钟未对时：录像照常，但到期删除会暂停。请启用 chrony 或 systemd-timesyncd",
        "the clock is not synchronised: recording goes on, deletion stands still. Enable chrony or systemd-timesyncd",
    )


def _ffmpeg() -> Check:
    path = shutil.which("ffmpeg")
    if path is None:
        return Check(
            "ffmpeg",
            "warning",
            "没有 ffmpeg 命令（运行不需要，测试与排障有用）：apt-get install ffmpeg",
            "no ffmpeg command (not needed to run, useful to test): apt-get install ffmpeg",
        )
    done = subprocess.run([path, "-version"], capture_output=True, text=True, check=False, timeout=10)
    line = done.stdout.splitlines()[0] if done.stdout else "ffmpeg"
    return Check("ffmpeg", "ok", line, line)


def _fonts() -> Check:
    roots = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    for root in roots:
        for pattern in ("*NotoSansCJK*", "*SourceHanSans*", "*wqy*", "*NotoSansSC*"):
            found = next(iter(root.rglob(pattern)), None) if root.is_dir() else None
            if found is not None:
                return Check("fonts", "ok", f"中文字体 {found.name}", f"Chinese font {found.name}")
    return Check(
        "fonts",
        "failed",
        "没有中文字体，截图水印无法显示姓名：apt-get install fonts-noto-cjk",
        "no Chinese font: watermarks on snapshots cannot show names: apt-get install fonts-noto-cjk",
    )


def _port(port: int, *, running: bool) -> Check:
    if running:
        return Check("port", "ok", f"端口 {port} 由明鉴使用", f"port {port} is ours")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Check(
                "port",
                "failed",
                f"端口 {port} 已被占用，请用 --port 另选",
                f"port {port} is taken: choose another by --port",
            )
    return Check("port", "ok", f"端口 {port} 可用", f"port {port} is free")


def _identity(folder: DataFolder) -> Check:
    try:
        identity = folder.identity()
    except MingjianError as error:
        return Check("identity", "failed", error.say("zh"), error.say("en"))
    kind = Text(zh="演示", en="demo") if identity.demo else Text(zh="正式", en="production")
    return Check(
        "identity", "ok", f"{kind.zh}数据目录 {identity.instance}", f"{kind.en} data folder {identity.instance}"
    )


def _volume(path: Path, reserve_bytes: int) -> Check:
    name = f"volume {path.name}"
    if not path.is_dir():
        return Check(name, "failed", f"存储卷 {path} 不存在或未挂载", f"volume {path} is missing or not mounted")
    if not os.access(path, os.W_OK):
        return Check(name, "failed", f"存储卷 {path} 不可写", f"volume {path} is not writable")
    free = shutil.disk_usage(path).free
    free_gib = free / (1 << 30)
    if free < max(reserve_bytes, _MIN_FREE_GIB << 30):
        return Check(
            name, "warning", f"{path} 仅剩 {free_gib:.1f} GiB", f"{path} has only {free_gib:.1f} GiB left", free_gib
        )
    return Check(name, "ok", f"{path} 可用 {free_gib:.0f} GiB", f"{path} has {free_gib:.0f} GiB free", free_gib)


def _disk_speed(path: Path, clock: Clock) -> Check:
    """Write and sync a probe file; the page cache does not count."""
    name = f"disk speed {path.name}"
    probe = path / ".doctor-probe"
    block = os.urandom(1 << 20)
    start_ns = clock.mono_ns()
    try:
        with probe.open("wb") as file:
            for _ in range(_PROBE_BYTES >> 20):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Check(
            name, "failed", f"写入 {path} 失败：{error.strerror}", f"writing to {path} failed: {error.strerror}"
        )
    finally:
        probe.unlink(missing_ok=True)
    mb_s = _PROBE_BYTES / 1e6 / max((clock.mono_ns() - start_ns) / NS_PER_S, 1e-6)
    state = "ok" if mb_s >= _MIN_MB_S else "warning"
    return Check(name, state, f"持续写入约 {mb_s:.0f} MB/s", f"about {mb_s:.0f} MB/s of synced writes", round(mb_s, 1))
