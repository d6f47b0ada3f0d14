"""The long runs: python -m tests.fault --seed N [--count 200] --out FILE. Prints and writes figures as JSON."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.fault.kills import run_kills
from tests.fault.ledger_kills import run_ledger_kills
from tests.fault.package_kills import run_package_kills
from tests.fault.power_loss import run_power_losses
from tests.fault.torn_tails import run_torn_tails

SCENARIOS: dict[str, Callable[[Path, int, int], dict[str, int]]] = {
    "kills": run_kills,
    "ledger_kills": run_ledger_kills,
    "package_kills": run_package_kills,
    "torn_tails": run_torn_tails,
    "power_losses": run_power_losses,
}
KILLS_PER_STORE = 20


def run(name: str, seed: int, count: int) -> dict[str, int]:
    """One scenario, in stores of limited size so that the disk holds them."""
    totals: dict[str, int] = {}
    done = 0
    while done < count:
        step = min(KILLS_PER_STORE if name in ("kills", "ledger_kills") else count, count - done)
        folder = Path(tempfile.mkdtemp(prefix="mingjian-fault-"))
        try:
            for key, value in SCENARIOS[name](folder, seed + done, step).items():
                totals[key] = max(totals.get(key, 0), value) if key.startswith("worst") else totals.get(key, 0) + value
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        done += step
        sys.stderr.write(f"{name}: {done}/{count}\n")
    return totals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", choices=sorted(SCENARIOS))
    parser.add_argument("--out", type=Path)
    told = parser.parse_args()
    figures: dict[str, object] = {"seed": told.seed}
    failed = 0
    for name in [told.only] if told.only else list(SCENARIOS):
        began = time.monotonic()
        try:
            figures[name] = run(name, told.seed, told.count)
        except AssertionError as error:
            failed += 1
            figures[name] = {"failed": str(error)[:2000]}
        sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    text = json.dumps(figures, indent=2)
    print(text)
    if told.out:
        told.out.parent.mkdir(parents=True, exist_ok=True)
        told.out.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
