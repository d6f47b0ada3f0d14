"""Documents to PDF/A-2u by typst: data as JSON, fonts of our choice, no clock. The same data give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import json
import unicodedata
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import segno
import typst

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Citation
from mingjian.web import configuration
from mingjian.web.documents.schemas import Document, PrintableSign

SYSTEM_FONTS = Path("/usr/share/fonts/opentype/noto")  # Debian's fonts-noto-cjk
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")


def render(document: Document) -> bytes:
    """The document as PDF/A-2u.

    Raises MingjianError `fonts_missing` (the environment lacks the fonts), `character_unprintable` (a control or
    direction character, or one that no font has: it would be a box on paper, so there is no paper), `document_failed`.
    """
    values = _values(document)
    values["title"] = document.title
    if isinstance(document, PrintableSign):
        values["qr_svg"] = _qr_svg(document.address)
    _refuse_unprintable(values)
    with resources.as_file(resources.files("mingjian.web.documents") / "templates") as folder:
        compiler = typst.Compiler(
            input=folder / f"{document.template}.typ",
            root=folder,
            font_paths=_fonts(configuration.current().font_folder or SYSTEM_FONTS),
            sys_inputs={"data": json.dumps(values, ensure_ascii=False, sort_keys=True)},
        )
        try:
            made = compiler.compile(format="pdf", pdf_standards="a-2u", timestamp=document.made_at_s)
        except typst.TypstError as error:
            raise _failed(error) from error
    if not isinstance(made, bytes):
        raise TypeError("typst gave no bytes")
    return made


@cache
def _fonts(folder: Path) -> Any:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    missing = [family for family in FAMILIES if family not in fonts.families()]
    if missing:
        raise MingjianError(
            "fonts_missing",
            Text(
                zh=f"在 {folder} 中没有找到字体 {'、'.join(missing)}，不能生成文书",
                en=f"no font {', '.join(missing)} in {folder}: documents cannot be made",
            ),
            fault=Fault.ENVIRONMENT,
            remedy=Text(
                zh="安装 fonts-noto-cjk，或者在设置中指定字体目录",
                en="install fonts-noto-cjk, or name a folder of fonts in the settings",
            ),
        )
    return fonts


def _values(value: Any) -> Any:
    """Plain JSON values: days as in Chinese documents, citations as printed."""
    if isinstance(value, Citation):
        return value.printed("zh")
    if is_dataclass(value):
        return {one.name: _values(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [_values(one) for one in value]
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return value


def _qr_svg(address: str) -> str:
    """Error correction H: a sign outdoors loses parts of itself."""
    out = io.BytesIO()
    segno.make_qr(address, error="h").save(out, kind="svg", border=4, xmldecl=False, nl=False)
    return out.getvalue().decode("ascii")


def _refuse_unprintable(value: object) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_unprintable(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unprintable(inner)
    elif isinstance(value, str):
        bad = next(
            (one for one in value if one != "\n" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co")), None
        )
        if bad is not None:
            raise _unprintable(f"U+{ord(bad):04X}", None)


def _failed(error: typst.TypstError) -> MingjianError:
    if "could not be displayed" in error.message or "glyph" in error.message:
        return _unprintable(error.message, error.diagnostic)
    return MingjianError(
        "document_failed",
        Text(zh="文书模板未能生成", en="a document's template failed"),
        fault=Fault.OURS,
        detail=error.diagnostic,
    )


def _unprintable(what: str, detail: str | None) -> MingjianError:
    return MingjianError(
        "character_unprintable",
        Text(zh=f"内容中有无法印出的字符：{what}", en=f"a character cannot be printed: {what}"),
        fault=Fault.USER,
        remedy=Text(zh="更正该字符后重新生成", en="correct it and make the document again"),
        detail=detail,
    )
