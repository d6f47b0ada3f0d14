"""The engine's log while it runs: a thread of its own that turns synced journal lines and gaps into leaves and signs.

What comes from a volume's writer is only put aside (`durable`): the hot path pays for a copy of each open segment's
tree every few seconds. A round, every `CHECKPOINT_EVERY_NS`, does the rest in this order, each step durable before the
next: 1. leaves; 2. the list of open segments; 3. `state.json` with the new checkpoint and how far journals were read;
4. the checkpoint behind the others, where others find it. A death after 1 finds leaves that the state does not count:
journal lines are read again from the state's cursors, and what is a leaf already is not made one twice.

A log that contradicts its last checkpoint (an old copy was put back, or it was altered) takes nothing and signs nothing
until a person declares a restore: footage goes on, the journals keep the facts.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint, CheckpointState, OpenSegment, open_root
from mingjian.ledger.consistency import consistency_proof, stored_root
from mingjian.ledger.leaf import ConfigurationChange, Leaf, decode
from mingjian.ledger.merkle import Frontier
from mingjian.media.custody import book
from mingjian.media.custody.entries import SYSTEM, identity, leaf_of, proof_leaf
from mingjian.media.custody.gaps import EVERY_NS, new_gaps
from mingjian.media.custody.leaf_store import LeafStore
from mingjian.media.store.alarms import Alarm, alarm
from mingjian.media.store.journal import end_position, entries_after
from mingjian.media.store.volume import Volume
from mingjian.ports.retention import new_certificates

_log = logging.getLogger(__name__)

CHECKPOINT_EVERY_NS = 30 * NS_PER_S
FIRST_POSITION = "000000.jl:0"
_CATCH_UP_LEAVES = 2000

SignerOf = Callable[[], note.Signer]
"""Gives the key in force, asked before each signature. Raises MingjianError when it must not be used."""


@dataclass(frozen=True, slots=True)
class LogStatus:
    """`size` leaves are stored, of which the last checkpoint covers `signed`."""

    origin: str
    size: int
    signed: int
    checkpoint_ns: int | None


@dataclass(slots=True)
class _Batch:
    """Lines of one volume's journal, read up to `position`."""

    volume: str
    entries: Sequence[Mapping[str, Any]]
    position: str | None


