from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.web.city import City

from mingjian.web.http.bulk import insert_rows, many_changes, update_rows
from mingjian.web.organisations.models import Division, Identifier
from mingjian.web.registry.models import Place

pytestmark = pytest.mark.django_db


def test_rows_get_new_values_and_no_others(city: City) -> None:
    always = {"division_id": "east", "created_ns": 7, "organisation_id": "mall"}
    insert_rows(Place, ("id", "name"), [("p1", "甲"), ("p2", "乙"), ("p3", "丙")], always)
    update_rows(
        Place, ("name", "organisation_id"), [("甲'新", None, "p1"), ("丙新", "school", "p3"), ("无", None, "p9")]
    )
    update_rows(Place, ("name",), [])
    stored = Place.objects.order_by("id").values_list("id", "name", "organisation_id", "division_id")
    assert list(stored) == [
        ("p1", "甲'新", None, "east"),
        ("p2", "乙", "mall", "east"),
        ("p3", "丙新", "school", "east"),
    ]


def test_many_texts_are_asked_for_as_one_value(city: City) -> None:
    always = {"division_id": "east", "created_ns": 7, "organisation_id": "mall"}
    insert_rows(Place, ("id", "name"), [("p1", "甲"), ("p2", "乙\"',"), ("p3", "丙")], always)
    with CaptureQueriesContext(connection) as asked:
        assert set(Place.objects.filter(name__among=["甲", "乙\"',", "无"]).values_list("id", flat=True)) == {
            "p1",
            "p2",
        }
        assert Place.objects.filter(id__among={"p2", "p3"}).count() == 2
        assert Place.objects.filter(organisation_id__among=("mall", "school")).count() == 3
        assert Place.objects.exclude(division__among=["east"]).count() == 0
        assert not Place.objects.filter(id__among=[]).exists()
    assert len(asked) == 5


def test_rows_are_what_the_orm_would_have_written(city: City) -> None:
    named = ("id", "name", "organisation_id", "given")
    rows = [
        ("p1", "制表\t换行\n反斜线\\N", "mall", {"datum": "WGS-84", "lon": "120.1", "名": ["湖", None]}),
        ("p2", "空", "mall", None),
    ]
    insert_rows(Place, named, rows, {"division_id": "east", "created_ns": 7})
    for key, name, organisation, given in rows:
        made = Place(
            id=f"{key}x", name=name, organisation_id=organisation, given=given, division_id="east", created_ns=7
        )
        made.save()
        stored = {
            model.attname: [getattr(Place.objects.get(pk=pk), model.attname) for pk in (key, made.pk)]
            for model in Place._meta.concrete_fields
            if not model.primary_key
        }
        assert {name: both for name, both in stored.items() if both[0] != both[1]} == {}
    assert Place.objects.filter(pk__in=("p1", "p2"), given__isnull=True).count() == 1


def test_a_broken_constraint_is_djangos_error_and_an_unknown_column_ours(city: City) -> None:
    code = ("code", "37020200001321000001", "camera", "2026-01-01")
    names = ("kind", "value", "subject_kind", "since_date", "subject_id")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Identifier, names, [(*code, "a"), (*code, "b")])
    assert not Identifier.objects.filter(value=code[1]).exists()
    with pytest.raises(ValueError, match="nonsense"):
        insert_rows(Division, ("nonsense",), [])


def test_the_wide_cache_ends_with_the_work() -> None:
    def cache() -> object:
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA cache_size").fetchone() if connection.vendor == "sqlite" else None

    usual = cache()
    with many_changes():
        within = cache()
    assert cache() == usual
    assert within != usual or connection.vendor != "sqlite"
