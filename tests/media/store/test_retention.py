"""What may be deleted, when, and by nothing else."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.feeding import CAMERA, SMALL, camera_on, make_store, reader_of_store

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.media.store.disk import Disk
from mingjian.media.store.fsck import check
from mingjian.media.store.journal import entries_after
from mingjian.media.store.rebuild import rebuild
from mingjian.media.store.retention import Order, RetentionRule
from mingjian.media.store.store import Store
from mingjian.media.store.time_guard import AWAY_NS, CONFIRM_LASTS_NS, TimeGuard
from mingjian.media.store.volume import make_volume
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan
from mingjian.ports.recording import SpanKind

EVER = (0, 1 << 62)
CHINA = dt.timezone(dt.timedelta(hours=8))
NOON_NS = round(dt.datetime(2026, 3, 1, 12, tzinfo=CHINA).timestamp()) * NS_PER_S


class Kernel:
    def __init__(self, synchronised: bool = True) -> None:
        self.is_synchronised = synchronised

    def synchronised(self) -> bool:
        return self.is_synchronised


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_NS, 5 * NS_PER_S)


def plan(keep_days: int = 30, cameras: tuple[str, ...] = (CAMERA,)) -> EnginePlan:
    stream = StreamPlan("main", "")
    return EnginePlan(1, 0, tuple(CameraPlan(name, name, True, keep_days, (stream,)) for name in cameras))


def recorded(tmp_path: Path, clock: ManualClock, keep_days: int = 30, demo: bool = False) -> Store:
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    store = make_store(tmp_path, clock, demo=demo, guard=guard)
    store.apply_plan(plan(keep_days))
    camera = camera_on(store, clock).connect()
    camera.send(8)
    camera.stop()
    assert store.flush()
    assert store.flush()
    return store


def pass_days(store: Store, clock: ManualClock, days: float) -> None:
    """Time passes in steps of at most half a day, with the engine looking, as it does."""
    left_ns = round(days * DAY_NS)
    while left_ns:
        step_ns = min(left_ns, DAY_NS // 2)
        clock.advance(step_ns)
        store.look()
        left_ns -= step_ns


def files(tmp_path: Path) -> int:
    return len(list(tmp_path.glob("v*/segments/**/*.mp4")))


def test_footage_stays_through_the_whole_of_day_30_and_then_goes_with_a_receipt(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = recorded(tmp_path, clock)
    pass_days(store, clock, 30)  # noon of day D+30
    assert store.retain() == 0
    pass_days(store, clock, 11 / 24)
    assert store.retain() == 0
    pass_days(store, clock, 1 / 24)  # 00:00 of D+31 in China
    assert store.retain() == 1
    assert files(tmp_path) == 0
    reader = reader_of_store(tmp_path)
    assert reader.segments(CAMERA, "main", *EVER) == []
    spans = reader.timeline(CAMERA, "main", NOON_NS, NOON_NS + 20 * NS_PER_S, clock.now_ns())
    assert SpanKind.EXPIRED in [span.kind for span in spans]
    receipt = reader.volumes[0].connection.execute("SELECT digest, reason, bytes FROM deletions").fetchone()
    assert len(receipt[0]) == 64
    assert receipt[1] == "retention"
    assert receipt[2] > 0
    reader.close()
    store.close()
    assert not check([tmp_path / "v0"], clock.now_ns(), hashed=True).errors


@given(st.integers(0, 4000 * DAY_NS), st.integers(-5, 400), st.integers(0, 86_399 * NS_PER_S))
def test_never_less_than_thirty_whole_days(now_ns: int, keep_days: int, age_ns: int) -> None:
    now_ns += 20_000 * DAY_NS
    cutoff = RetentionRule().cutoff_ns(now_ns, keep_days, demo=False)
    assert now_ns - cutoff >= max(30, keep_days) * DAY_NS
    offset = 8 * 3600 * NS_PER_S
    ended = cutoff - age_ns - 1
    day_of = (ended + offset) // DAY_NS
    today = (now_ns + offset) // DAY_NS
    assert today - day_of > max(30, keep_days)


def test_a_hold_keeps_footage_until_it_is_removed_and_survives_a_rebuild(tmp_path: Path, clock: ManualClock) -> None:
    store = recorded(tmp_path, clock)
    hold = store.add_hold(CAMERA, None, NOON_NS + NS_PER_S, NOON_NS + 2 * NS_PER_S, "case", "Wang")
    pass_days(store, clock, 40)
    store.flush()
    assert store.retain() == 0
    store.close()
    rebuild(tmp_path / "v0", clock.now_ns())
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    store = Store([tmp_path / "v0"], clock, space=SMALL, guard=guard)
    store.open()
    assert store.retain() == 0
    store.remove_hold(hold, "case closed", "Wang")
    store.flush()
    assert store.retain() == 1
    store.close()


def test_a_removed_camera_keeps_its_footage_as_long_as_it_was_told(tmp_path: Path, clock: ManualClock) -> None:
    store = recorded(tmp_path, clock, keep_days=90)
    store.apply_plan(plan(30, ()))
    pass_days(store, clock, 89)
    assert store.retain() == 0
    pass_days(store, clock, 2)
    assert store.retain() == 1
    store.close()


@pytest.mark.parametrize(("demo", "gone"), [(False, 0), (True, 1)])
def test_only_a_demo_volume_keeps_less_than_thirty_days(
    tmp_path: Path, clock: ManualClock, demo: bool, gone: int
) -> None:
    store = recorded(tmp_path, clock, keep_days=1, demo=demo)
    pass_days(store, clock, 2)
    assert store.retain() == gone
    store.close()


@pytest.mark.parametrize("step_s", [40 * 86_400, -40 * 86_400, 3600, -3600])
def test_a_step_of_the_clock_deletes_nothing_until_a_person_confirms(
    tmp_path: Path, clock: ManualClock, step_s: int
) -> None:
    store = recorded(tmp_path, clock)
    clock.step(step_s * NS_PER_S)
    store.look()
    assert store.deletion_paused is not None
    assert store.retain() == 0
    assert files(tmp_path) == 1
    store.close()
    # the pause outlives a restart
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    store = Store([tmp_path / "v0"], clock, space=SMALL, guard=guard)
    store.open()
    assert store.retain() == 0
    store.confirm_time("Zhao", "checked against the radio clock")
    assert store.deletion_paused is None
    assert store.retain() == (1 if step_s > 86_400 else 0)
    store.close()


def test_a_step_while_the_engine_was_stopped_is_noticed(tmp_path: Path, clock: ManualClock) -> None:
    recorded(tmp_path, clock).close()
    clock.advance(60 * NS_PER_S)
    clock.step(40 * DAY_NS)
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    assert guard.paused is not None
    store = Store([tmp_path / "v0"], clock, space=SMALL, guard=guard)
    store.open()
    assert store.retain() == 0
    store.close()


@pytest.mark.parametrize(("away_ns", "paused"), [(2 * DAY_NS, False), (AWAY_NS + DAY_NS, True), (-DAY_NS, True)])
def test_across_a_boot_the_last_time_seen_is_the_measure(
    tmp_path: Path, clock: ManualClock, away_ns: int, paused: bool
) -> None:
    TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot one")
    other = ManualClock(clock.now_ns() + away_ns, 3)
    guard = TimeGuard(tmp_path / "time.json", other, Kernel(), "boot two")
    assert (guard.paused is not None) == paused


def test_unsynchronised_time_deletes_nothing_and_a_persons_word_lasts_a_week(
    tmp_path: Path, clock: ManualClock
) -> None:
    kernel = Kernel(synchronised=False)
    guard = TimeGuard(tmp_path / "time.json", clock, kernel, "boot")
    paused = guard.look()
    assert paused is not None
    assert "NTP" in paused.zh
    guard.confirm("Zhao", "checked")
    assert guard.look() is None
    clock.advance(CONFIRM_LASTS_NS)
    assert guard.look() is not None
    kernel.is_synchronised = True
    assert guard.look() is None


def test_many_small_steps_add_up(tmp_path: Path, clock: ManualClock) -> None:
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    for _ in range(5):
        clock.step(11 * NS_PER_S)
        assert guard.look() is None
    clock.step(11 * NS_PER_S)
    assert guard.look() is not None


def test_an_index_that_waits_for_its_rebuild_deletes_nothing(tmp_path: Path, clock: ManualClock) -> None:
    store = recorded(tmp_path, clock)
    store.writers[0].work(lambda index: index.set_meta("rebuild", "needed"))
    store.flush()
    pass_days(store, clock, 50)
    assert store.retain() == 0
    store.close()


def test_a_death_between_receipt_and_deletion_leaves_a_clean_store(tmp_path: Path, clock: ManualClock) -> None:
    store = recorded(tmp_path, clock)
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    receipt = {
        "t": "delete", "segment": record.id, "camera": CAMERA, "stream": "main", "path": record.path,
        "start_ns": record.start_ns, "end_ns": record.end_ns, "bytes": record.bytes, "digest": record.digest,
        "alg": "sha256", "at_ns": clock.now_ns(), "reason": "retention",
    }  # fmt: skip
    store.writers[0].note(receipt)
    store.close()
    reader.path(record).unlink()
    reader.close()
    rebuild(tmp_path / "v0", clock.now_ns())
    assert not check([tmp_path / "v0"], clock.now_ns(), hashed=True).errors
    reader = reader_of_store(tmp_path)
    assert reader.expired(CAMERA, "main", *EVER) == [(record.start_ns, record.end_ns)]
    reader.close()
    told = [entry for entry in entries_after(tmp_path / "v0" / "journal", "000000.jl:0") if entry["t"] == "deleted"]
    assert told == [receipt | {"t": "deleted"}], "the journal says it from now on, and so will the ledger"


class DiesAfterUnlink(Disk):
    """Death comes when the file has gone and nothing was said of it yet."""

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        raise KeyboardInterrupt


@pytest.mark.parametrize("ordered", [False, True])
def test_a_death_between_deletion_and_receipt_is_told_at_the_next_start(
    tmp_path: Path, clock: ManualClock, ordered: bool
) -> None:
    store = recorded(tmp_path, clock)
    pass_days(store, clock, 0 if ordered else 32)
    store._disk = DiesAfterUnlink()
    before = files(tmp_path)
    order = Order("o1", CAMERA, *EVER, "the decision", ("Olga", "Ivan"))
    with pytest.raises(KeyboardInterrupt):
        store.delete_ordered(order) if ordered else store.retain()
    assert store.close()
    assert files(tmp_path) == before - 1
    journal = tmp_path / "v0" / "journal"
    assert not [one for one in entries_after(journal, "000000.jl:0") if one["t"] == "deleted"]
    store = make_store(tmp_path, clock, guard=TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot"))
    assert store.wait_recovered(30)
    assert store.flush()
    (receipt,) = [one for one in entries_after(journal, "000000.jl:0") if one["t"] == "deleted"]
    assert (receipt["reason"], receipt.get("person")) == (
        ("order o1: the decision", "Olga, Ivan") if ordered else ("retention", None)
    )
    reader = reader_of_store(tmp_path)
    assert reader.expired(CAMERA, "main", *EVER) == [(receipt["start_ns"], receipt["end_ns"])]
    reader.close()
    assert store.close()
    assert not check([tmp_path / "v0"], clock.now_ns(), hashed=True).errors


def test_a_hold_made_while_a_volume_was_away_binds_it_when_it_is_back(tmp_path: Path, clock: ManualClock) -> None:
    recorded(tmp_path, clock).close()
    (tmp_path / "v0").rename(tmp_path / "away")
    make_volume(tmp_path / "v1", "v1", "instance", demo=False)
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    store = Store([tmp_path / "v1", tmp_path / "v0"], clock, space=SMALL, guard=guard)
    store.open()
    store.add_hold(CAMERA, "main", 0, 1 << 62, "case", "Wang")
    pass_days(store, clock, 40)
    assert store.retain() == 0
    store.close()
    (tmp_path / "away").rename(tmp_path / "v0")
    for roots, gone in (
        ([tmp_path / "v0", tmp_path / "v1"], 0),
        ([tmp_path / "v0", tmp_path / "v2"], 0),
        ([tmp_path / "v0"], 1),
    ):
        guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
        store = Store(roots, clock, space=SMALL, guard=guard)
        store.open()
        assert store.retain() == gone
        store.close()


def test_a_long_hold_does_not_shield_what_lies_behind_it(tmp_path: Path, clock: ManualClock) -> None:
    store = recorded(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(8)
    camera.stop()
    store.add_hold(CAMERA, None, NOON_NS, NOON_NS + 5 * NS_PER_S, "case", "Wang")
    pass_days(store, clock, 40)
    assert store.retain() == 1
    reader = reader_of_store(tmp_path)
    (left,) = reader.segments(CAMERA, "main", *EVER)
    assert left.start_ns < NOON_NS + 5 * NS_PER_S
    reader.close()
    store.close()


def test_a_file_that_cannot_be_deleted_stays_known(
    tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Stubborn(Disk):
        refuses = True

        def unlink(self, path: Path) -> None:
            if self.refuses:
                raise PermissionError(1, "not permitted")
            super().unlink(path)

    disk = Stubborn()
    guard = TimeGuard(tmp_path / "time.json", clock, Kernel(), "boot")
    store = make_store(tmp_path, clock, guard=guard, disk=disk)
    store.apply_plan(plan())
    camera = camera_on(store, clock).connect()
    camera.send(4)
    camera.stop()
    pass_days(store, clock, 40)
    assert store.retain() == 0
    assert "could not be deleted" in caplog.text
    reader = reader_of_store(tmp_path)
    assert len(reader.segments(CAMERA, "main", *EVER)) == 1
    reader.close()
    disk.refuses = False
    assert store.retain() == 1
    store.close()


def test_an_order_deletes_what_lies_wholly_inside_with_receipts_and_nothing_under_a_hold(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = recorded(tmp_path, clock)
    begin_ns = NOON_NS
    for _ in range(2):
        camera = camera_on(store, clock).connect()
        camera.send(8)
        camera.stop()
        assert store.flush()
        assert store.flush()
    reader = reader_of_store(tmp_path)
    first, second, third = reader.segments(CAMERA, "main", *EVER)
    with pytest.raises(ValueError, match="two people"):
        Order("o1", CAMERA, *EVER, "27", ("Olga", "Olga"))
    order = Order("o1", CAMERA, begin_ns, third.start_ns + NS_PER_S, "sc799 27", ("Olga", "Ivan"))
    hold = store.add_hold(CAMERA, None, second.start_ns, second.end_ns, "case 7", "Olga")
    assert store.flush()
    assert store.delete_ordered(order).held
    assert len(reader.segments(CAMERA, "main", *EVER)) == 3
    store.remove_hold(hold, "closed", "Olga")
    assert store.flush()
    done = store.delete_ordered(order)
    assert (done.segments, done.bytes, done.held) == (2, first.bytes + second.bytes, False)
    assert done.left == ((third.start_ns, third.start_ns + NS_PER_S),)  # of the segment that reaches beyond
    assert store.delete_ordered(order).segments == 0
    assert store.flush()
    assert [one.id for one in reader.segments(CAMERA, "main", *EVER)] == [third.id]
    assert not (tmp_path / "v0" / first.path).exists()
    receipts = [entry for entry in entries_after(tmp_path / "v0" / "journal", "000000.jl:0") if entry["t"] == "deleted"]
    assert [(one["reason"], one["person"]) for one in receipts] == [("order o1: sc799 27", "Olga, Ivan")] * 2
    spans = reader.timeline(CAMERA, "main", first.start_ns, third.end_ns, clock.now_ns())
    assert spans[0].kind is SpanKind.EXPIRED
    reader.close()
    assert store.close()
