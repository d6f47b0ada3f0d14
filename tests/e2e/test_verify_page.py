"""verify.html from file:// in Chromium: the same report as the command line's, whatever was done to a package; it plays."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import ROOT
from tests.media.export.evidence import Case
from tests.media.export.test_masked import MASK_ENDS_NS, build, cover, wanted
from tests.media.feeding import START_NS

from mingjian.media.export.redact import redact, seal_redacted
from mingjian.ports.evidence import Checked
from mingjian.verify.anchor import Anchor
from mingjian.verify.package import verify_package
from mingjian.verify.package_report import Verdict
from mingjian.wire.evidence_zip import read_members
from mingjian.wire.fmp4.box import reader_of

PAGE = ROOT / "src/mingjian/web/ui_dist/verify.html"

pytestmark = pytest.mark.browser


class Checker:
    """The page, and what it asked of the world."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        assert PAGE.is_file(), "the UI is not built: run `make ui`"
        page.context.set_offline(True)
        page.goto(PAGE.as_uri())

    def trust(self, *files: Path) -> None:
        self.page.locator("#anchors").set_input_files(list(files))

    def check(self, package: Path) -> dict[str, Any]:
        self.page.locator("#package").set_input_files([])
        expect(self.page.locator("#result")).to_be_hidden()
        self.page.locator("#package").set_input_files(package)
        expect(self.page.locator("#result")).to_be_visible(timeout=30_000)
        report = self.page.locator("#verdict").get_attribute("data-report")
        assert report is not None
        found: dict[str, Any] = json.loads(report)
        return found


@pytest.fixture
def checker(browser: Browser) -> Iterator[Checker]:
    context = browser.new_context(locale="zh-CN")
    made = Checker(context.new_page())
    yield made
    assert made.errors == []
    assert [url for url in made.requests if not url.startswith(("file:", "blob:"))] == []
    context.close()


@pytest.fixture(scope="module", params=[("sha256", "ed25519"), ("sm3", "sm2")], ids=["sha256", "sm3"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = Case(tmp_path_factory.mktemp("store"), *request.param)
    yield made
    made.close()


def write_anchor(case: Case, path: Path) -> Path:
    keys = case.seal_signer.public.encode(), case.ledger_signer.public.encode()
    path.write_text(f"# 另行取得\nseal {keys[0]}\nledger {keys[1]}\n")
    return path


def ours(data: bytes, anchor: Anchor | None) -> dict[str, Any]:
    return json.loads(json.dumps(verify_package(reader_of(data), len(data), anchor).to_json()))


def test_the_page_says_what_the_command_line_says(case: Case, checker: Checker, tmp_path: Path) -> None:
    package = case.build(tmp_path / "p.zip").path
    data = package.read_bytes()
    alone = checker.check(package)
    assert alone == ours(data, None)
    assert alone["verdict"] == Verdict.INTACT.value
    checker.trust(write_anchor(case, tmp_path / "anchor.txt"))
    assert checker.check(package) == ours(data, case.anchor())
    expect(checker.page.locator("#verdict")).to_have_text("通过（PASS）")
    expect(checker.page.locator("#steps li")).to_have_count(9)
    checker.page.locator("#language").click()
    expect(checker.page.locator("#verdict")).to_have_text("PASS")
    expect(checker.page.locator("#steps li").nth(2)).to_contain_text("the seal")

    member = next(one for one in read_members(reader_of(data), len(data)) if one.name == "media/0002.mp4")
    flipped = bytearray(data)
    flipped[member.end - 3000] ^= 0x10
    (tmp_path / "flipped.zip").write_bytes(flipped)
    found = checker.check(tmp_path / "flipped.zip")
    assert found == ours(bytes(flipped), case.anchor())
    assert found["verdict"] == "FAIL"
    assert (found["altered"]["part"], found["altered"]["file"]) == ("fragment", "media/0002.mp4")
    assert found["altered"]["offset"] <= member.end - 3000 < found["altered"]["end"]
    expect(checker.page.locator("#altered")).to_contain_text("media/0002.mp4, bytes")


def test_a_derived_package_is_told_as_one(case: Case, checker: Checker, tmp_path: Path) -> None:
    original = case.build(tmp_path / "p.zip").path
    redact(original, [], tmp_path / "films")
    checked = Checked("公开征集线索", "张一", case.end_ns, "李二", case.end_ns)
    seal, output = case.seal_signer, tmp_path / "derived.zip"
    data = seal_redacted(original, tmp_path / "films", checked, "01kd", case.end_ns, seal, output).path.read_bytes()
    checker.trust(write_anchor(case, tmp_path / "anchor.txt"))
    found = checker.check(output)
    assert found == ours(data, case.anchor())
    assert (found["verdict"], found["derived_from"]["checked_by"]) == ("PASS", "李二")
    expect(checker.page.locator("#derived")).to_contain_text("DERIVED 派生自证据包")


def test_masks_are_told_and_an_original_beside_its_film_is_found(case: Case, checker: Checker, tmp_path: Path) -> None:
    masked = build(case, tmp_path, wanted(case, cover(START_NS, MASK_ENDS_NS)))
    checker.trust(write_anchor(case, tmp_path / "anchor.txt"))
    found = checker.check(masked)
    assert found == ours(masked.read_bytes(), case.anchor())
    assert (found["verdict"], [one["films"] for one in found["masked"]]) == ("PASS", [1])
    expect(checker.page.locator("#derived")).to_contain_text("已烧入隐私遮蔽")


def test_they_agree_on_anything_that_was_altered(case: Case, checker: Checker, tmp_path: Path) -> None:
    data = case.build(tmp_path / "p.zip").path.read_bytes()
    checker.trust(write_anchor(case, tmp_path / "anchor.txt"))
    members = read_members(reader_of(data), len(data))
    manifest_at = members[-2].data_offset
    for seed in range(40):
        draw = random.Random(seed)
        changed = bytearray(data)
        where = draw.choice((0, manifest_at, manifest_at))  # anywhere, or where structure lies
        at = draw.randrange(where, len(data))
        if seed % 4 == 3:
            del changed[at : at + draw.randrange(1, 50)]
        else:
            changed[at] ^= 1 << draw.randrange(8)
        path = tmp_path / f"{seed}.zip"
        path.write_bytes(changed)
        found = checker.check(path)
        assert found == ours(bytes(changed), case.anchor()), seed
        assert found["verdict"] == "FAIL", seed


def test_a_clip_plays(case: Case, checker: Checker, tmp_path: Path) -> None:
    checker.check(case.build(tmp_path / "p.zip").path)
    checker.page.locator("#clips button").first.click()
    checker.page.wait_for_function(
        "() => { const v = document.getElementById('video'); return v.videoWidth > 0 && v.currentTime > 0.3; }"
    )
    expect(checker.page.locator("#unplayable")).to_be_hidden()


def test_an_anchor_that_cannot_be_read_is_said(case: Case, checker: Checker, tmp_path: Path) -> None:
    bad = tmp_path / "anchor"
    bad.write_text("seal nonsense\n")
    checker.trust(bad)
    checker.page.locator("#package").set_input_files(case.build(tmp_path / "p.zip").path)
    expect(checker.page.locator("#error")).to_have_text("信任锚文件无法读取")
    expect(checker.page.locator("#result")).to_be_hidden()
