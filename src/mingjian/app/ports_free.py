"""Find out before anything starts whether a port can be listened on."""

from __future__ import annotations

import errno
import socket

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


def require_port(host: str, port: int) -> None:
    """Raises MingjianError `port_taken` or `bad_host` when nobody could listen on host:port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _refused(host, port, error) from error


def _refused(host: str, port: int, error: OSError) -> MingjianError:
    if error.errno == errno.EADDRINUSE:
        return MingjianError(
            "port_taken",
            Text(zh=f"端口 {port} 已被占用", en=f"port {port} is taken"),
            fault=Fault.USER,
            field="--port",
            remedy=Text(zh="请用 --port 另选一个", en="choose another by --port"),
        )
    return MingjianError(
        "bad_host",
        Text(zh=f"不能监听 {host}:{port}：{error.strerror}", en=f"cannot listen on {host}:{port}: {error.strerror}"),
        fault=Fault.USER,
        field="--port" if error.errno == errno.EACCES else "--host",
    )
