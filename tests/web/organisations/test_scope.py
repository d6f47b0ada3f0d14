"""What a bound role reaches: its own organisation and tree, an authority its division and those below."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor, BoundRole, Role
from mingjian.web.organisations.bindings import bindings_now
from mingjian.web.organisations.models import Division, DivisionReach, Organisation, OrganisationReach, RoleBinding
from mingjian.web.organisations.scope import ScopedPolicy

RIGHT = ScopedPolicy("test.scope", Text("测试", "test"), [Role.ADMIN], [BoundRole.MANAGER, BoundRole.OFFICER])


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    """Two districts of a city; the city's and a district's police; a unit with a branch, and another unit."""
    divisions = {"city": None, "east": "city", "west": "city"}
    for name, parent in divisions.items():
        Division.objects.create(
            id=name, parent_id=parent, level="city" if parent is None else "district", code="", name=name
        )
        DivisionReach.objects.create(ancestor_id=name, descendant_id=name)
        if parent:
            DivisionReach.objects.create(ancestor_id=parent, descendant_id=name)
    for name, kind, division, parent in (
        ("bureau", "public_security", "city", None),
        ("east-police", "public_security", "east", "bureau"),
        ("mall", "managing_unit", "east", None),
        ("mall-branch", "managing_unit", "west", "mall"),
        ("market", "managing_unit", "west", None),
    ):
        Organisation.objects.create(id=name, kind=kind, name=name, division_id=division, parent_id=parent, created_ns=0)
        OrganisationReach.objects.create(ancestor_id=name, descendant_id=name)
        if parent:
            OrganisationReach.objects.create(ancestor_id=parent, descendant_id=name)
    return SimpleNamespace()


def bind(user: Any, organisation: str, role: BoundRole, **values: Any) -> None:
    values = {"id": f"{organisation}-{user.id}"[:26], "since_ns": 0, **values}
    RoleBinding.objects.create(user=user, organisation_id=organisation, role=role.value, **values)


def actor(user: Any) -> Actor:
    return Actor(user.id, user.name, "", user.role, bindings=bindings_now(user.id))


def seen(who: Actor) -> set[str]:
    rows = RIGHT.visible(who, Organisation.objects.all(), organisation="id", division="division_id")
    return set(rows.values_list("id", flat=True))


def test_a_unit_reaches_itself_and_its_branches_only(city: Any, make_user: Any) -> None:
    user = make_user("mia", "member")
    bind(user, "mall", BoundRole.MANAGER)
    assert seen(actor(user)) == {"mall", "mall-branch"}
    assert RIGHT.allows(actor(user), SimpleNamespace(organisation_id="mall-branch", division_id="west"))
    assert not RIGHT.allows(actor(user), SimpleNamespace(organisation_id="market", division_id="west"))
    assert not RIGHT.allows(actor(user), SimpleNamespace(organisation_id=None, division_id="east"))


def test_an_authority_reaches_its_division_and_below(city: Any, make_user: Any) -> None:
    chief, officer = make_user("chief", "member"), make_user("oscar", "member")
    bind(chief, "bureau", BoundRole.OFFICER)
    bind(officer, "east-police", BoundRole.OFFICER)
    assert seen(actor(chief)) == {"bureau", "east-police", "mall", "mall-branch", "market"}
    assert seen(actor(officer)) == {"east-police", "mall"}


def test_a_binding_without_subtree_reaches_its_organisation_alone(city: Any, make_user: Any) -> None:
    user = make_user("mia", "member")
    bind(user, "mall", BoundRole.MANAGER, subtree=False)
    assert seen(actor(user)) == {"mall"}


def test_a_role_without_the_right_reaches_nothing(city: Any, make_user: Any) -> None:
    user = make_user("gus", "member")
    bind(user, "mall", BoundRole.GUARD)
    assert seen(actor(user)) == set()
    assert not RIGHT.allows(actor(user))


def test_a_binding_counts_from_its_beginning_to_its_end(city: Any, make_user: Any, clock: Any) -> None:
    user = make_user("mia", "member")
    bind(user, "mall", BoundRole.MANAGER, since_ns=clock.now_ns() + 10, until_ns=clock.now_ns() + 20)
    assert bindings_now(user.id) == ()
    clock.advance(10)
    assert [one.organisation for one in bindings_now(user.id)] == ["mall"]
    clock.advance(10)
    assert bindings_now(user.id) == ()


def test_the_guard_gives_the_bindings_to_whoever_acts(city: Any, make_user: Any) -> None:
    user = make_user("mia", "member")
    assert RIGHT.name not in Api(user).get("/me")["permissions"]
    bind(user, "mall", BoundRole.MANAGER)
    assert RIGHT.name in Api(user).get("/me")["permissions"]
