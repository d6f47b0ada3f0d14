"""A handful of what `make fault` does two hundred times."""

from pathlib import Path

from tests.fault.kills import run_kills
from tests.fault.ledger_kills import run_ledger_kills
from tests.fault.package_kills import run_package_kills
from tests.fault.power_loss import run_power_losses
from tests.fault.torn_tails import run_torn_tails


def test_kills_lose_only_the_fragment_in_progress(tmp_path: Path) -> None:
    assert run_kills(tmp_path, seed=1, count=3)["kills"] == 3


def test_torn_tails_lose_only_what_is_damaged(tmp_path: Path) -> None:
    assert run_torn_tails(tmp_path, seed=1, count=12)["torn_tails"] == 12


def test_power_loss_loses_at_most_ten_seconds(tmp_path: Path) -> None:
    assert run_power_losses(tmp_path, seed=1, count=12)["worst_lost_ms"] <= 10_000


def test_kills_of_signing_and_deleting_lose_nothing_that_was_signed(tmp_path: Path) -> None:
    assert run_ledger_kills(tmp_path, seed=1, count=3)["ledger_kills"] == 3


def test_kills_of_making_a_package_leave_nothing_half(tmp_path: Path) -> None:
    assert run_package_kills(tmp_path, seed=1, count=3)["package_kills"] == 3
