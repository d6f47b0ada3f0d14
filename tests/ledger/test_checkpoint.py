"""Checkpoints and key rotations: one spelling, signed by whom they say, and never two words about one tree."""

import base64
import dataclasses
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.logs import ORIGIN, SIGNERS, START_NS, Log

from mingjian.kernel.errors import MingjianError
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint, CheckpointState, OpenSegment, open_checkpoint, open_root
from mingjian.ledger.rotation import Rotation, follow, open_rotation

HASHES = st.binary(min_size=32, max_size=32)
CHECKPOINTS = st.builds(
    Checkpoint,
    origin=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
    size=st.integers(0, (1 << 62) - 1),
    root=HASHES,
    algorithm=st.sampled_from(["sha256", "sm3"]),
    time_ns=st.integers(0, (1 << 63) - 1),
    previous=st.none() | HASHES,
    open_count=st.integers(0, 10_000),
    open_root=HASHES,
)
SUITES = pytest.mark.parametrize("suite", ["ed25519", "sm2"])


def code_of(error: pytest.ExceptionInfo[MingjianError]) -> str:
    return error.value.code


def parsed(text: str) -> str:
    """The text of what was parsed, or the error's code."""
    try:
        return Checkpoint.parse(text).text()
    except MingjianError as error:
        return error.code


@given(CHECKPOINTS)
def test_a_checkpoint_comes_back_as_it_went(one: Checkpoint) -> None:
    assert Checkpoint.parse(one.text()) == one


@given(CHECKPOINTS, st.data())
def test_any_other_spelling_is_refused(one: Checkpoint, data: st.DataObject) -> None:
    text = one.text()
    at = data.draw(st.integers(0, len(text) - 1))
    for other in (text + "\n", text[:-1], text[:at] + " " + text[at:], text[:at] + text[at + 1 :], "0" + text[at:]):
        assert other != text
        assert parsed(other) in (other, "checkpoint_unreadable")


@SUITES
def test_signed_and_opened(suite: str) -> None:
    signer = SIGNERS[suite]
    said = Log(7).checkpoint(7)
    _, signed = CheckpointState().sign(said, [], signer)
    assert open_checkpoint(signed, signer.public) == said
    assert note.PublicKey.decode(signer.public.encode()) == signer.public
    stranger = note.KeySigner(signer.name, suite, b"\x11" * 32)
    with pytest.raises(MingjianError) as error:
        open_checkpoint(signed, stranger.public)
    assert code_of(error) == "note_not_signed"
    for other in (
        signed.replace("\n7\n", "\n8\n"),
        signed.replace("sha256", "sm3"),
        signed.replace("open 1", "open 2"),
    ):
        assert other != signed
        with pytest.raises(MingjianError) as error:
            open_checkpoint(other, signer.public)
        assert code_of(error) == "note_not_signed"
    forged = note.sign_text(said.text(), stranger)
    mine = dataclasses.replace(forged, key_id=signer.public.key_id)
    with pytest.raises(MingjianError, match="no valid signature"):
        open_checkpoint(signed + mine.line(), signer.public)
    assert open_checkpoint(signed + forged.line(), signer.public) == said  # another key's line is nothing to us


def test_openssl_accepts_the_signature(tmp_path: Path) -> None:
    signer = SIGNERS["ed25519"]
    signed = Log(3).checkpoint(3).sign(signer)
    text, _, line = signed.rpartition("\n\n")
    (tmp_path / "text").write_text(text + "\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(line.split()[-1])[4:])
    key = Ed25519PublicKey.from_public_bytes(signer.public.key)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "key.pem").write_bytes(key.public_bytes(serialization.Encoding.PEM, form))
    command = "openssl pkeyutl -verify -rawin -in text -sigfile signature -pubin -inkey key.pem"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False, text=True)
    assert "Verified Successfully" in done.stdout


@pytest.mark.parametrize(
    "signed",
    ["", "\n\n", "a\n", "a\n\n", "a\n\n— k \n", "a\n\n— k !!!!\n", "a\n\n— k AAAA\n", "a\n\nk AAAAAAA=\n", "a\t\n\n— k AAAAAAA=\n",
     "a\n\n— k AAAAAAA=", "a\ud800\n\n— k AAAAAAA=\n", "a\n\n" + "— k AAAAAAA=\n" * 65],
)  # fmt: skip
def test_what_is_no_note_is_refused(signed: str) -> None:
    with pytest.raises(MingjianError) as error:
        note.split(signed)
    assert code_of(error) == "note_unreadable"


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_a_named_error(text: str) -> None:
    with pytest.raises(MingjianError) as error:
        note.PublicKey.decode(text)
    assert code_of(error) in ("key_name", "key_unreadable")


def test_a_private_key_is_never_printed() -> None:
    for signer in SIGNERS.values():
        assert signer.private.hex() not in repr(signer)
        assert repr(signer.private) not in repr(signer)


# --- the log never says two things ----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 40), max_size=6))
def test_a_growing_log_is_signed_checkpoint_by_checkpoint(growth: list[int]) -> None:
    log, state, size = Log(240), CheckpointState(), 0
    for more in growth:
        before = size
        size += more
        previous = state.last.hash() if state.last else None
        proof = log.proof(before, size) if state.last else []
        state, signed = state.sign(log.checkpoint(size, previous), proof, SIGNERS["ed25519"])
        assert open_checkpoint(signed, SIGNERS["ed25519"].public) == state.last


