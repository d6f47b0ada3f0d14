"""A witness against logs that grow, shrink, split and lie: it never signs two histories."""

import base64
import dataclasses
import struct

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.ledger.logs import ORIGIN, SIGNERS, START_NS, WITNESSES, Log

from mingjian.ledger import note, witness
from mingjian.ledger.checkpoint import CheckpointState

LOG_KEY, WITNESS = SIGNERS["ed25519"], WITNESSES["ed25519"]
NOW_NS = START_NS + 5_999_999_999
FRESH = witness.WitnessState({ORIGIN: LOG_KEY.public})


def ask(state: witness.WitnessState, log: Log, old: int, size: int) -> witness.Answer:
    signed = log.checkpoint(size).sign(LOG_KEY)
    return witness.consider(state, signed, log.proof(*sorted((old, size))), NOW_NS, WITNESS)


@pytest.mark.parametrize("suite", ["ed25519", "sm2"])
def test_a_cosignature_joins_the_note_and_is_verified(suite: str) -> None:
    log, signer = Log(8), WITNESSES[suite]
    _, signed = CheckpointState().sign(log.checkpoint(8), [], LOG_KEY)
    answer = witness.consider(FRESH, signed, [], NOW_NS, signer)
    assert answer.refusal is None
    assert answer.cosignature is not None
    cosigned = signed + answer.cosignature
    assert witness.cosigned_at(cosigned, signer.public) == NOW_NS // 1_000_000_000 * 1_000_000_000
    assert note.signed_by(cosigned, LOG_KEY.public)
    assert witness.cosigned_at(signed, signer.public) is None
    assert witness.cosigned_at(cosigned.replace("\n8\n", "\n9\n"), signer.public) is None
    # the message is what tlog-cosignature says, written out here once more
    raw = base64.b64decode(answer.cosignature.split()[-1])
    time_s = struct.unpack(">Q", raw[4:12])[0]
    message = f"cosignature/v1\ntime {time_s}\n{log.checkpoint(8).text()}".encode()
    assert signer.public.verify(message, raw[12:])


def test_strangers_are_refused() -> None:
    signed = Log(2).checkpoint(2, origin="another").sign(LOG_KEY)
    answer = witness.consider(FRESH, signed, [], NOW_NS, WITNESS)
    assert answer.refusal is not None
    assert answer.refusal.code == "witness_unknown_log"
    forged = Log(2).checkpoint(2).sign(note.KeySigner(LOG_KEY.name, "ed25519", b"\x09" * 32))
    answer = witness.consider(FRESH, forged, [], NOW_NS, WITNESS)
    assert answer.refusal is not None
    assert answer.refusal.code == "note_not_signed"
    assert answer.state is FRESH
    for broken in ("", "x\n\n— k AAAAAAA=\n"):
        answer = witness.consider(FRESH, broken, [], NOW_NS, WITNESS)
        assert answer.refusal is not None
        assert answer.cosignature is None


def test_a_split_is_kept_as_proof_and_ends_cosigning() -> None:
    log = Log(20)
    state = ask(FRESH, log, 0, 10).state
    answer = ask(state, Log(20, salt="x"), 10, 10)
    assert answer.refusal is not None
    assert answer.refusal.code == "checkpoint_split"
    fork = answer.state.forks[ORIGIN]
    for signed in (fork.earlier, fork.later):  # anybody with the log's key can see the contradiction
        assert note.signed_by(signed, LOG_KEY.public).split("\n")[1] == "10"
    assert note.split(fork.earlier)[0] != note.split(fork.later)[0]
    after = ask(answer.state, log, 10, 12)
    assert after.cosignature is None
    assert after.refusal is not None
    assert after.refusal.code == "witness_forked_log"


def test_a_bad_proof_accuses_nobody() -> None:
    log = Log(20)
    state = ask(FRESH, log, 0, 10).state
    answer = witness.consider(state, log.checkpoint(15).sign(LOG_KEY), [], NOW_NS, WITNESS)
    assert answer.refusal is not None
    assert answer.refusal.code == "checkpoint_inconsistent"
    assert answer.state == state
    assert ask(state, log, 10, 15).cosignature is not None


class LyingLog(RuleBasedStateMachine):
    """The log shows any size of two histories, with any proof it can make."""

    def __init__(self) -> None:
        super().__init__()
        self.histories = [Log(30), Log(30, salt="x")]
        self.state = FRESH
        self.signed: list[tuple[int, int, bytes]] = []  # history, size, root

    @rule(history=st.integers(0, 1), size=st.integers(0, 30), old=st.none() | st.integers(0, 30))
    def show(self, history: int, size: int, old: int | None) -> None:
        seen = self.state.seen.get(ORIGIN)
        last = seen.checkpoint.size if seen else 0
        answer = ask(self.state, self.histories[history], last if old is None else old, size)
        assert (answer.cosignature is None) != (answer.refusal is None)
        self.state = answer.state
        if answer.cosignature is not None:
            self.signed.append((history, size, self.histories[history].checkpoint(size).root))

    @invariant()
    def one_history_only(self) -> None:
        sizes = [size for _, size, _ in self.signed]
        assert sizes == sorted(sizes)
        assert len({history for history, size, _ in self.signed if size}) <= 1


TestLyingLog = LyingLog.TestCase
TestLyingLog.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)


def test_states_are_values() -> None:
    state = ask(FRESH, Log(5), 0, 5).state
    assert FRESH.seen == {}
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.keys = {}  # type: ignore[misc]
