"""A sealed package read again, for what is made from it: a player copy, a redacted one. It is not checked here."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
from av.error import FFmpegError
from av.video.frame import VideoFrame

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.verify.package import MANIFEST_NAME, SEAL_NAME
from mingjian.wire.evidence_zip import BadFrame, Member, read_members

_THREADS = 2  # decoding goes on while a picture is painted


class SealedPackage:
    """An open package: its manifest, seal, and the pictures of its members. Use it as a context.

    Raises MingjianError `package_unreadable`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise _unreadable(path, str(error)) from error
        try:
            members = read_members(self._read, os.fstat(self._fd).st_size)
            self.members = {one.name: one for one in members}
            self.manifest: dict[str, Any] = json.loads(self.data(MANIFEST_NAME))
            self.seal = self.data(SEAL_NAME).decode()
        except (BadFrame, LookupError, ValueError) as error:
            os.close(self._fd)
            raise _unreadable(path, str(error)) from error

    def data(self, name: str) -> bytes:
        """A member whole. Raises KeyError."""
        member = self.members[name]
        return self._read(member.data_offset, member.size)

    def rows(self) -> list[dict[str, Any]]:
        """The manifest's rows of all members with footage, recorded or derived, clip by clip."""
        return [row for clip in self.manifest["clips"] for row in [*clip["parts"], *clip["derived"]]]

    def pictures(self, row: dict[str, Any]) -> Iterator[tuple[int, VideoFrame]]:
        """Every picture of a part or of derived media, in the order shown, with its wall time in UTC nanoseconds.

        The first stands at the row's `start_ns`; the others as far behind it as their times are in the file. Raises
        MingjianError `undecodable`.
        """
        start_ns = int(row["start_ns"])
        first: Fraction | None = None
        try:
            with av.open(_Window(self._fd, self.members[row["member"]]), mode="r", format="mp4") as container:
                stream = container.streams.video[0]
                stream.thread_type, stream.codec_context.thread_count = "FRAME", _THREADS
                for frame in container.decode(stream):
                    if frame.pts is None or frame.time_base is None:
                        continue
                    at = frame.pts * frame.time_base
                    first = at if first is None else first
                    yield start_ns + round((at - first) * 1_000_000_000), frame
        except (FFmpegError, LookupError) as error:
            raise _undecodable(row["member"], str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def _read(self, offset: int, length: int) -> bytes:
        return os.pread(self._fd, length, offset)


class _Window(io.RawIOBase):
    """One member as a file of its own."""

    def __init__(self, fd: int, member: Member) -> None:
        self._fd, self._member, self._at = fd, member, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._member.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), max(0, self._member.size - self._at))
        found = os.pread(self._fd, wanted, self._member.data_offset + self._at)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def _unreadable(path: Path, why: str) -> MingjianError:
    return MingjianError(
        "package_unreadable",
        Text(zh=f"无法读取证据包 {path.name}", en=f"the package {path.name} cannot be read"),
        fault=Fault.ENVIRONMENT,
        detail=why,
    )


def _undecodable(member: str, why: str) -> MingjianError:
    return MingjianError(
        "undecodable",
        Text(zh=f"{member} 无法解码", en=f"{member} cannot be decoded"),
        fault=Fault.ENVIRONMENT,
        detail=why,
    )
