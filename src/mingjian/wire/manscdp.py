"""MANSCDP catalogues (GB/T 28181-2022 A.2.1.9 and A.2.6.3): items in and out, as values; no I/O.

A catalogue is XML whose root is Response or Notify with CmdType Catalog and a DeviceList of Items. `read_catalog` takes
the bytes in pieces and gives items one by one, so that a city's file is never whole in memory. What may be hostile is
refused: document types (and with them every entity but the five of XML), depth, sizes. What real devices get wrong is
read (each case has a capture in tests/wire/manscdp):

- GB2312 in the declaration and GB 18030 or UTF-8 in the body; no declaration at all; a byte order mark;
- a bare `&`, and a `<` that begins no tag, in Name or Address; control characters;
- several documents one after the other: a catalogue that was saved as the messages came;
- letter case of element names (`deviceid`), `DeviceList` without Num, SumNum that does not fit.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

MOST_DEPTH = 8
MOST_FIELDS = 120
LONGEST_TEXT = 4096
"""Characters of one element."""

_DECLARATION = re.compile(r"<\?xml[^>]*\?>", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_BARE_LESS = re.compile(r"<(?![/?!A-Za-z_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CUT = 64 << 10
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """One Item. Keys are element names in lower case; those below Info are in `info`. Texts are trimmed."""

    fields: Mapping[str, str]
    info: Mapping[str, str] = field(default_factory=dict)

    @property
    def device_id(self) -> str:
        """The 20-digit code; of a region 2, 4, 6 or 8 digits."""
        return self.fields.get("deviceid", "")

    @property
    def kind(self) -> str:
        """Digits 11 to 13 of a 20-digit code: 131 and 132 are cameras; "" for a region."""
        code = self.device_id
        return code[10:13] if len(code) == 20 else ""

    def get(self, *names: str) -> str:
        """The first of these that is filled, of the item itself or below Info."""
        for name in names:
            found = self.fields.get(name.lower()) or self.info.get(name.lower())
            if found:
                return found
        return ""


def read_catalog(pieces: Iterable[bytes]) -> Iterator[CatalogItem]:
    """Items in the order of the bytes. Raises MingjianError `bad_catalog`, also in the middle."""
    reader = _Reader()
    rest = ""
    for text in _decoded(pieces):
        rest += text
        cut = rest.rfind(">", 0, len(rest)) + 1 if len(rest) > _CUT else 0
        if cut:
            yield from reader.feed(rest[:cut])
            rest = rest[cut:]
        elif len(rest) > 16 * _CUT:
            raise _bad("一个标签过长", "a tag without an end")
    yield from reader.feed(rest)
    reader.close()


def write_catalog(device_id: str, items: Iterable[Mapping[str, Any]], number: int, sn: int = 1) -> Iterator[bytes]:
    """The catalogue of `number` items as one Response in GB 18030; a value that is a mapping becomes nested elements."""
    head = (
        f'<?xml version="1.0" encoding="GB18030"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>{sn}</SN>\r\n'
        f"<DeviceID>{escape(device_id)}</DeviceID>\r\n<SumNum>{number}</SumNum>\r\n"
        f'<DeviceList Num="{number}">\r\n'
    )
    yield head.encode("gb18030")
    for item in items:
        yield f"<Item>\r\n{_elements(item)}</Item>\r\n".encode("gb18030")
    yield b"</DeviceList>\r\n</Response>\r\n"


def _elements(values: Mapping[str, Any]) -> str:
    written = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            inner = _elements(value)
            written.append(f"<{name}>\r\n{inner}</{name}>\r\n" if inner else "")
        elif value not in (None, ""):
            text = _SURROGATE.sub("", _CONTROL.sub("", str(value)))
            written.append(f"<{name}>{escape(text)}</{name}>\r\n")
    return "".join(written)


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """Text, by the charset that the first bytes show. The declaration's word counts less than the bytes."""
    rest = iter(pieces)
    head = b""
    for piece in rest:
        head += piece
        if len(head) >= _CUT:
            break
    decoder = codecs.getincrementaldecoder(_charset(head))()
    try:
        yield decoder.decode(head)
        for piece in rest:
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _bad("文件编码有误", "bytes that are no text of the file's encoding", error) from error


