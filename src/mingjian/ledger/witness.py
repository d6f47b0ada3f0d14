"""A witness: a second instance that cosigns a log's checkpoint only if it continues what it saw before. Pure.

The caller keeps the returned state durably before it sends the cosignature (C2SP tlog-witness asks the same): a
witness that forgets can be made to sign two histories. Cosignatures have the form of C2SP tlog-cosignature v1.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint, check_successor, open_checkpoint

_MESSAGE = "cosignature/v1\ntime {}\n"


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint of a log that was cosigned: what it said, and the note as it came (evidence)."""

    checkpoint: Checkpoint
    signed: str


@dataclass(frozen=True, slots=True)
class Fork:
    """Two signed notes of one log that cannot both be true: proof against its key."""

    earlier: str
    later: str
    why: MingjianError


@dataclass(frozen=True, slots=True)
class WitnessState:
    """Per origin: the key it is known by and what was seen. Forks are kept for ever, and end cosigning for their log."""

    keys: Mapping[str, note.PublicKey]
    seen: Mapping[str, Seen] = field(default_factory=lambda: MappingProxyType({}))
    forks: Mapping[str, Fork] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness says to one submission: a cosignature line or a refusal, and the state to keep."""

    state: WitnessState
    cosignature: str | None = None
    refusal: MingjianError | None = None


def consider(state: WitnessState, signed: str, proof: Sequence[bytes], now_ns: int, signer: note.Signer) -> Answer:
    """Judge a checkpoint note. `proof` leads from the size last seen (empty the first time).

    Refusals: `witness_unknown_log`, `witness_forked_log`, `note_...`, `checkpoint_...`. Only two roots of one size
    prove a fork by themselves; a missing or wrong proof proves nothing, so the log may send a better one.
    """
    try:
        text, _ = note.split(signed)
        origin = Checkpoint.parse(text).origin
        if origin not in state.keys:
            raise note.note_error(
                "witness_unknown_log", f"未登记的账本 {origin}", f"the log {origin} is not known here"
            )
        said = open_checkpoint(signed, state.keys[origin])
        if origin in state.forks:
            raise note.note_error("witness_forked_log", "该账本曾出现两个历史", "this log has shown two histories")
        before = state.seen.get(origin)
        if before is not None:
            check_successor(before.checkpoint, said, proof)
    except MingjianError as refusal:
        return Answer(_with_fork(state, signed, refusal), refusal=refusal)
    kept = WitnessState(state.keys, MappingProxyType({**state.seen, origin: Seen(said, signed)}), state.forks)
    return Answer(kept, cosignature=cosign(text, now_ns, signer).line())


def _with_fork(state: WitnessState, signed: str, refusal: MingjianError) -> WitnessState:
    if refusal.code != "checkpoint_split":
        return state
    origin = Checkpoint.parse(note.split(signed)[0]).origin
    fork = Fork(state.seen[origin].signed, signed, refusal)
    return WitnessState(state.keys, state.seen, MappingProxyType({**state.forks, origin: fork}))


def cosign(text: str, now_ns: int, signer: note.Signer) -> note.Signature:
    """A cosignature over a checkpoint's text at the witness's own time, in whole seconds."""
    time_s = now_ns // NS_PER_S
    public = signer.public
    value = signer.sign(_MESSAGE.format(time_s).encode() + text.encode())
    return note.Signature(public.name, public.cosigner_id, struct.pack(">Q", time_s) + value)


def cosigned_at(signed: str, witness: note.PublicKey) -> int | None:
    """UTC nanoseconds at which this witness cosigned the note, None if it did not. Raises `note_unreadable`."""
    text, found = note.split(signed)
    for one in found:
        if (one.name, one.key_id) != (witness.name, witness.cosigner_id) or len(one.value) < 8:
            continue
        time_s = int(struct.unpack(">Q", one.value[:8])[0])
        if witness.verify(_MESSAGE.format(time_s).encode() + text.encode(), one.value[8:]):
            return time_s * NS_PER_S
    return None
