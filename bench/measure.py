"""What the playback and index benchmarks share: options, percentiles, and where figures go."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def options(name: str, **numbers: int) -> argparse.Namespace:
    """The command line: --seed, --json, --out, and one option for each number."""
    parser = argparse.ArgumentParser(prog=f"bench/{name}.py")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON (they are written in any case)")
    parser.add_argument("--out", type=Path, default=RESULTS / f"{name}.json")
    for key, default in numbers.items():
        parser.add_argument(f"--{key}", type=int, default=default)
    return parser.parse_args()


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * int(percent) // 100) - 1))]


def report(chosen: argparse.Namespace, figures: dict[str, Any]) -> None:
    """Write the figures with the machine they come from, and print them."""
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    text = json.dumps({"seed": chosen.seed, "machine": machine, **figures}, indent=2, ensure_ascii=False)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(text + "\n")
    if chosen.json:
        print(text)
    else:
        for key, value in figures.items():
            print(f"{key}: {value}", file=sys.stdout)