def _charset(head: bytes) -> str:
    """GB 18030 unless the bytes are UTF-8 with Chinese in it: two bytes of GB 2312 may be a letter of UTF-8 (小写, Сд)."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    said = re.search(r"encoding=[\"']utf", text[:200], re.IGNORECASE)
    return "utf-8" if said or _CHINESE.search(text) else "gb18030"


class _Reader:
    """Text in, items out. One expat parser for each document of the file."""

    def __init__(self) -> None:
        self._items: list[CatalogItem] = []
        self._command = ""
        self._found = False
        self._begin()

    def _begin(self) -> None:
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._fields: dict[str, str] | None = None
        self._info: dict[str, str] = {}
        self._ended = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def feed(self, text: str) -> list[CatalogItem]:
        """Items that end in this text."""
        for number, part in enumerate(_DECLARATION.split(text)):
            self._feed(part, fresh=number > 0)
        items, self._items = self._items, []
        return items

    def close(self) -> None:
        """Raises MingjianError `bad_catalog` when the last document is not whole, or none was a catalogue."""
        if self._path:
            raise _bad("文件不完整", "the file ends before the catalogue does")
        if not self._found:
            raise _bad("不是国标目录文件（CmdType 应为 Catalog）", "no catalogue (CmdType is not Catalog)")

    def _feed(self, text: str, *, fresh: bool) -> None:
        text = _BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", _CONTROL.sub("", text)))
        if fresh and self._path:
            raise _bad("一个文档没有结束，另一个就开始了", "a document begins before the last one ended")
        while text:
            if self._ended:
                text = text.lstrip()
                if not text:
                    return
                self._begin()
            text = self._parse(text)

    def _parse(self, text: str) -> str:
        """Parse one document's part of the text; what is beyond its end is given back."""
        end = self._end_of_document(text)
        now, later = (text, "") if end is None else (text[:end], text[end:])
        try:
            self._parser.Parse(now.encode("utf-8", "surrogatepass"), False)
        except expat.ExpatError as error:
            raise _bad("XML 格式有误", "the XML is broken", error) from error
        except UnicodeEncodeError as error:
            raise _bad("含有无效字符", "characters that are none", error) from error
        return later

    def _end_of_document(self, text: str) -> int | None:
        """Behind the end tag of the root, where that is in the text."""
        places = [match.end() for match in re.finditer(r"</(?:Response|Notify)\s*>", text, re.IGNORECASE)]
        return places[0] if places and places[0] < len(text) else None

    def _refuse_doctype(self, *_: object) -> None:
        raise _bad("含有 DOCTYPE 声明，不予读取", "a document type: refused")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name.lower())
        if len(self._path) > MOST_DEPTH:
            raise _bad("嵌套过深", "elements nested too deeply")
        if len(self._path) == 1 and self._path[0] not in ("response", "notify"):
            raise _bad("根元素应为 Response 或者 Notify", "the root is neither Response nor Notify")
        self._text, self._length = [], 0
        if self._path[1:] == ["devicelist", "item"]:
            self._fields, self._info = {}, {}

    def _end(self, name: str) -> None:
        text = "".join(self._text).strip()
        path = self._path[1:]
        self._text = []
        if path == ["cmdtype"]:
            self._command = text.lower()
            self._found = self._found or self._command == "catalog"
        elif path == ["devicelist", "item"]:
            assert self._fields is not None
            if self._command == "catalog":
                self._items.append(CatalogItem(self._fields, self._info))
            self._fields = None
        elif self._fields is not None and len(path) in (3, 4):
            target = self._info if len(path) == 4 and path[2] == "info" else self._fields
            if len(path) == 3 or target is self._info:
                target.setdefault(path[-1], text)
            if len(target) > MOST_FIELDS:
                raise _bad("一个目录项的字段过多", "an item has too many fields")
        self._path.pop()
        self._ended = not self._path

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise _bad("一个字段的内容过长", "a field that is too long")
        self._text.append(text)


def _bad(zh: str, en: str, cause: Exception | None = None) -> MingjianError:
    return MingjianError(
        "bad_catalog",
        Text(f"国标目录无法读取：{zh}", f"the catalogue cannot be read: {en}"),
        fault=Fault.PEER,
        field="content",
        remedy=Text("请从平台重新导出目录", "export the catalogue again from its platform"),
        detail=None if cause is None else str(cause),
    )
