from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.rules.day_count import DatedFact, Precision
from mingjian.web.dates import check_date, dated_fact


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", DatedFact(None, Precision.UNKNOWN)),
        ("2025", DatedFact(dt.date(2025, 1, 1), Precision.YEAR)),
        ("2025-04", DatedFact(dt.date(2025, 4, 1), Precision.MONTH)),
        ("2025-04-30", DatedFact(dt.date(2025, 4, 30))),
    ],
)
def test_a_text_is_a_fact_of_its_precision(text: str, fact: DatedFact) -> None:
    assert dated_fact(text) == fact


@given(st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31)))
def test_every_day_reads_back(day: dt.date) -> None:
    assert dated_fact(day.isoformat()) == DatedFact(day)


@pytest.mark.parametrize(
    "text", ["25-04-01", "2025-4", "2025-13", "2025-02-30", "2025-04-01T00", "２０２５", "0999", "2025-"]
)
def test_what_is_no_date_names_its_field(text: str) -> None:
    with pytest.raises(MingjianError) as caught:
        check_date(text, "accepted_date")
    assert caught.value.field == "accepted_date"
    assert "2025-04" in caught.value.message.zh


def test_an_exact_date_is_known_to_the_day() -> None:
    assert check_date("2025-04-01", "from", exact=True) == "2025-04-01"
    with pytest.raises(MingjianError):
        check_date("2025-04", "from", exact=True)
