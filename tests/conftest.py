"""What all tests share: which files are read at all, and their order.

The longest come first, so that no worker is left with one of them when the others are done.
"""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# An example may wait for a busy processor, and so may the making of one.
settings.register_profile("unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

HERE = Path(__file__).parent
LONGEST = (
    "web/test_on_postgresql.py", "web/test_every_endpoint.py", "verify/test_verifier.py", "app/test_upgrade.py",
    "web/test_migrations.py", "media/sources/test_recovery.py", "media/sources/test_push.py", "bench/test_record.py",
    "web/demo/test_demo_city.py", "web/test_conforms.py", "bench/test_live.py",
)  # fmt: skip
"""Files of ten seconds and more, by what they took on two quiet cores. `--no-loadscope-reorder` lets this order stand."""

_ALL_MORE = re.compile(r"^pytestmark = .*\bmark\.more\b", re.MULTILINE)

gc.disable()  # until everything is imported: what imports make, stays


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m more`, files that never say it are not imported; with `not more`, those that say it of all their tests.

    It saves each worker of the long tests most of the quarter of a minute that importing all files takes.
    """
    chosen = config.getoption("markexpr")
    if "more" not in chosen or not collection_path.match("test_*.py"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    unwanted = _ALL_MORE.search(text) is not None if "not more" in chosen else "mark.more" not in text
    return unwanted or None


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # looking every 700 objects took a sixth of a web test
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable: all other files stay as they were collected, and so do the tests of one file."""
    rank = {HERE / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
