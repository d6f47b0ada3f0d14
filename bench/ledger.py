"""The ledger with 10,000,000 leaves, and checking a segment beside openssl.

    python bench/ledger.py [--json] [--seed N] [--out bench/results/ledger.json] [--leaves N] [--segment-mb N]

Goals: root recomputed from stored leaf bytes >= 200,000 leaves/s; inclusion and consistency proofs <= 5 ms with
10,000,000 leaves; verify >= 0.8 of `openssl speed sha256` on one core, in the same run.

The root is measured over `--hashed` real leaves (bytes in a file, one length line each), since a rate does not depend
on how many there are. Nodes for proofs lie in a scratch file read with pread; their leaf hashes are made cheaply.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import measure

from mingjian.ledger import consistency, merkle
from mingjian.ledger.leaf import SealedSegment
from mingjian.verify.segment import verify_segment
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init, build_leaf, build_mfra, build_prft
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.read import parse_fragment, parse_init

PROOFS = 300
START_NS = 1_764_000_000_000_000_000


def leaf_bytes(count: int) -> Iterator[bytes]:
    for index in range(count):
        start_ns = START_NS + index * 300_000_000_000
        yield SealedSegment(
            at_ns=start_ns, segment="01kb0000000000000000000000", camera="01kb0000000000000000000001", stream="main",
            start_ns=start_ns, end_ns=start_ns + 300_000_000_000, bytes=150_000_000 + index, fragments=150,
            digest=hashlib.sha256(index.to_bytes(8, "big")).hexdigest(), digest_alg="sha256", clock_offset_ms=12,
            recomputed=False,
        ).encode()  # fmt: skip


def stored_leaves(file: BinaryIO) -> Iterator[bytes]:
    while head := file.read(4):
        yield file.read(struct.unpack(">I", head)[0])


def root_from_leaves(folder: Path, count: int) -> dict[str, Any]:
    path = folder / "leaves"
    with path.open("wb") as file:
        for data in leaf_bytes(count):
            file.write(struct.pack(">I", len(data)) + data)
    began = time.perf_counter()
    with path.open("rb") as file:
        merkle.tree_root("sha256", (merkle.leaf_hash("sha256", (data,)) for data in stored_leaves(file)))
    took = time.perf_counter() - began
    return {"leaves_hashed": count, "leaf_bytes": path.stat().st_size // count - 4, "leaves_per_s": round(count / took)}


def proofs(folder: Path, leaves: int, seed: int) -> dict[str, Any]:
    """Build the row of nodes, then prove from cold descriptors at random places."""
    path = folder / "row"
    began = time.perf_counter()
    writer = consistency.RowWriter()
    with path.open("wb", buffering=1 << 20) as file:
        for index in range(leaves):
            file.write(writer.append(hashlib.sha256(index.to_bytes(8, "big")).digest()))
    appended_per_s = leaves / (time.perf_counter() - began)
    root, draw = writer.root(), random.Random(seed)
    fd = os.open(path, os.O_RDONLY)
    read = consistency.reader_of_row(lambda position: os.pread(fd, 32, position * 32))
    inclusion_ms, consistency_ms = [], []
    for _ in range(PROOFS):
        index = draw.randrange(leaves)
        began = time.perf_counter()
        proof = consistency.stored_inclusion_proof("sha256", read, index, leaves)
        inclusion_ms.append((time.perf_counter() - began) * 1000)
        leaf = hashlib.sha256(index.to_bytes(8, "big")).digest()
        assert merkle.verify_inclusion("sha256", leaf, index, leaves, proof, root)
        began = time.perf_counter()
        proof = consistency.consistency_proof("sha256", read, index, leaves)
        consistency_ms.append((time.perf_counter() - began) * 1000)
        old_root = consistency.stored_root("sha256", read, index)
        assert consistency.verify_consistency("sha256", index, old_root, leaves, root, proof)
    os.close(fd)
    return {
        "leaves": leaves,
        "row_mb": path.stat().st_size // 1_000_000,
        "appended_per_s": round(appended_per_s),
        "inclusion_ms": {"p50": _ms(inclusion_ms, 50), "p99": _ms(inclusion_ms, 99), "max": _ms(inclusion_ms, 100)},
        "consistency_ms": {"p50": _ms(consistency_ms, 50), "p99": _ms(consistency_ms, 99)},
    }


def _ms(values: list[float], percent: float) -> float:
    return round(measure.percentile(values, percent), 3)


def make_segment(path: Path, megabytes: int, before_ns: int = START_NS, step_ns: int = 1) -> bytes:
    """A sealed segment in our format: fragments of 1 MB and 50 pictures, `step_ns` apart, the first one `step_ns` after
    `before_ns`. Answers its digest."""
    config = bytes.fromhex("674d4028eca03c0113f2e02d40404050"), bytes.fromhex("68ee3c80")
    track = TrackSpec(1, "h264", 90_000, config, 0, 1920, 1080)
    init = build_init([track])
    info, tree, rows = parse_init(init), merkle.Frontier(), []
    tree.append(merkle.leaf_hash("sha256", (init,)))
    picture = os.urandom(20_000)
    with path.open("wb") as file:
        file.write(init)
        for index in range(1, megabytes + 1):
            run = TrackRun(
                track_id=1, base_time=(index - 1) * 180_000, video=True, buffers=[picture] * 50, durations=[3600] * 50,
                sizes=[len(picture)] * 50, offsets=[0] * 50, keys=[True, *[False] * 49],
            )  # fmt: skip
            data = b"".join(
                build_fragment(index, [run], build_prft(1, before_ns + index * step_ns, (index - 1) * 180_000))
            )
            leaf = merkle.leaf_hash("sha256", (data,))
            at = file.tell()
            trailer = build_leaf("sha256", index, leaf)
            tree.append(leaf)
            row = replace(parse_fragment(data + trailer, info).row(info), offset=at)
            rows.append(row)
            file.write(data + trailer)
        file.write(build_mfra(1, rows))
    return tree.root()


def openssl_rate() -> float:
    """Bytes a second of `openssl speed` with large blocks."""
    command = ["openssl", "speed", "-seconds", "1", "-bytes", "16384", "-evp", "sha256"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"sha256\s+([0-9.]+)k", said, re.IGNORECASE)
    assert found is not None, said
    return float(found[1]) * 1000


def read_and_hash(fd: int, size: int) -> float:
    """Seconds of a bare loop over the file: openssl's figure is of 16 kB in the cache, a file must be read as well."""
    began, state = time.perf_counter(), hashlib.sha256()
    for at in range(0, size, 1 << 18):
        state.update(os.pread(fd, 1 << 18, at))
    return time.perf_counter() - began


