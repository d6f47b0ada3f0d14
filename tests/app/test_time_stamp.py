"""Time stamps against a real authority: what is asked, what is believed, and what is refused with whose fault."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.authority import Authority, identity
from tests.app.processes import free_port
from tests.app.test_command_line import mingjian
from tests.red_team.attacked import open_engine

from mingjian.app.data_folder import init_data_folder
from mingjian.app.der_order import with_sorted_certificates
from mingjian.app.ledger_export import anchor_of_folder
from mingjian.app.ledger_keys import ensure_key
from mingjian.app.ledger_stamp import ask
from mingjian.app.settings import load_settings
from mingjian.app.time_stamp import judge, read_ca, request_over
from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.web import prepared_database

CONTENT = "账本根".encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    authority = Authority(tmp_path_factory.mktemp("tsa"))
    yield authority
    authority.close()


@pytest.fixture(scope="module")
def answered(authority: Authority) -> tuple[bytes, int]:
    """An answer over CONTENT, and the nonce it was asked with."""
    request, nonce = request_over(CONTENT)
    return ask(authority.url, request), nonce


def refusal(answer: bytes, authority: Authority, *, content: bytes = CONTENT, nonce: int | None = None) -> str:
    with pytest.raises(MingjianError) as caught:
        judge(answer, content, [authority.root.certificate], nonce)
    assert caught.value.fault is Fault.PEER
    assert caught.value.remedy is not None
    return caught.value.code


def test_the_request_is_over_the_hash_alone_and_the_answer_is_believed(
    authority: Authority, answered: tuple[bytes, int]
) -> None:
    answer, nonce = answered
    asked = subprocess.run(
        ["openssl", "ts", "-query", "-in", authority.folder / "query", "-text"], capture_output=True, check=True
    ).stdout.decode()
    assert "Hash Algorithm: sha256" in asked
    assert "Certificate required: yes" in asked
    said = re.search("Nonce: (0x[0-9A-Fa-f]+)", asked)
    assert said is not None
    assert int(said[1], 16) == nonce
    assert hashlib.sha256(CONTENT).digest() in authority.asked[0]
    assert CONTENT not in authority.asked[0]
    stamp = judge(answer, CONTENT, [authority.root.certificate], nonce)
    assert abs(stamp.time_ns - time.time_ns()) < 60 * NS_PER_S
    assert (stamp.accuracy_s, stamp.authority, stamp.serial) == (1.5, "CN=signer", str(0x42))
    token, content = authority.folder / "kept.tsr", authority.folder / "kept"
    token.write_bytes(answer)
    content.write_bytes(CONTENT)
    assert authority.holds(token, content)


def test_certificates_in_any_order_are_read_and_stay_what_they_were(
    authority: Authority, answered: tuple[bytes, int]
) -> None:
    signer, middle = authority.signer.der, authority.middle.der
    answer = answered[0]
    assert signer + middle in answer or middle + signer in answer
    one, other = (answer.replace(signer + middle, middle + signer), answer.replace(middle + signer, signer + middle))
    assert one != other
    assert with_sorted_certificates(one) == with_sorted_certificates(other) in (one, other)
    for each in (one, other):
        assert judge(each, CONTENT, [authority.root.certificate]).authority == "CN=signer"


def test_other_bytes_another_nonce_and_another_ca_are_told_apart(
    authority: Authority, answered: tuple[bytes, int]
) -> None:
    answer, nonce = answered
    assert refusal(answer, authority, content=b"other") == "stamp_other_bytes"
    assert refusal(answer, authority, nonce=nonce + 1) == "stamp_other_nonce"
    stranger = identity(authority.folder, "stranger")
    with pytest.raises(MingjianError) as caught:
        judge(answer, CONTENT, [stranger.certificate])
    assert caught.value.code == "stamp_wrong_ca"
    assert "unable to get local issuer certificate" in caught.value.message.en
    bare = identity(authority.folder, "bare.ca")
    with pytest.raises(MingjianError, match="cannot be read"):
        read_ca(bare.key_pem, "--tsa-ca")


def test_a_signature_that_does_not_hold_is_told(authority: Authority, answered: tuple[bytes, int]) -> None:
    spoilt = bytearray(answered[0])
    spoilt[-20] ^= 1
    assert refusal(bytes(spoilt), authority) == "stamp_altered"


@settings(max_examples=10, deadline=None)
@given(place=st.integers(0, 1 << 16), flip=st.integers(1, 255))
def test_no_changed_answer_says_another_time_or_passes_for_other_bytes(
    authority: Authority, answered: tuple[bytes, int], place: int, flip: int
) -> None:
    answer = bytearray(answered[0])
    answer[place % len(answer)] ^= flip
    honest = judge(answered[0], CONTENT, [authority.root.certificate])
    try:
        stamp = judge(bytes(answer), CONTENT, [authority.root.certificate])
    except MingjianError:
        return
    assert (stamp.time_ns, stamp.serial) == (honest.time_ns, honest.serial)


@given(data=st.binary(max_size=200))
@settings(max_examples=15, deadline=None)
def test_what_is_no_answer_is_refused_and_never_sorted(authority: Authority, data: bytes) -> None:
    assert with_sorted_certificates(data) == data
    assert refusal(data, authority) == "tsa_no_token"


def test_a_certificate_for_another_purpose_is_refused(authority: Authority, answered: tuple[bytes, int]) -> None:
    """Openssl signs with none such, so one of the same key, issuer, serial and size takes the signer's place."""
    signer = authority.signer
    while True:
        other = identity(authority.folder, "signer", authority.middle, usage="codeSigning", like=signer)
        if len(other.der) == len(signer.der):
            break
    assert refusal(answered[0].replace(signer.der, other.der), authority) == "stamp_wrong_purpose"


