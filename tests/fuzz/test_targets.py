"""A short fuzz of every target in each run; the long one is `make fuzz`."""

import random

import pytest
from fuzz.run import fuzz, mutate
from fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_thousand_inputs(name: str) -> None:
    result = fuzz(TARGETS[name], seed=7, count=1000)
    assert result["inputs"] == 1000


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_good_input(name: str) -> None:
    """A fuzzer whose seeds are refused at the door tests the door only."""
    for seed in TARGETS[name].seeds:
        assert TARGETS[name].feed(seed, random.Random(1)) >= 0


def test_the_same_seed_makes_the_same_inputs() -> None:
    first = [mutate(b"abcdef" * 9, random.Random(n)) for n in range(50)]
    assert first == [mutate(b"abcdef" * 9, random.Random(n)) for n in range(50)]
    assert len(set(first)) > 40
