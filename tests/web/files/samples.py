"""Real files of each kind, made here."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import urlencode

from openpyxl import Workbook
from PIL import Image, PngImagePlugin

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
DXF = b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n  0\r\nENDSEC\r\n  0\r\nEOF\r\n"
DWG = b"AC1032\x00\x00\x00\x00" + bytes(64)
EML = b"From: li@mall.example\r\nDate: Mon, 11 Jan 2027 09:00:00 +0800\r\nSubject: plan\r\n\r\nsee enclosed\r\n"


def path_of_files(**values: str) -> str:
    return f"/files?{urlencode(values)}"


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A red picture."""
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **options)
    return made.getvalue()


def photo_with_place() -> bytes:
    """A JPEG lying on its side, with a comment, a maker in its EXIF, and a script behind its end."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "SecretMaker"
    return picture("JPEG", exif=exif.tobytes(), comment=b"SecretComment") + b"<script>alert(1)</script>"


def png_with_text() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "SecretAuthor")
    return picture("PNG", pnginfo=words)


def workbook() -> bytes:
    made = io.BytesIO()
    book = Workbook()
    book.active.append(["名称", "编码"])  # type: ignore[union-attr]
    book.save(made)
    return made.getvalue()


def packed(*names: str) -> bytes:
    """A ZIP with files of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()
