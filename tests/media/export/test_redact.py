"""Redacted packages: what was filled is gone, the link to the original verifies, and every way around is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts.build_verifier import build as build_verifier
from tests.media.export.evidence import Case
from tests.media.feeding import CAMERA, START_NS
from tests.verify.test_package import resealed

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.export.redact import read_regions, redact, seal_redacted
from mingjian.media.picture_mask import LUMA
from mingjian.media.trace.pictures import pictures_of
from mingjian.ports.evidence import Checked, FilledRegion
from mingjian.verify.package import verify_package
from mingjian.verify.package_report import Verdict
from mingjian.wire.fmp4.box import reader_of

LEFT_HALF = ((0, 0), (5000, 0), (5000, 10000), (0, 10000))
CHECKED = Checked("公开征集线索", "张一", START_NS, "李二", START_NS + NS_PER_S)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("store"), seconds=2)


@pytest.fixture(scope="module")
def made(case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The original, the films, the derived package."""
    folder = tmp_path_factory.mktemp("made")
    original = case.build(folder / "p.zip").path
    redact(original, [FilledRegion(CAMERA, START_NS, START_NS + 3600 * NS_PER_S, LEFT_HALF)], folder / "films")
    built = seal_redacted(
        original, folder / "films", CHECKED, "01kderived", case.end_ns, case.seal_signer, folder / "d.zip", b"<page>"
    )
    return original, folder / "films", built.path


def test_the_link_verifies_in_every_checker_of_ours_and_no_original_sample_is_in_it(
    case: Case, made: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    original, films, derived = made
    data = derived.read_bytes()
    report = verify_package(reader_of(data), len(data), case.anchor())
    assert report.verdict is Verdict.PASS, report.lines("en")
    assert report.derived_from is not None
    assert report.derived_from.package == "01kpackage0000000000000000"
    assert (report.derived_from.redacted_by, report.derived_from.checked_by) == ("张一", "李二")
    assert any(line.startswith("DERIVED from") for line in report.lines("en"))
    verifier, anchor = tmp_path / "v.pyz", tmp_path / "anchor.txt"
    build_verifier(verifier)
    keys = case.seal_signer.public.encode(), case.ledger_signer.public.encode()
    anchor.write_text(f"seal {keys[0]}\nledger {keys[1]}\n")
    command = [sys.executable, "-I", "-S", verifier, derived, "--trust", anchor, "--json"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert (told.returncode, json.loads(told.stdout)) == (0, json.loads(json.dumps(report.to_json())))
    names = subprocess.run(["unzip", "-Z1", derived], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in names if name.startswith("media/")] == []
    for luma in pictures_of(films / "0001.mp4"):
        half = luma[:, : luma.shape[1] // 2 - 8]
        assert abs(half.astype(int) - LUMA).max() <= 3  # filled, as far as coding tells
        assert luma[:, luma.shape[1] // 2 + 8 :].std() > 20
    packed = original.read_bytes()
    assert all(packed[at : at + 64] not in data for at in range(len(packed) // 4, len(packed) // 2, 4096))


def _other_digest(row: dict[str, Any]) -> None:
    row["derivation"]["manifest_digest"] = "00" * 32


def _same_person(row: dict[str, Any]) -> None:
    row["derivation"]["checked_by"] = row["derivation"]["redacted_by"]


def _same_id(row: dict[str, Any]) -> None:
    row["derivation"] |= {"redacted_by_id": "01kzhang", "checked_by_id": "01kzhang"}


def _other_kind(row: dict[str, Any]) -> None:
    row["clips"][0]["derived"][0]["kind"] = "mask"


def _other_seal(row: dict[str, Any]) -> None:
    row["derivation"]["seal"] = row["derivation"]["seal"].replace("manifest", "Manifest")


def _unmasked(row: dict[str, Any]) -> None:
    row["clips"][0]["masked"] = False


def _another_key(row: dict[str, Any]) -> None:
    row["derivation"]["more"] = ""


@pytest.mark.parametrize(
    "change", [_other_digest, _same_person, _same_id, _other_kind, _other_seal, _unmasked, _another_key]
)
def test_a_link_that_does_not_hold_fails_even_when_sealed_anew(
    case: Case, made: tuple[Path, Path, Path], change: Callable[[dict[str, Any]], None]
) -> None:
    data = resealed(made[2].read_bytes(), case.seal_signer, lambda manifest, _: change(manifest))
    report = verify_package(reader_of(data), len(data), case.anchor())
    assert report.verdict is Verdict.FAIL
    assert report.derived_from is None


def test_two_of_one_name_are_told_apart_by_their_ids(case: Case, made: tuple[Path, Path, Path], tmp_path: Path) -> None:
    original, films, _ = made
    namesakes = Checked("公开征集线索", "张伟", START_NS, "张伟", START_NS + 1, "01kzhangone", "01kzhangtwo")
    built = seal_redacted(original, films, namesakes, "01kd", case.end_ns, case.seal_signer, tmp_path / "d.zip")
    data = built.path.read_bytes()
    assert verify_package(reader_of(data), len(data), case.anchor()).verdict is Verdict.PASS
    alone = Checked("公开征集线索", "张伟", START_NS, "张大伟", START_NS + 1, "01kzhangone", "01kzhangone")
    with pytest.raises(MingjianError, match="another person"):
        seal_redacted(original, films, alone, "01ke", case.end_ns, case.seal_signer, tmp_path / "e.zip")


def test_what_may_not_be_sealed_is_refused(case: Case, made: tuple[Path, Path, Path], tmp_path: Path) -> None:
    original, films, _ = made

    def seal(checked: Checked) -> None:
        seal_redacted(original, films, checked, "x", case.end_ns, case.seal_signer, tmp_path / "x.zip")

    with pytest.raises(MingjianError) as caught:
        seal(Checked("公开", "张一", START_NS, "张一", START_NS + 1))
    assert caught.value.code == "second_person"
    film = films / "0001.mp4"
    whole = film.read_bytes()
    film.write_bytes(whole + b"x")
    with pytest.raises(MingjianError) as caught:
        seal(CHECKED)
    assert caught.value.code == "redaction_altered"
    film.write_bytes(whole)
    assert not (tmp_path / "x.zip").exists()
    for bad in (
        b"{",
        b'[{"camera": "c"}]',
        b'[{"camera": "c", "from_ns": 1, "to_ns": 0, "points": [[0,0],[1,1],[1,0]]}]',
    ):
        with pytest.raises(MingjianError) as caught:
            read_regions(bad)
        assert caught.value.code == "bad_regions"