class EngineLog:
    """`attach` volumes and `start`, then `close`; every method but `checkpoint` and `close` returns at once."""

    def __init__(
        self, folder: Path, origin: str, algorithm: str, clock: Clock, signer: SignerOf, *,
        every_ns: int = CHECKPOINT_EVERY_NS, gaps_every_ns: int = EVERY_NS, proofs: Path | None = None,
    ) -> None:  # fmt: skip
        self._folder = folder
        self._proofs = proofs
        self._origin = origin
        self._algorithm = algorithm
        self._clock = clock
        self._signer = signer
        self._every_ns = every_ns
        self._gaps_every_ns = gaps_every_ns
        self._roots: list[Path] = []
        self._waiting: list[_Batch | tuple[Volume, str]] = []
        self._trees: dict[str, Mapping[str, Frontier]] = {}
        self._lock = threading.Condition()
        self._asked = 0
        self._done = 0
        self._closing = False
        self._store: LeafStore | None = None
        self._state: book.LogState | None = None
        self._seen: set[tuple[str, ...]] = set()
        self._alarm: Alarm | None = None
        self._contradicts = False
        self._begun_ns = 0
        self._recovered: Callable[[], bool] = lambda: True
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    # From the store

    def attach(self, volume: Volume) -> None:
        """A volume is about to be written: its journal up to here is read on our thread, what follows comes by itself."""
        with self._lock:
            self._roots.append(volume.root)
            self._waiting.append((volume, end_position(volume.journal)))

    def durable(
        self, volume: str, entries: Sequence[dict[str, Any]], position: str | None, trees: Mapping[str, Frontier]
    ) -> None:
        """Journal lines that are on the platter, and the synced part of each open segment."""
        with self._lock:
            self._trees[volume] = trees
            if entries:
                self._waiting.append(_Batch(volume, entries, position))

    def start(self, recovered: Callable[[], bool] = lambda: True) -> None:
        """Begin. `recovered` says whether gaps can be told: what an earlier death left open is sealed."""
        self._recovered = recovered
        self._begun_ns = self._clock.now_ns()
        self._thread.start()

    def checkpoint(self, timeout_s: float = 30.0) -> bool:
        """Block until a round that begins now has been done; False when it takes too long."""
        with self._lock:
            self._asked += 1
            wanted = self._asked
            self._lock.notify_all()
            return self._lock.wait_for(lambda: self._done >= wanted, timeout_s)

    def close(self, timeout_s: float = 8.0) -> bool:
        """A last round, then stop. False when it did not end in time."""
        with self._lock:
            self._closing = True
            self._asked += 1
            self._lock.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def status(self) -> LogStatus:
        """How much there is and how much is signed."""
        state = self._state
        last = None if state is None else state.checkpoint
        size = 0 if self._store is None else self._store.size
        return LogStatus(self._origin, size, 0 if last is None else last.size, None if last is None else last.time_ns)

    def alarms(self) -> tuple[Alarm, ...]:
        """What a person must look at."""
        return () if self._alarm is None else (self._alarm,)

    # Our thread

    def _run(self) -> None:
        due_ns = self._clock.mono_ns()
        while True:
            with self._lock:
                while self._asked == self._done and not self._closing and self._clock.mono_ns() < due_ns:
                    self._lock.wait(0.5)
                asked, closing = self._asked, self._closing
            due_ns = self._clock.mono_ns() + self._every_ns
            self._guarded_round()
            with self._lock:
                self._done = asked
                self._lock.notify_all()
            if closing:
                if self._store is not None:
                    self._store.close()
                return

    def _guarded_round(self) -> None:
        """Whatever goes wrong with the log, recording never notices: it becomes an alarm and is tried again."""
        try:
            self._round()
        except OSError as error:
            self._begin_anew()
            self._alarm = alarm("ledger_stuck", "", detail=str(error))
        except MingjianError as error:
            code = "ledger_contradicts" if self._contradicts else "ledger_unsigned"
            self._alarm = alarm(code, "", detail=error.code)
        except Exception as error:  # noqa: BLE001 - told in the log and as an alarm
            _log.exception("a round of the ledger failed")
            self._alarm = alarm("ledger_stuck", "", detail=repr(error))
        else:
            self._alarm = None

    def _begin_anew(self) -> None:
        """The next round reads again from disk what is there: memory may be ahead of it, or behind."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _round(self) -> None:
        if self._store is None:
            self._open()
        if self._contradicts:
            raise contradiction(self._origin)
        with self._lock:
            opened = [segment for trees in self._trees.values() for segment in trees.items()]
            waiting, self._waiting = self._waiting, []
        while waiting:
            try:
                self._take(waiting[0])
            except OSError:
                with self._lock:  # not lost: the next round tries again
                    self._waiting = waiting + self._waiting
                raise
            waiting.pop(0)
        if self._recovered():
            self._take_gaps()
        self._take_proofs()
        self._sign([OpenSegment(name, tree.size, tree.root()) for name, tree in opened])

    def _open(self) -> None:
        state = book.read_state(self._folder)
        self._store = LeafStore(self._folder, self._algorithm if state is None else state.algorithm)
        if state is None:
            state = book.LogState(self._origin, self._algorithm, self._begun_ns, signed=book.last_note(self._folder))
        self._state = state
        last = state.checkpoint
        if last is not None and state.signed != book.last_note(self._folder):
            book.add_note(self._folder, state.signed or "", last.time_ns)  # a death came between state and note
        self._contradicts = contradicts(self._store, last)
        for index in range(state.size, self._store.size):
            leaf = decode(self._store.leaf(index))
            self._seen.add(identity(leaf))
            state.known.take(leaf)
            if leaf.KIND == "gap":
                name = f"{leaf.camera}/{leaf.stream}"  # type: ignore[attr-defined]
                state.gaps[name] = max(state.gaps.get(name, 0), leaf.end_ns)  # type: ignore[attr-defined]
        if self._store.size == 0:
            self._append([_begun(state)])
            book.write_state(self._folder, state)

    def _take(self, item: _Batch | tuple[Volume, str]) -> None:
        assert self._state is not None
        if isinstance(item, _Batch):
            self._append(self._leaves(item.entries))
            if item.position is not None:
                self._state.cursors[item.volume] = item.position
            return
        volume, end = item
        begin = self._state.cursors.get(volume.id, FIRST_POSITION)
        leaves: list[Leaf] = []
        for entry in entries_after(volume.journal, begin, end):
            leaves += self._leaves([entry])
            if len(leaves) >= _CATCH_UP_LEAVES:
                self._append(leaves)
                leaves = []
        self._append(leaves)
        self._state.cursors[volume.id] = end

    def _leaves(self, entries: Sequence[Mapping[str, Any]]) -> list[Leaf]:
        assert self._state is not None
        found: list[Leaf] = []
        for entry in entries:
            try:
                leaf = leaf_of(entry, self._state.known, self._clock.now_ns())
            except (MingjianError, KeyError, ValueError, TypeError):
                _log.exception("a journal line cannot become a leaf", extra={"data": {"kind": str(entry.get("t"))}})
                continue
            if leaf is None or identity(leaf) in self._seen:
                continue
            self._state.known.take(leaf)
            found.append(leaf)
        return found

    def _append(self, leaves: Sequence[Leaf]) -> None:
        assert self._store is not None
        self._store.append([leaf.encode() for leaf in leaves])

    def _take_gaps(self) -> None:
        assert self._state is not None
        state = self._state
        now_ns = self._clock.now_ns()
        for name, until_ns, gaps in new_gaps(self._roots, state.gaps, state.begun_ns, now_ns, self._gaps_every_ns):
            self._append(gaps)
            state.gaps[name] = until_ns

    def _take_proofs(self) -> None:
        """Retention certificates that another process left, synced, since the last look."""
        if self._proofs is None:
            return
        assert self._state is not None
        leaves: list[Leaf] = []
        cursors = dict(self._state.proofs)
        for stored in new_certificates(self._proofs, cursors):
            leaf = proof_leaf(stored.certificate, self._clock.now_ns())
            if identity(leaf) not in self._seen:
                leaves.append(leaf)
        self._append(leaves)
        self._state.proofs = cursors

    def _sign(self, opened: list[OpenSegment]) -> None:
        assert self._store is not None
        assert self._state is not None
        state, store = self._state, self._store
        last = state.checkpoint
        following = Checkpoint(
            state.origin, store.size, store.root(), state.algorithm, max(0, self._clock.now_ns()),
            None if last is None else last.hash(), len(opened), open_root(state.algorithm, opened),
        )  # fmt: skip
        proof = [] if last is None else consistency_proof(state.algorithm, store.read_node, last.size, store.size)
        try:
            _, signed = CheckpointState(last).sign(following, proof, self._signer())
        except MingjianError:  # no key, or its token does not answer: what was taken in stays taken
            state.size = store.size
            book.write_state(self._folder, state)
            raise
        book.write_open_list(self._folder, following, opened)
        state.size, state.signed = store.size, signed
        self._seen.clear()
        book.write_state(self._folder, state)
        book.add_note(self._folder, signed, following.time_ns)


def contradicts(store: LeafStore, last: Checkpoint | None) -> bool:
    """Whether the stored leaves are not those of the last checkpoint, or fewer."""
    if last is None:
        return False
    if last.size > store.size:
        return True
    if stored_root(store.algorithm, store.read_node, last.size) == last.root:
        return False
    store.remake_row()
    return stored_root(store.algorithm, store.read_node, last.size) != last.root


def contradiction(origin: str) -> MingjianError:
    """The log is not what it signed."""
    return MingjianError(
        "ledger_contradicts",
        Text(zh=f"账本 {origin} 与它签过的检查点不符", en=f"the log {origin} is not what it signed"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="请运行 mingjian ledger audit；如从备份恢复，请用 mingjian restore --reason 声明",
            en="run mingjian ledger audit; a backup is put back with mingjian restore --reason",
        ),
    )


def _begun(state: book.LogState) -> Leaf:
    """The first leaf: from when on this log speaks."""
    return ConfigurationChange(
        at_ns=state.begun_ns, subject="ledger", setting="begun", before=None, after=format_iso_ns(state.begun_ns),
        person=SYSTEM,
    )  # fmt: skip


def append_declared(folder: Path, origin: str, algorithm: str, clock: Clock, leaf: Leaf) -> int:
    """Add a leaf while no engine runs (a declared restore); its index. Raises MingjianError `ledger_in_use`, OSError."""
    state = book.read_state(folder)
    store = LeafStore(folder, algorithm if state is None else state.algorithm)
    with contextlib.closing(store):
        if state is not None and contradicts(store, state.checkpoint):
            raise contradiction(origin)
        if state is None and store.size == 0:
            state = book.LogState(origin, algorithm, clock.now_ns())
            store.append([_begun(state).encode()])
            book.write_state(folder, state)
        store.append([leaf.encode()])
        return store.size - 1
