"""The bytes of files: below `files/` of the data folder, each under the SHA-256 of what is stored.

`files/ab/abcd...` appears whole or not at all: written in `files/incoming`, synced, renamed. The same bytes are stored
once. Nothing here is ever overwritten or served by its path.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from mingjian.files.whole import sync_folder
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import configuration

FILE_LIMIT = 32 << 20
"""Bytes of one file: a scanned project file of some hundred pages."""

_PIECE = 256 << 10


class Readable(Protocol):
    """A request's body."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""


@contextlib.contextmanager
def incoming(body: Readable, limit: int) -> Iterator[Path]:
    """The body as a file that is gone afterwards unless it was kept.

    Raises MingjianError `body_too_large` beyond `limit` bytes, `invalid` when empty, `no_data_folder`.
    """
    folder = _folder() / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _copy(body, file.write, limit)
        yield path
    finally:
        path.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(path: Path, digest: str) -> None:
    """Store the file for good under its digest; `path` may be gone afterwards."""
    target = path_of(digest)
    if target.exists() and target.stat().st_size == path.stat().st_size:
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(mode=0o700, exist_ok=True)
    os.replace(path, target)
    sync_folder(target.parent)
    sync_folder(target.parent.parent)


def pieces(digest: str, size: int) -> Iterator[bytes]:
    """The stored bytes. Raises MingjianError `file_missing` before the first when they are not all there."""
    path = path_of(digest)
    if not path.is_file() or path.stat().st_size != size:
        said = Text(zh="文件内容缺失或者已损坏", en="the file's content is missing or damaged")
        raise MingjianError("file_missing", said, fault=Fault.ENVIRONMENT, detail=digest)
    return _read(path)


def path_of(digest: str) -> Path:
    """Where bytes of this digest lie."""
    return _folder() / digest[:2] / digest


def _read(path: Path) -> Iterator[bytes]:
    """Opened with the first piece: an answer that nobody takes leaves no open file."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _copy(body: Readable, write: Callable[[bytes], object], limit: int) -> None:
    taken = 0
    while piece := body.read(_PIECE):
        taken += len(piece)
        if taken > limit:
            most = limit >> 20
            said = Text(zh=f"文件过大，最多 {most} MiB", en=f"the file is too large: at most {most} MiB")
            raise MingjianError("body_too_large", said, fault=Fault.USER, field="content")
        write(piece)
    if not taken:
        said = Text(zh="文件是空的", en="the file is empty")
        raise MingjianError("invalid", said, fault=Fault.USER, field="content")


def _folder() -> Path:
    folder = configuration.current().data_folder
    if folder is None:
        said = Text(zh="没有数据目录", en="there is no data folder")
        raise MingjianError("no_data_folder", said, fault=Fault.ENVIRONMENT)
    return folder / "files"
