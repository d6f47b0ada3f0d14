"""The command line and the single file answer alike: the same JSON, the same exit code, whatever was done to a package."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.media.export.evidence import Case

from mingjian.ledger.sm3 import Sm3, sm3

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pyz") / "mingjian-verify.pyz"
    build(path)
    return path


def build(path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts/build_verifier.py", "-o", path], check=True)


def run(*command: str | Path) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": "src", "MINGJIAN_LANG": "zh"}
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=environment)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize(
    ("algorithm", "suite"), [("sha256", "ed25519"), pytest.param("sm3", "sm2", marks=pytest.mark.more)]
)
def test_the_same_verdicts(pyz: Path, tmp_path: Path, algorithm: str, suite: str) -> None:
    (tmp_path / "store").mkdir()
    case = Case(tmp_path / "store", algorithm, suite, seconds=2)
    package = case.build(tmp_path / "p.zip").path
    case.close()
    anchor = tmp_path / "anchor.txt"
    keys = case.seal_signer.public.encode(), case.ledger_signer.public.encode()
    anchor.write_text(f"# 另行取得\nseal {keys[0]}\nledger {keys[1]}\n")
    altered = bytearray(package.read_bytes())
    altered[len(altered) // 2] ^= 4
    (tmp_path / "altered.zip").write_bytes(altered)
    alone = [sys.executable, "-I", "-S", pyz]  # no site-packages
    cli = [sys.executable, "-m", "mingjian.app.cli", "evidence", "verify"]
    expected = [
        ("p.zip", True, 0, "PASS"),
        ("p.zip", False, 3, "INTACT, SIGNER UNKNOWN"),
        ("altered.zip", True, 1, "FAIL"),
    ]
    for name, trusted, code, verdict in expected:
        options = [tmp_path / name, *(["--trust", anchor] if trusted else [])]
        ours, single = run(*cli, *options, "--json"), run(*alone, *options, "--json")
        assert ours == single
        assert ours[0] == code
        said = json.loads(ours[1])
        assert (said["verdict"], len(said["steps"])) == (verdict, 9)
        assert (said["altered"] is None) == (verdict != "FAIL")
        told, told_single = run(*cli, *options), run(*alone, *options)
        assert told[1].splitlines()[-1] == told_single[1].splitlines()[-1] == verdict


def test_asked_wrongly_is_neither_verdict(pyz: Path, tmp_path: Path) -> None:
    bad = tmp_path / "anchor"
    bad.write_text("seal nonsense\n")
    (tmp_path / "p.zip").write_bytes(b"")
    alone = [sys.executable, "-I", "-S", pyz]
    assert run(*alone, tmp_path / "p.zip", "--trust", bad)[0] == 2
    assert run(*alone, tmp_path / "nothing.zip")[0] == 2
    assert run(*alone, tmp_path / "p.zip")[0] == 1


def test_the_same_sources_give_the_same_file_and_it_holds_no_library(pyz: Path, tmp_path: Path) -> None:
    build(tmp_path / "again.pyz")
    assert (tmp_path / "again.pyz").read_bytes() == pyz.read_bytes()
    assert os.access(pyz, os.X_OK)
    spec = importlib.util.spec_from_file_location("build_verifier", ROOT / "scripts/build_verifier.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = [path.relative_to(module.SOURCE).parts[:2] for path in module.modules()]
    assert {name[1] for name in names if len(name) > 1} <= {"__init__.py", "kernel", "ledger", "verify", "wire"}


def test_streamed_sm3_is_openssls() -> None:
    data = bytes(range(256)) * 3
    for cut in (0, 1, 63, 64, 65, 500):
        state = Sm3()
        state.update(data[:cut])
        state.update(data[cut:])
        assert state.digest() == hashlib.new("sm3", data).digest() == sm3(data)
