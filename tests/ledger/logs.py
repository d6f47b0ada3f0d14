"""A small log with its stored nodes, for tests of checkpoints, witnesses and audits."""

from mingjian.ledger import consistency
from mingjian.ledger.checkpoint import Checkpoint, OpenSegment, open_root
from mingjian.ledger.merkle import leaf_hash
from mingjian.ledger.note import KeySigner

ORIGIN = "mingjian.example/log/1"
START_NS = 1_764_000_000_000_000_000
SIGNERS = {suite: KeySigner(f"log.{suite}", suite, bytes(range(1, 33))) for suite in ("ed25519", "sm2")}
WITNESSES = {suite: KeySigner(f"witness.{suite}", suite, bytes(range(2, 34))) for suite in ("ed25519", "sm2")}


class Log:
    def __init__(self, count: int = 0, salt: str = "", algorithm: str = "sha256") -> None:
        self.algorithm = algorithm
        self.writer = consistency.RowWriter(algorithm)
        self.row = b""
        for index in range(count):
            self.append(b"%d%s" % (index, salt.encode()))

    def append(self, data: bytes) -> None:
        self.row += self.writer.append(leaf_hash(self.algorithm, (data,)))

    def read(self, level: int, index: int) -> bytes:
        at = 32 * consistency.position(level, index)
        return self.row[at : at + 32]

    def proof(self, old: int, new: int) -> list[bytes]:
        return consistency.consistency_proof(self.algorithm, self.read, old, new)

    def checkpoint(self, size: int, previous: bytes | None = None, origin: str = ORIGIN) -> Checkpoint:
        return Checkpoint(
            origin, size, consistency.stored_root(self.algorithm, self.read, size), self.algorithm,
            START_NS + size * 1_000_000_000, previous, 1,
            open_root(self.algorithm, [OpenSegment("s1", 2, b"\x07" * 32)]),
        )  # fmt: skip
