"""Every row once, in order, whatever the page size; cursors that are not ours are told so."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.web.http.paging import page
from mingjian.web.registry.models import Camera

pytestmark = pytest.mark.django_db

ORDERS = (["group", "name", "id"], ["-group", "name", "-id"], ["-keep_days", "id"], ["id"])
RARE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip


@pytest.fixture
def rows(db: None) -> list[Camera]:
    made = [
        Camera(id=f"{number:026d}", name=name, group=group, keep_days=days, planned_from_ns=0, created_ns=0)
        for number, (group, name, days) in enumerate(
            (group, name, days) for group in ("", "a", "a/b", "东") for name in ("x", "y") for days in (1, 2)
        )
    ]
    return Camera.objects.bulk_create(made)


@RARE
@given(order=st.sampled_from(ORDERS), limit=st.integers(1, 20))
def test_pages_join_to_the_whole(rows: list[Camera], order: list[str], limit: int) -> None:
    seen: list[Any] = []
    cursor: str | None = None
    while True:
        found, cursor = page(Camera.objects.all(), order, cursor, limit)
        assert len(found) <= limit
        seen += found
        if cursor is None:
            break
    assert seen == list(Camera.objects.order_by(*order))


@RARE
@given(
    st.one_of(
        st.text(max_size=50),
        st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), st.lists).map(
            lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
        ),
    )
)
def test_a_cursor_of_another_kind_is_told(rows: list[Camera], cursor: str) -> None:
    for order in ORDERS:
        field: str | None = "/cursor"
        try:
            page(Camera.objects.all(), order, cursor, 5)
        except MingjianError as error:
            field = error.field
        assert field == "/cursor"
