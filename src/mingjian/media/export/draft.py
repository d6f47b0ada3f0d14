"""A file that appears whole or not at all: written without a name where the file system can, then linked into place."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_DRAFT = re.compile(r"\..+\.[0-9a-f]{12}\.sealing")
_NO_TMPFILE = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL)


class Draft:
    """A new file beside `target`. A process that is killed leaves nothing: the file has no name until `publish`.

    Where the file system knows no nameless files (O_TMPFILE) the draft is hidden under `.NAME.HEX.sealing`, which
    `sweep_drafts` removes. Raises MingjianError `output_exists`, `output_unwritable`.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._name: Path | None = None
        if target.exists():
            raise _exists(target)
        try:
            self._folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise _unwritable(target, error) from error
        try:
            self.fd = self._open()
        except OSError as error:
            os.close(self._folder)
            raise _unwritable(target, error) from error

    def _open(self) -> int:
        try:
            return os.open(self.target.parent, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno not in _NO_TMPFILE:
                raise
        self._name = self.target.with_name(f".{self.target.name}.{secrets.token_hex(6)}.sealing")
        return os.open(self._name, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)

    def publish(self) -> None:
        """Sync and give it its name; never overwrites. Raises MingjianError `output_exists`, and OSError."""
        os.fsync(self.fd)
        source = f"/proc/self/fd/{self.fd}" if self._name is None else str(self._name)
        try:
            # the folder's descriptor makes this linkat(2) with AT_SYMLINK_FOLLOW, which open(2) gives for O_TMPFILE
            os.link(source, self.target, src_dir_fd=self._folder, follow_symlinks=True)
        except FileExistsError as error:
            raise _exists(self.target) from error
        self._drop_name()
        os.fsync(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop_name()
        os.close(self.fd)
        os.close(self._folder)

    def _drop_name(self) -> None:
        if self._name is not None:
            self._name.unlink(missing_ok=True)
            self._name = None


def sweep_drafts(folder: Path) -> int:
    """Remove hidden drafts that a killed process left (only on file systems without O_TMPFILE); how many there were.

    For a folder that no other process is building in, such as at start.
    """
    found = [path for path in folder.iterdir() if _DRAFT.fullmatch(path.name)]
    for path in found:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    return len(found)


def _exists(target: Path) -> MingjianError:
    return MingjianError(
        "output_exists",
        Text(zh=f"文件 {target} 已存在", en=f"the file {target} exists"),
        fault=Fault.USER,
        field="output",
        remedy=Text(zh="证据包不可覆盖，请换一个文件名", en="evidence is never overwritten: choose another name"),
    )


def _unwritable(target: Path, error: OSError) -> MingjianError:
    return MingjianError(
        "output_unwritable",
        Text(zh=f"无法写入 {target.parent}：{error.strerror}", en=f"cannot write to {target.parent}: {error.strerror}"),
        fault=Fault.USER,
        field="output",
        remedy=Text(zh="请选择一个已存在且可写的文件夹", en="choose a folder that exists and can be written"),
    )
