"""Files that are there whole or not at all, whatever happens: power loss, a kill, a full disk.

The steps of `replace_file`, whose order is the promise:

1. A new file beside the old one, with the content, and with the mode wanted from its first instant.
2. Its bytes on the platter (fsync of the file).
3. The rename: readers see the old file or the new one, never a part.
4. The name on the platter (fsync of the folder).

`create_file` is the same with a hard link in the rename's place, which never takes an existing file's. What goes wrong
before step 3 leaves the old file and nothing else; a death may leave `.NAME.*.partial` beside it, which nobody reads.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"
"""How the names of drafts end: folders that are listed pass over them."""


def replace_file(path: Path, content: bytes, mode: int = 0o640, *, durable: bool = True) -> None:
    """Put `content` in the place of a file, with `mode` (less the umask), durable when this returns.

    Writers at the same time do not disturb each other: one whole file wins. With `durable=False` steps 2 and 4 are
    left out, for what can be made again and must not wait for a platter. Raises OSError; then the old file stands.
    """
    with _draft(path, content, mode, durable=durable) as draft:
        os.rename(draft, path)
    if durable:
        sync_folder(path.parent)


def create_file(path: Path, content: bytes, mode: int = 0o640) -> None:
    """The same for a file that must be new. Raises FileExistsError when the name is taken, OSError."""
    with _draft(path, content, mode, durable=True) as draft:
        os.link(draft, path, follow_symlinks=False)
        os.unlink(draft)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Names on the platter. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def _draft(path: Path, content: bytes, mode: int, *, durable: bool) -> Iterator[Path]:
    """A new file beside `path`, gone again when the block fails."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        try:
            _write_all(fd, content)
            if durable:
                os.fsync(fd)
        finally:
            os.close(fd)
        yield draft
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _write_all(fd: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]
