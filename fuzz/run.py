"""Fuzz the wire parsers: mutated good input, many times, from a seed.

usage: python -m fuzz.run [--target NAME|all] [--seed N] [--count N a target] [--out FILE]
Writes bench/results/fuzz-NAME.json and exits 1 on the first crash, whose input is printed as hex.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from fuzz.targets import TARGETS, Target

from mingjian.kernel.errors import MingjianError

RESULTS = Path(__file__).parents[1] / "bench" / "results"
MAX_HELD = 256 * 1024
MAX_INPUT = 8192
_WORDS = (
    b"\r\n",
    b"\n",
    b"$",
    b"RTSP/1.0 ",
    b"Content-Length: ",
    b"\x00\x00\x01",
    b"\xff" * 4,
    b"\x80\x60",
    b"99999999999",
    b",",
    b'"',
)


def mutate(raw: bytes, rng: random.Random) -> bytes:
    """One to six changes: bits, bytes, words, cuts, repeats."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif kind == 1 and data:
            data[at % len(data)] = rng.randrange(256)
        elif kind == 2:
            data[at:at] = rng.choice(_WORDS)
        elif kind == 3:
            del data[at : at + rng.randrange(40)]
        elif kind == 4:
            data[at:at] = rng.randbytes(rng.randrange(20))
        elif kind == 5:
            data[at:at] = data[at : at + rng.randrange(200)]
        else:
            del data[at:]
    return bytes(data[:MAX_INPUT])


def fuzz(target: Target, seed: int, count: int) -> dict[str, int | float]:
    """Feed `count` inputs. Raises whatever a parser should not, with the input noted."""
    rng = random.Random(seed)
    refused = most_held = 0
    began, before_kb = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        raw = mutate(rng.choice(target.seeds), rng) if number % 20 else rng.randbytes(rng.randrange(200))
        try:
            held = target.feed(raw, rng)
        except MingjianError:
            refused += 1
            continue
        except Exception as error:
            error.add_note(f"input {number} of seed {seed}: {raw.hex()}")
            raise
        most_held = max(most_held, held)
        if held > MAX_HELD:
            raise AssertionError(f"{held} bytes held after input {number} of seed {seed}: {raw.hex()}")
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    seconds = round(time.monotonic() - began, 1)
    return {
        "seed": seed,
        "inputs": count,
        "refused": refused,
        "most_held_bytes": most_held,
        "grown_kb": grown_kb,
        "s": seconds,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="all", choices=["all", *TARGETS])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100_000, help="inputs for each target")
    parser.add_argument("--out", type=Path, help="one file with all results, besides one a target")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    for name in TARGETS if arguments.target == "all" else [arguments.target]:
        result: dict[str, Any] = {"target": name, **fuzz(TARGETS[name], arguments.seed, arguments.count)}
        (RESULTS / f"fuzz-{name}.json").write_text(json.dumps(result) + "\n")
        print(json.dumps(result), flush=True)
        results.append(result)
    if arguments.out is not None:
        arguments.out.write_text(
            json.dumps({"inputs": sum(found["inputs"] for found in results), "targets": results}) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