def verifying(folder: Path, megabytes: int) -> dict[str, Any]:
    """In turn with openssl, five times; the medians."""
    path = folder / "segment.mp4"
    digest = make_segment(path, megabytes)
    size = path.stat().st_size
    fd = os.open(path, os.O_RDONLY)
    ours, theirs, bare = [], [], []
    for _ in range(5):
        bare.append(size / read_and_hash(fd, size))
        theirs.append(openssl_rate())
        began, cpu = time.perf_counter(), time.process_time()
        report = verify_segment(lambda at, length: os.pread(fd, length, at), size, digest, "sha256")
        ours.append((size / (time.perf_counter() - began), size / (time.process_time() - cpu)))
        assert report.passed, report.lines("en")
    os.close(fd)
    mine, peer = sorted(rate for rate, _ in ours)[2], sorted(theirs)[2]
    by_cpu = sorted(rate for _, rate in ours)[2]
    return {
        "segment_mb": size // 1_000_000,
        "verify_mb_s": round(mine / 1e6),
        "verify_mb_per_cpu_s": round(by_cpu / 1e6),
        "openssl_mb_s": round(peer / 1e6),
        "bare_read_and_hash_mb_s": round(sorted(bare)[2] / 1e6),
        "ratio": round(mine / peer, 3),
    }


def main() -> None:
    chosen = measure.options("ledger", leaves=10_000_000, hashed=1_000_000, segment_mb=300)
    with tempfile.TemporaryDirectory(prefix="mj-ledger-") as name:
        folder = Path(name)
        figures = {
            "verify": verifying(folder, chosen.segment_mb),
            "root": root_from_leaves(folder, chosen.hashed),
            "proof": proofs(folder, chosen.leaves, chosen.seed),
            "load": os.getloadavg()[0],
        }
    measure.report(chosen, figures)


if __name__ == "__main__":
    main()
