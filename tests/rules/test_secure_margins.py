"""Margins of military and classified units: missing or negative blocks; nothing said gives the zone away."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.secure_margins import Nearby, Reply, judge_margin

LAW = current_law()
ON = dt.date(2025, 6, 2)
ZONES = st.sampled_from(["military_forbidden", "military_administrative", "classified_unit"])
REPLIES = st.none() | st.builds(
    Reply,
    st.sampled_from([None, True, False]),
    st.booleans(),
    st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
)


@given(ZONES, st.integers(0, 500), REPLIES)
def test_inside_the_margin_only_an_attached_positive_reply_opens(zone: str, metres: int, reply: Reply | None) -> None:
    verdict = judge_margin(LAW, (Nearby(zone, metres),), reply, None, ON).verdict
    opens = reply is not None and reply.positive is True and reply.attached
    assert verdict is (Verdict.PASS if opens else Verdict.BLOCKED)


@given(ZONES, REPLIES, st.dates(dt.date(2025, 4, 1), dt.date(2025, 12, 31)))
def test_consent_must_come_before_installing(zone: str, reply: Reply | None, installed: dt.date) -> None:
    verdict = judge_margin(LAW, (Nearby(zone, 1),), reply, installed, installed).verdict
    before = reply is not None and reply.given_on is not None and reply.given_on <= installed
    assert (verdict is Verdict.PASS) == (before and reply is not None and reply.positive is True and reply.attached)


@given(ZONES, st.integers(0, 500), REPLIES)
def test_nothing_said_tells_which_zone_or_how_far(zone: str, metres: int, reply: Reply | None) -> None:
    said = {
        (answer.reason, answer.remedy)
        for answer in (judge_margin(LAW, (Nearby(zone, far),), reply, None, ON) for far in (0, metres, 500))
    }
    assert len(said) == 1  # the same words at any distance
    ((reason, remedy),) = said
    for text in (reason, remedy):
        if text is not None:
            assert not any(char.isdigit() for char in text.zh + text.en)
            assert "军事" not in text.zh
            assert "military" not in text.en


def test_a_longer_margin_of_the_operator_reaches_further() -> None:
    near = (Nearby("classified_unit", 800),)
    assert judge_margin(LAW, near, None, None, ON).verdict is Verdict.PASS
    wider = LAW.with_policy("policy.margin.metres", 1000)
    answer = judge_margin(wider, near, None, None, ON)
    assert answer.verdict is Verdict.BLOCKED
    assert answer.policies == ("policy.margin.metres",)
