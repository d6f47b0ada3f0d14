"""SIGKILL at a random moment of sealing, signing and deleting: nothing signed is lost, nothing deleted without its receipt."""

from __future__ import annotations

import itertools
import pickle
import random
import time
from collections import Counter
from pathlib import Path

from tests.fault.child import Child
from tests.fault.ledger_child import open_store
from tests.ledger.logs import SIGNERS
from tests.media.feeding import START_NS
from tests.media.footage import video

from mingjian.app.ledger_footage import FootageAudit
from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.ledger.audit import KeptHashes, audit
from mingjian.ledger.checkpoint import open_checkpoint
from mingjian.ledger.leaf import decode
from mingjian.media.custody import book
from mingjian.media.custody.leaf_store import KeptRow, read_leaves
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.volume import make_volume

STAGES = ("recovering", "recording", "sealing", "checkpoint", "deletion")
_AIM = (1, 1, 3, 3, 3)
_ROUNDS = 4


def run_ledger_kills(folder: Path, seed: int, count: int) -> dict[str, int]:
    """`count` kills of one store in a row. Returns figures; raises AssertionError where the promise is broken."""
    rng = random.Random(seed)
    make_volume(folder / "v0", "v0", "instance", demo=True)
    (folder / "footage.pickle").write_bytes(pickle.dumps(video()))
    held: list[str] = []  # what somebody outside saw signed
    last_ns = dict.fromkeys(STAGES, NS_PER_S // 10)  # how long each took when it was last seen whole
    hit: Counter[str] = Counter()
    deleted = 0
    for number in range(count):
        start_ns = START_NS + number * 365 * DAY_NS
        hit[_kill(folder, start_ns, rng, last_ns)] += 1
        held += [signed for signed in book.checkpoint_notes(folder / "ledger") if signed not in set(held)]
        clock = ManualClock(start_ns + 300 * DAY_NS, start_ns + 300 * DAY_NS)
        store, log = open_store(folder, clock)
        assert store.wait_recovered(60)
        assert store.flush()
        assert log.checkpoint(60)
        assert not log.alarms(), log.alarms()
        assert store.close(60)
        deleted = _judge(folder, held, clock.now_ns())
    said = [open_checkpoint(signed, SIGNERS["ed25519"].public) for signed in held]
    footage = FootageAudit([folder / "v0"], demo=True, hashed=True, progress=lambda count: None)
    findings = list(footage.run(read_leaves(folder / "ledger"), [(one, folder / "ledger") for one in said]))
    footage.close()
    assert not findings, findings
    stages = {f"in_{stage}": hit[stage] for stage in STAGES}
    return {"ledger_kills": count, **stages, "checkpoints": len(held), "deletions": deleted}


def _kill(folder: Path, start_ns: int, rng: random.Random, last_ns: dict[str, int]) -> str:
    """Kill it at a random moment of a random stage, some rounds on; the stage it was in, which may be the next."""
    aim, skip = rng.choices(STAGES, _AIM)[0], rng.randrange(_ROUNDS)
    share = rng.random()
    with Child("tests.fault.ledger_child", [str(folder), str(start_ns), str(folder / "footage.pickle")]) as child:
        stage, began = child.line()
        while stage != aim or (skip and aim != "recovering"):
            skip -= stage == aim
            now, at = child.line()
            last_ns[stage] = int(at) - int(began)
            stage, began = now, at
        time.sleep(share * last_ns[aim] / NS_PER_S)  # the random moment itself
        rest = child.kill()
    return rest[-1][0] if rest else stage


def _judge(folder: Path, held: list[str], now_ns: int) -> int:
    """Every checkpoint ever signed still holds, in one chain; every segment has its file or its receipt."""
    key = SIGNERS["ed25519"].public
    said = [open_checkpoint(signed, key) for signed in book.checkpoint_notes(folder / "ledger")]
    assert {one.hash() for one in said} >= {open_checkpoint(signed, key).hash() for signed in held}
    for before, after in itertools.pairwise(said):
        assert after.previous == before.hash()
    row = KeptRow(folder / "ledger")
    report = audit(read_leaves(folder / "ledger"), said, now_ns, said[-1], KeptHashes(row.size, row.leaf))
    row.close()
    assert not report.findings, report.findings
    assert report.stored == said[-1].size
    leaves = [decode(data) for data in read_leaves(folder / "ledger")]
    receipts = {leaf.segment for leaf in leaves if leaf.KIND == "deletion"}
    sealed = [leaf.segment for leaf in leaves if leaf.KIND == "segment"]
    assert len(sealed) == len(set(sealed))
    reader = StoreReader([folder / "v0"])
    try:
        for segment in sealed:
            record = reader.segment(segment)
            there = record is not None and reader.path(record).exists()
            assert there != (segment in receipts), segment
        indexed = {row[0] for row in reader.volumes[0].connection.execute("SELECT id FROM segments WHERE sealed=1")}
        assert indexed <= set(sealed)
    finally:
        reader.close()
    assert all(leaf.end_ns - leaf.start_ns > NS_PER_S // 10 for leaf in leaves if leaf.KIND == "gap")
    return len(receipts)
