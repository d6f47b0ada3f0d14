"""Penalties of both packs, the rules of conflict, limitation; a department's gap is never fined."""

import datetime as dt

import pytest

from mingjian.rules.day_count import UNKNOWN_DATE, DatedFact, Precision, on_day
from mingjian.rules.library import current_law
from mingjian.rules.limitation import limitation
from mingjian.rules.penalties import (
    CONDUCTS,
    CONFLICT,
    NEEDS_REVIEW,
    TIME_CONFLICT,
    Offence,
    lighter,
    penalties,
    penalty_rows,
)

LAW = current_law()
BEFORE = dt.date(2024, 6, 1)
AFTER = dt.date(2025, 6, 2)


def test_both_packs_are_shown_and_the_national_prevails() -> None:
    view = penalties(LAW, Offence("prohibited_place", "unit", True, AFTER), AFTER)
    assert [(row.clause.key, row.fine_yuan) for row in view.at_act] == [
        ("qd204.penalty.unauthorised_or_prohibited", (10000, 30000)),
        ("sc799.penalty.prohibited_place", (10000, 20000)),
    ]
    assert view.prevailing is not None
    assert view.prevailing.clause.key == "sc799.penalty.prohibited_place"
    assert view.conflicts == (CONFLICT, NEEDS_REVIEW)
    assert "没收" in view.prevailing.measure.zh


@pytest.mark.parametrize(
    ("actor", "business", "municipal", "national"),
    [
        ("individual", True, (10000, 30000), (0, 5000)),
        ("individual", False, (1000, 3000), (0, 5000)),
        ("unit", False, (1000, 3000), (0, 20000)),
        ("staff", False, (1000, 3000), (0, 5000)),
    ],
)
def test_unauthorised_installation_fined_at_once_by_one_pack_after_refusal_by_the_other(
    actor: str, business: bool, municipal: tuple[int, int], national: tuple[int, int]
) -> None:
    first = penalty_rows(LAW, Offence("unauthorised_installation", actor, business, AFTER), AFTER)
    assert [(row.fine_yuan, row.order_first) for row in first] == [(municipal, False), (None, True)]
    refused = penalty_rows(LAW, Offence("unauthorised_installation", actor, business, AFTER, True), AFTER)
    assert [row.fine_yuan for row in refused] == [municipal, national]


def test_a_newer_lighter_law_applies_to_an_older_act() -> None:
    view = penalties(LAW, Offence("unauthorised_installation", "unit", True, BEFORE), AFTER)
    assert [row.clause.pack for row in view.at_act] == ["qd204@2020"]
    assert view.prevailing is not None
    assert view.prevailing.clause.key == "sc799.penalty.unauthorised"
    assert TIME_CONFLICT in view.conflicts


def test_a_newer_heavier_law_does_not_reach_back() -> None:
    view = penalties(LAW, Offence("prohibited_place", "unit", False, BEFORE), AFTER)
    assert view.prevailing is not None
    assert view.prevailing.clause.key == "qd204.penalty.unauthorised_or_prohibited"
    assert view.prevailing.fine_yuan == (1000, 3000)
    assert TIME_CONFLICT in view.conflicts


def test_a_sign_missing_is_an_order_under_the_regulation_and_a_fine_under_the_measures() -> None:
    rows = penalty_rows(LAW, Offence("no_sign", "unit", False, AFTER), AFTER)
    assert [(row.clause.key, row.fine_yuan) for row in rows] == [
        ("qd204.penalty.no_sign", (500, 1000)),
        ("sc799.sign.position_and_sign", None),
    ]


@pytest.mark.parametrize("conduct", ["not_installed", "qd204.place.obliged", "qd204.builder.managing_unit"])
def test_a_gap_of_a_government_department_is_a_task_and_never_an_article_26_fine(conduct: str) -> None:
    view = penalties(LAW, Offence(conduct, "unit", True, AFTER, True, government_duty=True), AFTER)
    assert view.coordination_task
    assert view.at_act == view.at_decision == ()
    assert view.prevailing is None
    fined = penalties(LAW, Offence(conduct, "unit", True, AFTER), AFTER)
    assert [row.clause.key for row in fined.at_act] == ["qd204.penalty.not_installed"]


def test_an_act_of_the_old_text_is_undetermined() -> None:
    view = penalties(LAW, Offence("no_sign", "unit", False, dt.date(2015, 1, 1)), dt.date(2016, 1, 1))
    assert view.undetermined
    assert view.at_act == ()
    assert view.prevailing is None


BY_OFFICIALS = {"retrieval_by_officials", "brand_mandated", "filing_not_taken"}


@pytest.mark.parametrize("conduct", sorted(CONDUCTS))
def test_every_conduct_has_a_consequence_today(conduct: str) -> None:
    actor = "official" if conduct in BY_OFFICIALS else "unit"
    view = penalties(LAW, Offence(conduct, actor, False, AFTER, True), AFTER)
    assert view.prevailing is not None
    for row in view.at_act:
        if row.fine_yuan is not None:
            low, high = row.fine_yuan
            assert 0 <= low <= high <= 30000


def test_officials_are_never_fined_and_only_clauses_about_officials_speak_of_them() -> None:
    for conduct in CONDUCTS:
        for actor in ("official", "police_official"):
            rows = penalty_rows(LAW, Offence(conduct, actor, True, AFTER, True), AFTER)
            assert all(row.fine_yuan is None for row in rows)
            assert bool(rows) == (conduct in BY_OFFICIALS)


def test_an_unknown_conduct_is_an_error() -> None:
    with pytest.raises(KeyError):
        penalties(LAW, Offence("jaywalking", "unit", False, AFTER), AFTER)


def test_lighter_compares_most_then_least_then_order_first() -> None:
    rows = penalty_rows(LAW, Offence("unauthorised_installation", "unit", True, AFTER), AFTER)
    assert lighter(rows[1], rows[0])
    assert not lighter(rows[0], rows[1])
    assert not lighter(rows[0], rows[0])


@pytest.mark.parametrize(
    ("ended", "harms", "discovered", "barred"),
    [
        (on_day(2022, 3, 1), False, dt.date(2024, 3, 1), False),
        (on_day(2022, 3, 1), False, dt.date(2024, 3, 2), True),
        (on_day(2022, 3, 1), True, dt.date(2027, 3, 1), False),
        (on_day(2022, 3, 1), True, dt.date(2027, 3, 2), True),
        (on_day(2021, 7, 14), True, dt.date(2023, 7, 15), True),  # before the revision: two years for everything
        (on_day(2024, 2, 29), False, dt.date(2026, 2, 28), False),
        (DatedFact(dt.date(2022, 3, 1), Precision.YEAR), False, dt.date(2024, 6, 1), None),
        (DatedFact(dt.date(2022, 3, 1), Precision.YEAR), False, dt.date(2025, 1, 1), True),
        (UNKNOWN_DATE, False, dt.date(2024, 6, 1), None),
    ],
)
def test_limitation(ended: DatedFact, harms: bool, discovered: dt.date, barred: bool | None) -> None:
    assert limitation(ended, False, harms, discovered).barred is barred
    assert limitation(ended, True, harms, discovered).barred is False