@given(st.integers(1, 60), st.integers(0, 60))
def test_no_smaller_and_no_other_tree_is_signed(first: int, second: int) -> None:
    log, other, signer = Log(60), Log(60, salt="x"), SIGNERS["ed25519"]
    state, _ = CheckpointState().sign(log.checkpoint(first), [], signer)
    assert state.last is not None
    previous = state.last.hash()
    old, new = sorted((first, second))
    for source in (log, other):
        if source is log and second >= first:
            continue
        with pytest.raises(MingjianError) as error:
            state.sign(source.checkpoint(second, previous), source.proof(old, new), signer)
        expected = {-1: "checkpoint_smaller", 0: "checkpoint_split", 1: "checkpoint_inconsistent"}
        assert code_of(error) == expected[(second > first) - (second < first)]


def test_the_chain_origin_and_algorithm_are_kept() -> None:
    log, signer = Log(9), SIGNERS["ed25519"]
    state, _ = CheckpointState().sign(log.checkpoint(5), [], signer)
    assert state.last is not None
    for previous in (None, b"\x01" * 32):
        with pytest.raises(MingjianError) as error:
            state.sign(log.checkpoint(9, previous), log.proof(5, 9), signer)
        assert code_of(error) == "checkpoint_chain"
    previous = state.last.hash()
    for following in (log.checkpoint(9, previous, origin="another"), Log(9, algorithm="sm3").checkpoint(9, previous)):
        with pytest.raises(MingjianError) as error:
            state.sign(following, log.proof(5, 9), signer)
        assert code_of(error) == "checkpoint_other_log"
    with pytest.raises(MingjianError) as error:
        CheckpointState().sign(log.checkpoint(5, previous), [], signer)
    assert code_of(error) == "checkpoint_chain"


def test_running_roots_of_open_segments_are_covered() -> None:
    segments = [OpenSegment(name, 3, bytes([index]) * 32) for index, name in enumerate("cab")]
    root = open_root("sha256", segments)
    assert root == open_root("sha256", reversed(segments))
    for index in range(3):
        changed = list(segments)
        changed[index] = dataclasses.replace(changed[index], leaves=4)
        assert open_root("sha256", changed) != root
    with pytest.raises(ValueError, match="listed twice"):
        open_root("sha256", [segments[0], segments[0]])


@pytest.mark.parametrize(
    "wrong", [{"size": -1}, {"origin": ""}, {"origin": "a\nb"}, {"root": b"x"}, {"algorithm": "md5"}, {"time_ns": -1}]
)
def test_what_could_not_be_read_back_is_not_written(wrong: dict[str, object]) -> None:
    with pytest.raises(MingjianError) as error:
        dataclasses.replace(Log(1).checkpoint(1), **wrong).text()
    assert code_of(error) == "checkpoint_unreadable"


# --- rotation -------------------------------------------------------------------------------------------------------

OLD, NEW = SIGNERS["ed25519"], SIGNERS["sm2"]
ROTATION = Rotation(ORIGIN, OLD.public, NEW.public, START_NS)


def test_the_old_key_vouches_for_the_new_one() -> None:
    signed = ROTATION.sign(OLD, NEW)
    assert open_rotation(signed) == ROTATION
    assert follow(ORIGIN, OLD.public, [signed]) == [OLD.public, NEW.public]
    third = note.KeySigner("log.3", "ed25519", b"\x05" * 32)
    more = Rotation(ORIGIN, NEW.public, third.public, START_NS + 1).sign(NEW, third)
    assert follow(ORIGIN, OLD.public, [signed, more])[-1] == third.public
    back = Rotation(ORIGIN, NEW.public, OLD.public, START_NS + 1).sign(NEW, OLD)
    for chain in ([more], [more, signed], [signed, signed], [signed, back]):
        with pytest.raises(MingjianError) as error:
            follow(ORIGIN, OLD.public, chain)
        assert code_of(error) == "rotation_refused"
    with pytest.raises(MingjianError, match="broken"):
        follow("another log", OLD.public, [signed])


def test_both_keys_must_sign() -> None:
    text = ROTATION.text()
    for signatures in ([note.sign_text(text, OLD)], [note.sign_text(text, NEW)]):
        with pytest.raises(MingjianError) as error:
            open_rotation(note.join(text, signatures))
        assert code_of(error) == "note_not_signed"
    with pytest.raises(MingjianError, match="not the keys"):
        ROTATION.sign(NEW, OLD)
    both = [note.sign_text(text + "more\n", OLD), note.sign_text(text + "more\n", NEW)]
    with pytest.raises(MingjianError, match="no key rotation"):
        open_rotation(note.join(text + "more\n", both))


def test_a_note_signed_by_gos_sumdb_note_verifies() -> None:
    # the example of the documentation of golang.org/x/mod/sumdb/note, from which C2SP's signed-note comes
    key = note.PublicKey.decode("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = (
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert note.signed_by(text + "\n" + line, key) == text
    with pytest.raises(MingjianError, match="no valid signature by PeterNeumann"):
        note.signed_by(text.replace("your", "our") + "\n" + line, key)
