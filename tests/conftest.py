"""The order of the files: the longest first, so that no worker is left with one of them when the others are done."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST = (
    "web/test_on_postgresql.py", "web/test_every_endpoint.py", "verify/test_verifier.py", "app/test_upgrade.py",
    "web/test_migrations.py", "media/sources/test_recovery.py", "media/sources/test_push.py", "bench/test_record.py",
    "web/demo/test_demo_city.py", "web/test_conforms.py", "bench/test_live.py",
)  # fmt: skip
"""Files of ten seconds and more, by what they took on two quiet cores. `--no-loadscope-reorder` lets this order stand."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable: all other files stay as they were collected, and so do the tests of one file."""
    rank = {HERE / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
