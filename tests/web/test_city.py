"""The small city is what its docstring says."""

from __future__ import annotations

import pytest
from tests.web.city import HOMES, City

from mingjian.web.authority.actor import BoundRole


def test_everybody_has_a_home_on_both_sides() -> None:
    assert set(HOMES) == set(BoundRole)


@pytest.mark.parametrize("role", BoundRole)
def test_each_person_signs_in_with_his_role_bound(city: City, role: BoundRole) -> None:
    east, west = city.actor(role), city.actor(role, "west")
    assert east.user != west.user
    assert [(one.role, one.organisation) for one in east.bindings] == [(role.value, HOMES[role][0])]
    assert city.browser(role).get("/me")["unit"] == city.organisation[HOMES[role][0]].name
