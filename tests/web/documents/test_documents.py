"""Documents, judged by poppler and qpdf: text, fonts, format; the same bytes twice; nothing printed that is not said."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.documents.samples import FILES, SAMPLES

from mingjian.kernel.errors import MingjianError
from mingjian.rules.judgement import Citation
from mingjian.web.documents.render import _qr_svg, render
from mingjian.web.documents.schemas import (
    DOCUMENTS,
    AcceptanceSlip,
    CorrectionNotice,
    Document,
    PrintableSign,
    RetrievalNotice,
)

BY_KIND: dict[type[Document], Any] = {type(sample): sample for sample in SAMPLES}
SLIP, NOTICE = BY_KIND[AcceptanceSlip], BY_KIND[RetrievalNotice]


def run(command: list[str], pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "document.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([part.replace("PDF", str(path)) for part in command], capture_output=True, check=True)
    return done.stdout.decode()


def text_of(document: Document, tmp_path: Path) -> str:
    return run(["pdftotext", "-raw", "PDF", "-"], render(document), tmp_path)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(BY_KIND) == set(DOCUMENTS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.template)
def test_it_is_a_sound_pdf_with_its_fonts_inside_and_the_same_twice(sample: Document, tmp_path: Path) -> None:
    made = render(sample)
    assert render(sample) == made
    assert "No syntax or stream encoding errors" in run(["qpdf", "--check", "PDF"], made, tmp_path)
    info = run(["pdfinfo", "-isodates", "PDF"], made, tmp_path)
    assert sample.title in info
    assert "2026-11-26T00:00:00" in info  # the record's instant, not the clock's
    assert "A4" in info
    meta = run(["pdfinfo", "-meta", "PDF"], made, tmp_path)
    assert "<pdfaid:part>2</pdfaid:part>" in meta
    assert "<pdfaid:conformance>U</pdfaid:conformance>" in meta
    fonts = run(["pdffonts", "PDF"], made, tmp_path).splitlines()[2:]
    assert fonts
    for line in fonts:
        assert "CJKsc" in line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, with a map to Unicode


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.template)
def test_everything_said_is_printed(sample: Document, tmp_path: Path) -> None:
    printed = squeezed(text_of(sample, tmp_path))

    def look(value: object) -> None:
        if isinstance(value, str):
            assert squeezed(value) in printed, value
        elif isinstance(value, tuple):
            for one in value:
                look(one)
        elif is_dataclass(value) and not isinstance(value, Citation):
            for one in fields(value):
                look(getattr(value, one.name))

    look(sample)
    assert "2026年11月26日" in printed or isinstance(sample, PrintableSign)
    if not isinstance(sample, PrintableSign):
        assert sample.title in printed


@pytest.mark.parametrize("kind", [AcceptanceSlip, CorrectionNotice], ids=lambda kind: kind.template)
def test_an_uncertain_number_is_never_printed_without_its_mark(kind: type[Document], tmp_path: Path) -> None:
    printed = squeezed(text_of(BY_KIND[kind], tmp_path))
    assert printed.count("第十六条第一款") == printed.count("第十六条第一款(条号待核)") == 1
    assert "条号待核" not in text_of(NOTICE, tmp_path)


def test_a_digest_can_be_copied_out_whole(tmp_path: Path) -> None:
    printed = squeezed(text_of(NOTICE, tmp_path))
    for one in FILES:
        assert one.digest in printed


@pytest.mark.parametrize(
    "bad", ["\ue000", "\u202eevil", "\x1b[2J", "\U0001f4a3", "\U000e0041", "\ud800", "\u1330"],
    ids=["private", "direction", "escape", "emoji", "tag", "surrogate", "no font has it"],
)  # fmt: skip
def test_what_cannot_be_printed_stops_the_document(bad: str) -> None:
    with pytest.raises(MingjianError) as caught:
        render(replace(SLIP, filer=f"甲{bad}公司"))
    assert caught.value.code == "character_unprintable"


MARKUP = [
    '#panic("x")', "*bold* _it_ `raw` $x$", '"); #read("/etc/passwd") //', "\\u{41} \\ @label <label>", "= Heading",
    "#import \"layout.typ\": *", "<b>x</b>&amp;", "https://example.org/#a", "/* x */ -- --- ...",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_printed_as_it_is(text: str, tmp_path: Path) -> None:
    assert squeezed(text) in squeezed(text_of(replace(SLIP, filer=text), tmp_path))


def inside(pdf: bytes, tmp_path: Path) -> None:
    """Every word lies on the page, and inside its margins."""
    boxes = run(["pdftotext", "-bbox", "PDF", "-"], pdf, tmp_path)
    words = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">', boxes)
    assert words
    for left, top, right, bottom in words:
        assert float(left) >= 40
        assert float(right) <= 595.3 - 40
        assert float(top) >= 10
        assert float(bottom) <= 841.9 - 10


@pytest.mark.parametrize("fill", ["A" * 300, "甲" * 300, "a-b" * 100, "。" * 200], ids=["A", "甲", "a-b", "。"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.template)
def test_long_names_stay_inside_their_boxes(sample: Any, fill: str, tmp_path: Path) -> None:
    values: dict[str, Any] = {"organ": fill, "number": fill}
    for name in ("filer", "system", "case", "purpose", "holder", "place", "narrowed", "remark"):
        if name in sample.__dataclass_fields__:
            values[name] = fill
    if hasattr(sample, "extents"):
        values["extents"] = tuple(replace(one, camera=fill, code=fill) for one in sample.extents[:1])
        values["executors"] = tuple(replace(one, name=fill, unit=fill) for one in sample.executors)
    inside(render(replace(sample, **values)), tmp_path)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from("甲乙丙《》“”、。〔〕"), max_size=80
    )
)
def test_any_text_is_printed_whole(tmp_path: Path, text: str) -> None:
    printed = squeezed(text_of(replace(SLIP, received_by=text), tmp_path))
    assert squeezed(text) in printed


def test_a_demo_document_says_that_it_has_no_force(tmp_path: Path) -> None:
    assert "演示数据" in text_of(replace(SLIP, demo=True), tmp_path)
    assert "演示数据" not in text_of(SLIP, tmp_path)


def test_the_fonts_may_come_from_a_folder_and_their_lack_is_said(tmp_path: Path, configure: Callable[..., Any]) -> None:
    configure(font_folder=tmp_path)
    with pytest.raises(MingjianError) as caught:
        render(SLIP)
    assert (caught.value.code, caught.value.fault) == ("fonts_missing", "environment")
    for name in (
        "NotoSerifCJK-Regular.ttc",
        "NotoSerifCJK-Bold.ttc",
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJK-Bold.ttc",
    ):
        folder = tmp_path / "bundled"
        folder.mkdir(exist_ok=True)
        (folder / name).symlink_to(Path("/usr/share/fonts/opentype/noto") / name)
    configure(font_folder=folder)
    assert render(SLIP).startswith(b"%PDF-1.7")


def test_the_qr_code_is_the_address(tmp_path: Path) -> None:
    """Read back by a program of somebody else (zbar's zbarimg)."""
    sign = BY_KIND[PrintableSign]
    path = tmp_path / "sign.pdf"
    path.write_bytes(render(sign))
    subprocess.run(["pdftoppm", "-r", "100", "-png", "-singlefile", str(path), str(tmp_path / "sign")], check=True)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(tmp_path / "sign.png")], capture_output=True, text=True, check=True
    )
    assert read.stdout.strip() == sign.address
    assert _qr_svg(sign.address) == _qr_svg(sign.address)
