"""What a file is, told from its bytes alone: neither its name nor the sender's Content-Type is asked.

Known are PDF, PNG, JPEG, XLSX, DXF, DWG and EML. Everything else is refused: archives, pages, scripts, macros.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DXF, DWG, EML = "image/vnd.dxf", "image/vnd.dwg", "message/rfc822"
EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg", XLSX: "xlsx", DXF: "dxf", DWG: "dwg", EML: "eml"}
PICTURES = frozenset({PNG, JPEG})

_HEAD_BYTES = 64 << 10
_UNPACKED_BYTES = 512 << 20
_DXF = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:[ \t]*999\r?\n[^\r\n]*\r?\n)*[ \t]*0\r?\n[ \t]*SECTION\r?\n")
_BINARY_DXF = b"AutoCAD Binary DXF\r\n\x1a\x00"
_DWG = re.compile(rb"AC10(?:09|12|14|15|18|21|24|27|32)")
_HEADER_LINE = re.compile(rb"[!-9;-~]+:[ \t\S]*\r?\n")


@dataclass(frozen=True, slots=True)
class Content:
    """What the bytes are: one of EXTENSIONS."""

    media_type: str

    @property
    def picture(self) -> bool:
        """Whether it is decoded and encoded anew."""
        return self.media_type in PICTURES


def content_of(path: Path) -> Content:
    """What the file is. Raises MingjianError `invalid` for everything that is not in EXTENSIONS."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - 2048))
        tail = file.read()
    found = _told_by(head, tail)
    if found is None and head.startswith(b"PK\x03\x04") and _is_workbook(path):
        found = XLSX
    if found is None:
        raise unaccepted("不是可接收的文件类型", "this type of file is not accepted")
    return Content(found)


def unaccepted(zh: str, en: str) -> MingjianError:
    """The content is not taken: what is taken is the remedy."""
    remedy = Text(
        zh="可上传 PDF、PNG、JPEG、XLSX、DXF、DWG、EML；压缩包请解压后逐个上传",
        en="PDF, PNG, JPEG, XLSX, DXF, DWG and EML are taken; unpack archives and upload each file",
    )
    return MingjianError("invalid", Text(zh=zh, en=en), fault=Fault.USER, field="content", remedy=remedy)


def _told_by(head: bytes, tail: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return PDF if b"%%EOF" in tail else None  # cut off on the way
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if _DWG.match(head):
        return DWG
    if head.startswith(_BINARY_DXF) or _DXF.match(head):
        return DXF
    return EML if _is_message(head) else None


def _is_message(head: bytes) -> bool:
    """A message begins with a header and names its sender and a date or the way it came (RFC 5322 3.6)."""
    if b"\x00" in head or not _HEADER_LINE.match(head):
        return False
    names = {name.lower() for name in BytesHeaderParser(policy=policy.compat32).parsebytes(head)}
    return "from" in names and bool(names & {"date", "received", "message-id"})


def _is_workbook(path: Path) -> bool:
    """An Office Open XML workbook without macros that does not unpack to more than 512 MiB."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > 10_000 or sum(part.file_size for part in parts) > _UNPACKED_BYTES:
                return False
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    macros = any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names)
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and not macros
