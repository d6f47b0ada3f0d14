"""The signing key in a token: SoftHSM2 as the token, openssl as the judge of what it signed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.media.custody.logging_store import record
from tests.media.feeding import START_NS
from tests.red_team.attacked import judge, open_engine
from typer.testing import CliRunner

from mingjian.app.cli.root import application
from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.ledger_anchor import read_anchors
from mingjian.app.ledger_audit import engine_log_of
from mingjian.app.ledger_export import anchor_of_folder
from mingjian.app.ledger_keys import ensure_key, key_path, load_signer, read_pin, rotate
from mingjian.app.ledger_token import TokenSigner, TokenUri, find_key
from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.note import PublicKey, split

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "482915"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with SoftHSM's store, in which there is one token, and the PIN's file."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "store").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'store'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    initialise = ["softhsm2-util", "--init-token", "--free", "--label", "mingjian", "--so-pin", "77777777"]
    subprocess.run([*initialise, "--pin", PIN], check=True, capture_output=True)
    write_pin(folder / "pin", PIN)
    yield folder
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = init_data_folder(tmp_path / "data", demo=False, clock=ManualClock(START_NS, 5 * NS_PER_S))
    ensure_key(folder, "ed25519")
    return folder


def write_pin(path: Path, pin: str) -> None:
    path.write_text(pin + "\n")
    path.chmod(0o600)


def uri(token: Path, name: str = "ledger", pin: str = "pin", label: str = "mingjian") -> str:
    return f"pkcs11:token={label};object={name}?module-path={MODULE}&pin-source=file:{token / pin}"


def rotated(folder: DataFolder, where: str, clock: ManualClock, *, generate: bool = True) -> None:
    rotate(folder, None, clock.now_ns(), token=where, generate=generate)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(MingjianError) as caught:
        call()
    return caught.value.code


def test_checkpoints_are_signed_by_the_token_and_the_chain_of_keys_holds(
    token: Path, folder: DataFolder, tmp_path: Path
) -> None:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    store, log = open_engine(folder, clock)
    record(store, clock, 2)
    assert log.checkpoint()
    anchor = tmp_path / "anchor.json"
    anchor.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    asked = ["ledger", "rotate", "--data", str(folder.root), "--token", uri(token, "chain"), "--generate", "--json"]
    ran = CliRunner().invoke(application("ledger"), asked)
    assert ran.exit_code == 0, ran.output
    kept = key_path(folder).read_text()
    assert kept.startswith("PKCS11+KEY+")
    assert PIN not in kept
    record(store, clock, 2)
    assert log.checkpoint()
    assert store.close()
    assert not log.alarms()
    judged_by_openssl(tmp_path, engine_log_of(folder).signed or "", load_signer(folder).public)
    assert judge(folder, read_anchors(anchor), clock).verdict == "intact"
    rotate(folder, "sm2", clock.now_ns())
    assert load_signer(folder).public.suite == "sm2", "and back to a key of a file"
    assert judge(folder, read_anchors(anchor), clock).verdict == "intact"


def judged_by_openssl(tmp_path: Path, signed: str, public: PublicKey) -> None:
    """The key as RFC 8410 writes it, the text and the signature of the note: openssl knows nothing of us."""
    text, signatures = split(signed)
    (signature,) = [one.value for one in signatures if one.key_id == public.key_id]
    (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + public.key)
    (tmp_path / "text").write_bytes(text.encode())
    (tmp_path / "signature").write_bytes(signature)
    ran = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in", "text",
         "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert "Signature Verified Successfully" in ran.stdout, ran


def test_while_the_token_is_away_nothing_is_signed_and_nothing_is_lost(token: Path, folder: DataFolder) -> None:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    rotated(folder, uri(token, "away"), clock)
    store, log = open_engine(folder, clock)
    record(store, clock, 2)
    assert log.checkpoint()
    signed = log.status().signed
    (token / "pin").rename(token / "pin.elsewhere")
    key_path(folder).touch()  # read again, as by a process that begins now
    record(store, clock, 2)
    log.checkpoint()
    (one,) = log.alarms()
    assert one["code"] == "ledger_unsigned"
    assert log.status().signed == signed < log.status().size
    (token / "pin.elsewhere").rename(token / "pin")
    assert log.checkpoint()
    assert not log.alarms()
    assert log.status().signed == log.status().size
    assert store.close()


def test_two_keys_of_one_token_sign_side_by_side(token: Path) -> None:
    ours = [find_key(f"mingjian.{name}", uri(token, name), read_pin, generate=True) for name in ("one", "two")]
    for _ in range(2):
        for signer in ours:
            assert signer.public.verify(b"a text", signer.sign(b"a text"))


def test_what_a_token_or_its_address_lacks_is_said(token: Path, folder: DataFolder) -> None:
    find_key("mingjian.a", uri(token, "taken"), read_pin, generate=True)
    other = find_key("mingjian.b", uri(token, "other"), read_pin, generate=True)
    write_pin(token / "wrong", "000000")
    write_pin(token / "open", PIN)
    (token / "open").chmod(0o644)

    def find(where: str, *, generate: bool = False) -> str:
        return refused(lambda: find_key("mingjian.c", where, read_pin, generate=generate))

    assert find(uri(token, "taken"), generate=True) == "token_key_exists"
    assert find(uri(token, "nobody")) == "token_refuses"
    assert find(uri(token, label="no such token")) == "token_unreachable"
    for _ in range(12):  # SoftHSM tells of none left after ten
        assert find(uri(token, pin="wrong")) == "token_pin_refused"
    assert find(uri(token, "nobody")) == "token_refuses", "it is not locked, and the right PIN is taken"
    assert find(uri(token, pin="open")) == "key_permissions"
    assert find(uri(token).replace(MODULE, "/no/such/library.so")) == "token_unreachable"
    swapped = TokenSigner(other.public, uri(token, "taken"), read_pin)
    assert refused(lambda: swapped.sign(b"a text")) == "other_token_key"
    key_path(folder).write_text(f"PKCS11+KEY+nothing {uri(token)}\n")
    assert refused(lambda: load_signer(folder)) in {"broken_key", "note_key_unreadable", "key_unreadable"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "begins with pkcs11:"),
        ("https://token", "begins with pkcs11:"),
        (f"pkcs11:token=a;object=b?module-path={MODULE}&pin-value=1234", "no PIN"),
        (f"pkcs11:object=b?module-path={MODULE}", "token is missing"),
        (f"pkcs11:token=a?module-path={MODULE}", "object is missing"),
        ("pkcs11:token=a;object=b", "module-path is missing"),
        (f"pkcs11:token=a;object=b;slot-id=1?module-path={MODULE}", "slot-id"),
    ],
)
def test_a_bad_address_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(MingjianError) as caught:
        TokenUri.parse(text)
    assert caught.value.code == "bad_token_uri"
    assert what in caught.value.message.en


def test_an_address_is_read_as_the_standard_writes_it() -> None:
    read = TokenUri.parse(
        f"pkcs11:token=%E6%98%8E%E9%89%B4;object=a%20key?pin-source=file:/run/pin&module-path={MODULE}"
    )
    assert (read.token, read.label, read.pin_file, read.module) == ("明鉴", "a key", Path("/run/pin"), Path(MODULE))
    assert TokenUri.parse(f"pkcs11:token=a;object=b?module-path={MODULE}").pin_file is None
