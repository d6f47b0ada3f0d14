"""A certificate file checked offline: genuine, altered anywhere, signed by others, out of the ledger."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.media.custody.logging_store import plan, settle
from tests.media.feeding import CAMERA, START_NS, camera_on
from typer.testing import CliRunner

from mingjian.app.cli.root import application
from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.engine_ledger import engine_log
from mingjian.app.ledger_audit import engine_log_of
from mingjian.app.ledger_keys import CurrentSigner, ensure_key, load_signer, new_signer, rotate
from mingjian.app.ledger_proofs import missing_proofs
from mingjian.app.retention_proofs import proof_file
from mingjian.app.retention_prover import RetentionProver, rule_of
from mingjian.app.settings import load_settings
from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.ledger.retention import decode_certificate
from mingjian.media.retention.daily import run_pass
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.ports.retention import certificates_of, proofs_folder
from mingjian.verify.anchor import Anchor
from mingjian.verify.retention import verify_certificate

DAY = "2025-11-25"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A folder that recorded for some seconds of a day, was proved the day after, and signed its ledger."""
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    folder = init_data_folder(tmp_path_factory.mktemp("verify") / "data", demo=False, clock=clock)
    settings = load_settings(folder, demo=False)
    log = engine_log(folder, settings, clock)
    store = Store(settings.volumes, clock, space=SpacePolicy(0, 0), log=log)
    store.open()
    store.apply_plan(plan())
    camera = camera_on(store, clock).connect()
    camera.send(4)
    camera.stop()
    settle(store)
    clock.advance(DAY_NS)
    done = run_pass(settings.volumes, proofs_folder(folder.root), rule_of(folder), clock, CurrentSigner(folder))
    assert (done.made, done.met) == (1, 1)
    assert log.checkpoint()
    assert store.close()
    return folder


@pytest.fixture(scope="module")
def file(folder: DataFolder) -> dict[str, Any]:
    (stored,) = certificates_of(proofs_folder(folder.root), DAY).values()
    told = json.loads(proof_file(folder, stored))
    assert told["ledger"] is not None
    return told


def verdict(told: dict[str, Any], *keys: str) -> tuple[str, list[str]]:
    report = verify_certificate(canonical_bytes(told), Anchor(ledger_keys=frozenset(keys)) if keys else None)
    return report.verdict.value, [step.id for step in report.steps if step.state.value != "PASS"]


def test_genuine_and_trusted_passes_and_a_certificate_never_vouches_for_itself(file: dict[str, Any]) -> None:
    assert verdict(file, file["key"]) == ("PASS", [])
    assert verdict(file) == ("INTACT, SIGNER UNKNOWN", ["signer"])
    assert verdict({**file, "ledger": None}, file["key"]) == ("INTACT, SIGNER UNKNOWN", ["ledger"])
    other = new_signer("other", "ed25519").public.encode()
    assert verdict(file, other) == ("FAIL", ["signer"])


def _resigned(file: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Altered and signed anew by somebody with a key of his own, as one with root's powers could."""
    text = json.loads(file["note"].split("\n\n")[0])
    change(text)
    forger = new_signer("forger", "ed25519")
    signed = decode_certificate(canonical_bytes(text)).sign(forger)
    return {**file, "note": signed, "key": forger.public.encode()}


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (lambda told: told["streams"][0].update(recorded_ns="5"), "window"),
        (lambda told: told.update(window_days=29), "window"),
        (lambda told: told.update(day="2025-11-24"), "window"),
        (lambda told: told["streams"][0]["samples"][0].update(offset_ns="7"), "samples"),
        (lambda told: told["streams"][0].update(samples=[]), "samples"),
        (lambda told: told.update(seed="00" * 32), "samples"),
        (lambda told: told.update(camera="other"), "ledger"),
        (lambda told: told["streams"][0]["oldest"].update(width=1920), "ledger"),
    ],
)
def test_what_was_altered_and_signed_anew_fails(
    file: dict[str, Any], change: Callable[[dict[str, Any]], object], step: str
) -> None:
    value, failed = verdict(_resigned(file, change), file["key"])
    assert value == "FAIL"
    assert step in failed
    assert "ledger" in failed  # whatever was altered, the ledger's leaf is of the first one


def test_every_kind_of_damage_to_the_file_fails(file: dict[str, Any]) -> None:
    data = canonical_bytes(file)
    for number in range(60):
        at = len(data) * number // 60
        damaged = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert verify_certificate(damaged, Anchor(ledger_keys=frozenset({file["key"]}))).verdict.value == "FAIL", at


def test_a_certificate_edited_by_root_is_found_by_the_audit(folder: DataFolder) -> None:
    proofs = proofs_folder(folder.root)
    leaves = list(engine_log_of(folder, kept_hashes=False).leaves())
    assert not list(missing_proofs(leaves, proofs))
    path = proofs / f"{DAY}.jl"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'\\"window_days\\":30', b'\\"window_days\\":31'))
    assert path.read_bytes() != before
    (found,) = missing_proofs(leaves, proofs)
    assert (found.code, found.camera) == ("proof_missing", CAMERA)
    path.write_bytes(before)


def test_the_command_shows_writes_and_verifies(folder: DataFolder, tmp_path: Path) -> None:
    run = CliRunner()
    data = str(folder.root)
    shown = run.invoke(application("retention"), ["retention", "show", "--data", data, "--json"])
    assert json.loads(shown.stdout)["camera"] == CAMERA
    target = tmp_path / "proof.json"
    assert run.invoke(application("retention"), ["retention", "show", "--data", data, "-o", str(target)]).exit_code == 0
    rotate(folder, None, START_NS + 2 * DAY_NS)  # what the old key signed stays signed
    again = tmp_path / "after-rotation.json"
    assert run.invoke(application("retention"), ["retention", "show", "--data", data, "-o", str(again)]).exit_code == 0
    assert again.read_bytes() == target.read_bytes()
    trust = tmp_path / "trust.txt"
    trust.write_text(f"ledger {json.loads(target.read_bytes())['key']}\n")
    checked = run.invoke(
        application("retention"), ["retention", "verify", str(target), "--trust", str(trust), "--json"]
    )
    assert (checked.exit_code, json.loads(checked.stdout)["verdict"]) == (0, "PASS")
    assert run.invoke(application("retention"), ["retention", "verify", str(target)]).exit_code == 3
    due = subprocess.run(  # it opens web's database, and a process has one of those
        [sys.executable, "-m", "mingjian.app.cli", "retention", "due", "--data", data, "--json"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert [row["camera"] for row in json.loads(due.stdout)["proofs"]] == [CAMERA]  # of yesterday, by the real clock


def test_the_workers_thread_proves_once_after_midnight(folder: DataFolder) -> None:
    settings = load_settings(folder, demo=False)
    clock = ManualClock(START_NS + 2 * DAY_NS + 60 * NS_PER_S, 9 * NS_PER_S)
    ensure_key(folder, "ed25519")
    prover = RetentionProver(folder, settings, clock)
    prover.step()
    assert prover.close()
    assert not certificates_of(proofs_folder(folder.root), "2025-11-26")  # not before gaps are settled
    clock.advance(300 * NS_PER_S)
    prover = RetentionProver(folder, settings, clock)
    prover.step()
    prover._thread.join(30)
    assert set(certificates_of(proofs_folder(folder.root), "2025-11-26")) == {CAMERA}
    assert load_signer(folder).public.name.startswith("mingjian.")
    assert prover.close()
