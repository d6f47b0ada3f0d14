"""Every instant has one kind and, if missing, its exact reason."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import NS_PER_S as S
from mingjian.media.store.timeline import Event, History, Life, PlanFacts, classify
from mingjian.ports.recording import GapReason, SpanKind

ADDED = PlanFacts(planned_from_ns=0)
ALWAYS = (Life(0, 10_000 * S),)
STREAMING = Event(1 * S, "streaming")


def told(history: History, facts: PlanFacts, start: int, end: int, now: int = 9_000) -> list[tuple[str, int, int]]:
    spans = classify(history, facts, start * S, end * S, now * S)
    return [(str(span.reason or span.kind), span.start_ns // S, span.end_ns // S) for span in spans]


def failed(at: int, reason: GapReason) -> Event:
    return Event(at * S, "failed", reason, "why")


def test_before_it_was_added_and_after_it_was_removed_nothing_was_planned() -> None:
    history = History(recorded=((100 * S, 200 * S),), lives=ALWAYS, events=(Event(100 * S, "streaming"),))
    facts = PlanFacts(100 * S, removed_ns=200 * S)
    assert told(history, facts, 0, 300) == [("not_planned", 0, 100), ("recorded", 100, 200), ("not_planned", 200, 300)]


@pytest.mark.parametrize("reason", [GapReason.UNREACHABLE, GapReason.AUTHENTICATION, GapReason.NETWORK])
def test_a_failure_noticed_at_once_explains_the_whole_gap(reason: GapReason) -> None:
    history = History(
        recorded=((0, 100 * S), (160 * S, 200 * S)),
        events=(
            STREAMING,
            failed(102, reason),
            Event(103 * S, "connecting"),
            failed(105, reason),
            Event(159 * S, "streaming"),
        ),
        lives=ALWAYS,
    )
    assert told(history, ADDED, 50, 200) == [("recorded", 50, 100), (str(reason), 100, 160), ("recorded", 160, 200)]
    # asked about the middle of the gap only, the answer is the same
    assert told(history, ADDED, 120, 140) == [(str(reason), 120, 140)]


def test_media_that_stopped_while_connected_was_the_network_until_the_failure() -> None:
    history = History(recorded=((0, 100 * S),), events=(STREAMING, failed(112, GapReason.UNREACHABLE)), lives=ALWAYS)
    assert told(history, ADDED, 90, 130) == [("recorded", 90, 100), ("network", 100, 112), ("unreachable", 112, 130)]


def test_reasons_change_when_the_camera_says_so() -> None:
    history = History(
        recorded=((0, 100 * S),),
        events=(STREAMING, failed(100, GapReason.UNREACHABLE), failed(130, GapReason.AUTHENTICATION)),
        lives=ALWAYS,
    )
    assert told(history, ADDED, 100, 160) == [("unreachable", 100, 130), ("authentication", 130, 160)]


def test_a_killed_engine_is_down_from_the_last_footage_to_the_first_after_restart() -> None:
    history = History(
        recorded=((0, 100 * S), (140 * S, 200 * S)),
        events=(STREAMING, Event(138 * S, "connecting"), Event(139 * S, "streaming")),
        lives=(Life(0, 103 * S), Life(137 * S, 10_000 * S)),
    )
    assert told(history, ADDED, 90, 200) == [("recorded", 90, 100), ("engine_down", 100, 140), ("recorded", 140, 200)]


@pytest.mark.parametrize("beat_ms", [96_000, 100_000, 100_100, 100_212, 100_300, 103_000])
def test_a_heartbeat_just_after_the_last_footage_does_not_lengthen_it(beat_ms: int) -> None:
    """The index hears the heart every second, the journal (all that a rebuild has) every four: one answer for both."""
    history = History(
        recorded=((0, 100 * S), (140 * S, 200 * S)),
        events=(STREAMING, Event(139 * S, "streaming")),
        lives=(Life(0, beat_ms * S // 1000), Life(137 * S, 10_000 * S)),
    )
    spans = classify(history, ADDED, 90 * S, 200 * S, 9_000 * S)
    assert [(span.start_ns, span.end_ns) for span in spans] == [
        (90 * S, 100 * S),
        (100 * S, 140 * S),
        (140 * S, 200 * S),
    ]
    assert spans[1].reason is GapReason.ENGINE_DOWN


def test_after_a_restart_the_cameras_own_failure_counts_from_its_first_attempt() -> None:
    history = History(
        recorded=((0, 100 * S), (190 * S, 200 * S)),
        events=(STREAMING, failed(141, GapReason.AUTHENTICATION), Event(189 * S, "streaming")),
        lives=(Life(0, 103 * S), Life(137 * S, 10_000 * S)),
    )
    assert told(history, ADDED, 100, 190) == [("engine_down", 100, 141), ("authentication", 141, 190)]


def test_a_camera_that_was_failing_when_the_engine_died_keeps_its_reason_until_then() -> None:
    history = History(
        recorded=((0, 100 * S), (190 * S, 200 * S)),
        events=(STREAMING, failed(101, GapReason.UNREACHABLE), Event(150 * S, "connecting")),
        lives=(Life(0, 120 * S), Life(150 * S, 10_000 * S)),
    )
    assert told(history, ADDED, 100, 190) == [("unreachable", 100, 120), ("engine_down", 120, 190)]


def test_switched_off_is_switched_off_even_while_the_engine_is_down() -> None:
    history = History(
        recorded=((0, 100 * S), (201 * S, 300 * S)),
        events=(STREAMING, Event(100 * S, "disabled"), Event(200 * S, "enabled"), Event(200 * S, "streaming")),
        lives=(Life(0, 120 * S), Life(150 * S, 10_000 * S)),
    )
    assert told(history, ADDED, 90, 202) == [
        ("recorded", 90, 100), ("disabled", 100, 200), ("unreachable", 200, 201), ("recorded", 201, 202),
    ]  # fmt: skip


def test_footage_that_could_not_be_written_is_a_loss_of_storage() -> None:
    history = History(
        recorded=((0, 100 * S), (130 * S, 200 * S)), events=(STREAMING,), losses=((100 * S, 130 * S),), lives=ALWAYS
    )
    assert told(history, ADDED, 90, 140) == [("recorded", 90, 100), ("storage", 100, 130), ("recorded", 130, 140)]


def test_expired_footage_and_the_future_are_called_so() -> None:
    history = History(recorded=((100 * S, 200 * S),), expired=((0, 100 * S),), lives=ALWAYS, events=(STREAMING,))
    assert told(history, ADDED, 0, 300, now=200) == [("expired", 0, 100), ("recorded", 100, 200), ("future", 200, 300)]


def test_footage_on_its_way_to_disk_is_no_gap() -> None:
    history = History(recorded=((0, 195 * S),), events=(STREAMING,), lives=(Life(0, 199 * S),))
    assert told(history, ADDED, 100, 210, now=200) == [("recorded", 100, 195), ("future", 195, 210)]
    late = told(history, ADDED, 100, 250, now=230)
    assert late == [("recorded", 100, 195), ("engine_down", 195, 230), ("future", 230, 250)]


def test_before_the_engine_ever_ran_it_was_down() -> None:
    assert told(History(), ADDED, 0, 100) == [("engine_down", 0, 100)]


def test_a_sliver_between_segments_is_no_gap() -> None:
    tiny = S // 10
    history = History(recorded=((0, 100 * S), (100 * S + tiny, 200 * S)), lives=ALWAYS, events=(STREAMING,))
    assert told(history, ADDED, 0, 200) == [("recorded", 0, 200)]


times = st.integers(0, 2_000).map(lambda value: value * S // 10)
intervals = st.tuples(times, st.integers(1, 400)).map(lambda pair: (pair[0], pair[0] + pair[1] * S // 10))
reasons = st.sampled_from([reason for reason in GapReason if reason is not GapReason.UNKNOWN])
events = st.one_of(
    st.tuples(times, st.sampled_from(["connecting", "streaming", "stopped", "disabled", "enabled"])).map(
        lambda e: Event(*e)
    ),
    st.tuples(times, reasons).map(lambda e: Event(e[0], "failed", e[1], None)),
)
lives = st.builds(lambda span, clean: Life(*span, clean), intervals, st.booleans())
histories = st.builds(
    lambda r, x, e, lost, alive: History(tuple(sorted(r)), tuple(x), (), tuple(sorted(e, key=lambda one: one.at_ns)), tuple(lost), tuple(alive)),
    st.lists(intervals, max_size=6), st.lists(intervals, max_size=3), st.lists(events, max_size=10),
    st.lists(intervals, max_size=3), st.lists(lives, max_size=4),
)  # fmt: skip


@given(histories, times, st.one_of(st.none(), times), st.booleans(), intervals, times)
def test_every_instant_is_covered_once_and_never_unknown(
    history: History, added: int, removed: int | None, enabled: bool, question: tuple[int, int], now: int
) -> None:
    spans = classify(history, PlanFacts(added, removed, enabled), *question, now)
    assert spans[0].start_ns == question[0]
    assert spans[-1].end_ns == question[1]
    for before, after in itertools.pairwise(spans):
        assert before.end_ns == after.start_ns
    for span in spans:
        assert span.start_ns < span.end_ns
        assert (span.kind is SpanKind.GAP) == (span.reason is not None)
        assert span.reason is not GapReason.UNKNOWN


@given(histories, times, intervals, times, times)
def test_the_answer_does_not_depend_on_where_the_question_begins(
    history: History, added: int, question: tuple[int, int], middle: int, now: int
) -> None:
    facts = PlanFacts(added)
    start, end = question
    middle = start + middle % (end - start)
    whole = classify(history, facts, start, end, now)
    part = classify(history, facts, middle, end, now) if middle < end else []
    for span in part[1:-1]:
        inside = [other for other in whole if other.start_ns <= span.start_ns and span.end_ns <= other.end_ns]
        assert inside
        assert (inside[0].kind, inside[0].reason) == (span.kind, span.reason)


@pytest.mark.timeout(20)  # it took 18 s and the square of that for twice as many, when every hole walked all events
def test_a_camera_that_drops_out_every_few_minutes_is_told_in_linear_time() -> None:
    count = 8_000
    recorded = tuple((600 * n * S, (600 * n + 500) * S) for n in range(count))
    drops = ((Event(600 * n * S, "streaming"), failed(600 * n + 501, GapReason.NETWORK)) for n in range(count))
    history = History(
        recorded=recorded, events=tuple(itertools.chain(*drops)), lives=(Life(0, 600 * count * S, clean=True),)
    )
    spans = classify(history, ADDED, 0, 600 * count * S, 600 * count * S + S)
    assert len(spans) == 2 * count
    assert {span.reason for span in spans if span.kind is SpanKind.GAP} == {GapReason.NETWORK}