def test_an_authority_that_refuses_redirects_or_is_away_is_told(authority: Authority) -> None:
    query = subprocess.run(
        ["openssl", "ts", "-query", "-digest", "00" * 64, "-sha512"], capture_output=True, check=True
    ).stdout
    with pytest.raises(MingjianError) as caught:
        judge(ask(authority.url, query), CONTENT, [authority.root.certificate])
    assert (caught.value.code, caught.value.fault) == ("tsa_refused", Fault.PEER)
    assert "rejection; Message digest algorithm is not supported" in caught.value.message.en
    for status in (302, 503):
        authority.status = status
        with pytest.raises(MingjianError, match=f"HTTP {status}") as caught:
            ask(authority.url, query)
        assert (caught.value.code, caught.value.fault) == ("tsa_away", Fault.PEER)
    authority.status = 200
    with pytest.raises(MingjianError) as caught:
        ask(f"http://127.0.0.1:{free_port()}/", query)
    assert caught.value.code == "tsa_away"
    with pytest.raises(MingjianError) as caught:
        ask("http://169.254.169.254/tsr", query)
    assert (caught.value.code, caught.value.fault) == ("tsa_address_refused", Fault.USER)


def test_settings_refuse_what_is_no_authority(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "data", demo=False, clock=ManualClock(0))
    assert load_settings(folder, demo=False).ledger.tsa == ""
    text = folder.settings_file.read_text()
    for given_line, named in (
        ('tsa = "ftp://tsa.example/"', "ledger.tsa"),
        ('tsa = "http://user:secret@tsa.example/"', "ledger.tsa"),
        ('tsa = "http://169.254.169.254/"', "ledger.tsa"),
        ('tsa = "http://tsa.example:port/"', "ledger.tsa"),
        ('tsa = "https://tsa.example/"', "ledger.tsa_ca"),
    ):
        folder.settings_file.write_text(text.replace('tsa = ""', given_line))
        with pytest.raises(MingjianError) as caught:
            load_settings(folder, demo=False)
        assert (caught.value.field, "secret" in str(caught.value)) == (named, False)


def test_an_audit_by_the_command_line_says_who_vouches_for_the_anchor_and_finds_a_strangers_token(
    authority: Authority, tmp_path: Path
) -> None:
    clock = ManualClock(time.time_ns())
    folder = init_data_folder(tmp_path / "data", demo=False, clock=clock)
    ensure_key(folder, "ed25519")
    assert prepared_database.lay(folder.root / "web" / "web.sqlite3")
    store, log = open_engine(folder, clock)
    assert log.checkpoint()
    assert store.close()
    anchor = tmp_path / "root.json"
    anchor.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    request, _ = request_over(anchor.read_bytes())
    anchor.with_suffix(".tsr").write_bytes(ask(authority.url, request))
    assert authority.holds(anchor.with_suffix(".tsr"), anchor)

    asked = ["ledger", "audit", "--data", str(folder.root), "--anchor", str(anchor), "--tsa-ca"]
    done = mingjian(*asked, str(authority.root.pem), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["findings"]) == (3, []), "web's log is not in this anchor: not wholly proved"
    (stamp,) = told["time_stamps"]
    assert (stamp["anchor"], stamp["authority"], told["time_stamps_not_judged"]) == (str(anchor), "CN=signer", 0)
    stranger = identity(authority.folder, "stranger.ca")
    done = mingjian(*asked, str(stranger.pem), language="zh_CN.UTF-8")
    assert done.returncode == 1
    assert f"! 时间戳 {anchor.with_suffix('.tsr')}：" in done.stdout
    assert "结论：发现 1 处问题" in done.stdout
