"""The closures equal a naive walk over the parents, whatever was attached and moved."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.web.organisations.models import Division, DivisionReach
from mingjian.web.organisations.trees import DIVISIONS, ancestors

pytestmark = pytest.mark.django_db

# A step: (node, parent or -1). The first step of a node attaches it, later ones move it.
STEPS = st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), max_size=24)


def naive() -> set[tuple[str, str]]:
    """Walk up from each node, by itself: nothing of `trees` is used."""
    parents = dict(Division.objects.values_list("id", "parent_id"))
    pairs = set()
    for node in parents:
        at = node
        while at is not None:
            pairs.add((at, node))
            at = parents[at]
    return pairs


def kept() -> list[tuple[str, str]]:
    return list(DivisionReach.objects.values_list("ancestor_id", "descendant_id"))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_the_closure_is_what_a_walk_finds(steps: list[tuple[int, int]]) -> None:
    DivisionReach.objects.all().delete()
    Division.objects.update(parent=None)
    Division.objects.all().delete()
    for number, above in steps:
        node, parent = f"n{number}", None if above < 0 else f"n{above}"
        if parent is not None and not Division.objects.filter(pk=parent).exists():
            parent = None
        if not Division.objects.filter(pk=node).exists():
            Division.objects.create(id=node, parent_id=parent, level="street", code=node, name=node)
            DIVISIONS.attach(node, parent)
        elif parent is not None and node in _up(parent):
            with pytest.raises(MingjianError, match="below it"):
                DIVISIONS.move(node, parent)
        else:
            DIVISIONS.move(node, parent)
            Division.objects.filter(pk=node).update(parent_id=parent)
        found = kept()
        assert len(found) == len(set(found))
        assert set(found) == naive()
    before = set(kept())
    DIVISIONS.rebuild()
    assert set(kept()) == before


def _up(node: str) -> set[str]:
    return {ancestor for ancestor, descendant in naive() if descendant == node}


def test_a_circle_in_the_parents_is_told() -> None:
    with pytest.raises(ValueError, match="circle"):
        ancestors("a", {"a": "b", "b": "a"})


def test_a_long_chain_moves_with_all_it_has() -> None:
    names = [f"n{number:02d}" for number in range(20)]
    for name in names:
        Division.objects.create(id=name, level="street", code=name, name=name)
        DIVISIONS.attach(name, None)
    for above, below in pairwise(names):
        Division.objects.filter(pk=below).update(parent_id=above)
        DIVISIONS.move(below, above)
    assert len(kept()) == 20 * 21 // 2
    assert set(kept()) == naive()
