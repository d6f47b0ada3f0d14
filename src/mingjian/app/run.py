"""Run the whole system on one machine: check, migrate, supervise, say where it is."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import ensure_key, finish_rotation
from mingjian.app.log import set_up_logging
from mingjian.app.ports_free import require_port
from mingjian.app.running import RunLock
from mingjian.app.setup_code import read_setup_code
from mingjian.app.supervisor import ChildSpec, Supervisor
from mingjian.app.terminal import note
from mingjian.app.web_setup import bring_up_web, migrate
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.edge.certificate import is_loopback

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to serve. Beyond loopback TLS is on: by the given certificate, else self-signed."""

    host: str = "127.0.0.1"
    port: int = 8000
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @property
    def tls(self) -> bool:
        """Whether browsers come by HTTPS."""
        return self.tls_cert is not None or not is_loopback(self.host)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = "localhost" if self.host in ("0.0.0.0", "::", "127.0.0.1") else self.host  # noqa: S104
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}/"


def run_system(
    folder: DataFolder,
    options: RunOptions,
    *,
    extra: Sequence[ChildSpec] = (),
    on_started: Callable[[], None] | None = None,
) -> None:
    """Run until a signal. Raises MingjianError before anything starts when it cannot: folder, port, certificate."""
    folder.identity()
    if (options.tls_cert is None) != (options.tls_key is None):
        raise MingjianError(
            "tls_incomplete",
            Text(zh="证书和私钥要一起给出", en="a certificate and its key go together"),
            fault=Fault.USER,
            field="--tls-key" if options.tls_key is None else "--tls-cert",
        )
    for path, field in ((options.tls_cert, "--tls-cert"), (options.tls_key, "--tls-key")):
        if path is not None and not path.is_file():
            raise MingjianError(
                "tls_missing",
                Text(zh=f"找不到文件 {path}", en=f"there is no file {path}"),
                fault=Fault.USER,
                field=field,
            )
    require_port(options.host, options.port)
    with RunLock(folder):
        set_up_logging("supervisor", folder.logs)
        note(Text(zh="正在检查数据库…", en="checking the database…"))
        settings = bring_up_web(folder, tls=options.tls, public=not is_loopback(options.host))
        finish_rotation(folder)
        ensure_key(folder, settings.ledger.suite)
        migrate()
        _publish()
        supervisor = Supervisor([*extra, *_children(folder, options)], SystemClock())
        supervisor.run(on_started or (lambda: _announce(folder, options)))
        note(Text(zh="已停止", en="stopped"))


def child(folder: DataFolder, name: str, *arguments: str) -> ChildSpec:
    """One of our own processes."""
    command = [sys.executable, "-m", "mingjian.app.process", name, "--data", str(folder.root)]
    return ChildSpec(name, (*command, "--parent", str(os.getpid()), *arguments))


def _children(folder: DataFolder, options: RunOptions) -> list[ChildSpec]:
    where = ["--host", options.host, "--port", str(options.port)]
    if options.tls_cert is not None and options.tls_key is not None:
        where += ["--tls-cert", str(options.tls_cert), "--tls-key", str(options.tls_key)]
    return [
        child(folder, "engine"),
        child(folder, "web", *where),
        child(folder, "worker"),
        child(folder, "edge", *where),
    ]


def _publish() -> None:
    """Engine and edge begin with register, revocations and masks as they stand, whatever happened to the files."""
    from mingjian.web.masks.publishing import write_file as write_masks
    from mingjian.web.registry.plan import publish_plan
    from mingjian.web.viewing.revocations import write_file

    write_masks()
    publish_plan()
    write_file()


def _announce(folder: DataFolder, options: RunOptions) -> None:
    note(Text(zh=f"明鉴已启动：{options.url}（Ctrl+C 停止）", en=f"Mingjian runs at {options.url} (Ctrl+C stops it)"))
    if _no_user_yet():
        code = read_setup_code(folder)
        note(
            Text(
                zh=f"还没有用户：请打开上面的地址设置管理员。从别的机器打开时需要设置码 {code}",
                en=f"there is no user yet: open it and set up the administrator; from another machine with the code {code}",
            )
        )


def _no_user_yet() -> bool:
    from mingjian.web.accounts.models import User

    return not User.objects.exists()
