"""`verify FILE`: the check as a program. The command line and the single-file verifier are both this.

Exit codes: 0 PASS, 1 FAIL, 2 asked wrongly, 3 INTACT, SIGNER UNKNOWN.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.merkle import allow_plain_sm3
from mingjian.verify.anchor import read_anchors
from mingjian.verify.package import verify_package
from mingjian.verify.package_report import PackageReport

EXIT_ASKED_WRONGLY = 2
_MAPPED_BYTES = 64 << 10
"""Larger reads are hashed where the system holds the file, a sixth faster than copied; a file that shrinks meanwhile
ends the process, never in a wrong verdict."""


def check_file(path: Path, trust: Sequence[Path]) -> PackageReport:
    """Check the package at `path`. Raises MingjianError `anchor_unreadable`, `file_unreadable`."""
    anchor = read_anchors([_read(one, "--trust") for one in trust]) if trust else None
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _unreadable(path, error, "FILE") from error
    with os.fdopen(fd, "rb", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            return verify_package(lambda offset, length: b"", 0, anchor)
        with mmap.mmap(fd, 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:

            def read_at(offset: int, length: int) -> bytes | memoryview:
                data = view[offset : offset + length]
                return data if length >= _MAPPED_BYTES else bytes(data)

            return verify_package(read_at, size, anchor)


def render(report: PackageReport, *, as_json: bool, language: str) -> str:
    """What is printed."""
    if as_json:
        return json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n"
    return "\n".join(report.lines(language)) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The single-file verifier's command line."""
    parser = argparse.ArgumentParser(prog="mingjian-verify", description="检查证据包 Check an evidence package.")
    parser.add_argument("file", type=Path, help="证据包 the package")
    parser.add_argument(
        "--trust", type=Path, action="append", default=[], help="另行取得的信任锚 keys obtained elsewhere"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON print JSON")
    asked = parser.parse_args(arguments)
    allow_plain_sm3()
    language = os.environ.get("MINGJIAN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    try:
        report = check_file(asked.file, asked.trust)
    except MingjianError as error:
        sys.stderr.write(f"mingjian-verify: {error.say(language)}\n")
        return EXIT_ASKED_WRONGLY
    sys.stdout.buffer.write(render(report, as_json=asked.json, language=language).encode())
    return report.verdict.exit_code


def _read(path: Path, field: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error, field) from error


def _unreadable(path: Path, error: OSError, field: str) -> MingjianError:
    return MingjianError(
        "file_unreadable",
        Text(zh=f"无法读取 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}"),
        fault=Fault.USER,
        field=field,
    )
