"""Queries compiled once give what the ORM gives."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Q
from tests.web.city import City

from mingjian.web.authority.actor import BoundRole
from mingjian.web.http.known_query import KnownQuery
from mingjian.web.organisations.models import Grant, Organisation, RoleBinding

COLUMNS = ("id", "subtree", "organisation__name", "until_ns")


def of_user(user_id: str, now_ns: int) -> Any:
    rows = RoleBinding.objects.filter(user_id=user_id, since_ns__lte=now_ns).order_by("id")
    return rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns)).values_list(*COLUMNS)


def test_rows_are_those_of_the_orm_for_any_values(city: City) -> None:
    asked = KnownQuery(of_user, str, int)
    users = [city.new_user("one", "school"), city.new_user("two", "mall")]
    city.bind(users[0], "school", BoundRole.GUARD, since_ns=5)
    city.bind(users[0], "mall", BoundRole.GUARD, since_ns=7, until_ns=9, subtree=False)
    for user in (*users, None):
        for now_ns in (4, 5, 7, 8, 9, 1 << 60):
            values = ("nobody" if user is None else user.id, now_ns)
            found = asked.rows(*values)
            assert found == list(of_user(*values))
            assert [type(row[1]) for row in found] == [bool] * len(found)


def test_what_a_column_keeps_otherwise_is_given_as_the_field_gives_it(city: City) -> None:
    Grant.objects.create(id="g", kind="grade", organisation_id="school", scope={"grade": 3}, basis="b", since_ns=0)
    asked = KnownQuery(lambda unit: Grant.objects.filter(organisation_id=unit).values_list("scope"), str)
    assert asked.rows("school") == [({"grade": 3},)]
    assert asked.rows("mall") == []


def test_a_value_too_many_or_unused_is_told() -> None:
    asked = KnownQuery(lambda name, unused: Organisation.objects.filter(name=name).values_list("id"), str, str)
    with pytest.raises(ValueError, match="2 values"):
        asked.rows("a")
    with pytest.raises(ValueError, match="does not use"):
        asked.rows("a", "b")
