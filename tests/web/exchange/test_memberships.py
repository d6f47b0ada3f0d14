"""Which camera is in which system, by sheet: ended, dated back, refused by row and column, exported, taken back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.city import City
from tests.web.exchange.sheets import bring_in, counts, preview, problems, table, workbook
from tests.web.registry.test_archive import enrol

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, BoundRole
from mingjian.web.exchange.batches import apply_batch, undo_batch
from mingjian.web.exchange.export import export
from mingjian.web.exchange.models import ImportBatch
from mingjian.web.registry.archive.fields import score
from mingjian.web.registry.models import Camera, CameraArchive, Membership, System

pytestmark = pytest.mark.django_db
KIND = "memberships"


def system(city: City, name: str, unit: str = "mall", division: str = "east") -> str:
    """A registered system; its name."""
    System.objects.create(id=f"s{name}", name=name, organisation_id=unit, division_id=division, created_ns=city.now_ns)
    return name


def camera(city: City, name: str, unit: str = "mall", division: str = "east") -> Camera:
    """A registered camera with an empty file."""
    made = Camera.objects.create(
        id=f"c{name}", name=name, keep_days=30, planned_from_ns=0, created_ns=city.now_ns, organisation_id=unit,
        division_id=division,
    )  # fmt: skip
    made.archive_score = score(made, CameraArchive.objects.create(camera=made), photo=False)
    made.save()
    return made


def row(camera: str, system: str, since: str = "", until: str = "", owning: str = "") -> dict[str, str]:
    given = {"camera": camera, "system": system, "owning": owning, "since_date": since, "until_date": until}
    return {key: text for key, text in given.items() if text}


def exported(actor: Actor) -> list[dict[str, str]]:
    """The export's rows by column title."""
    pieces, _ = export(actor, KIND, "csv", {})
    return list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))


def held() -> list[tuple[Any, ...]]:
    """Everything there is of memberships, and which system each camera is said to be of."""
    rows = Membership.objects.values_list("camera_id", "system_id", "owning", "since_date", "until_date")
    return [*sorted(rows), *Camera.objects.order_by("id").values_list("id", "system_id", "archive_score")]


def test_rows_begin_end_and_date_back_memberships_and_are_taken_back_whole(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    for name in ("甲系统", "乙系统", "丙系统"):
        system(city, name)
    north = Camera.objects.get(pk=enrol(city, name="北门")["id"])
    enrol(city, name="南门")
    first = bring_in(manager, workbook(KIND, [
        row("北门", "甲系统", "2026-06-01"),
        row("北门", "丙系统", "2025-01-01", "2025-06-01"),
        row("北门", "乙系统", "2026-01-01", owning="否"),
        row("南门", "乙系统"),
    ]), KIND)  # fmt: skip
    assert counts(first) == (4, 0, 0, 0)
    before = north.archive_score
    north.refresh_from_db()
    assert (north.system_id, north.version) == ("s甲系统", 2)
    assert north.archive_score > before
    as_it_was = held()
    assert [one["退出日期"] for one in exported(manager)] == ["", "2025-06-01", "", ""]
    second = bring_in(manager, table(KIND, [
        row("北门", "甲系统", "2025-07-01"),  # it was there earlier than was known
        row("北门", "丙系统", "2026-09-01"),  # ends it
        row("北门", "乙系统", until="2026-10-01", owning="否"),
        row("北门", "丙系统", "2025-01-01"),
    ]), KIND)  # fmt: skip
    assert counts(second) == (1, 2, 1, 0)
    assert [note["zh"] for note in second.rows.get(number=3).notes] == ["同时退出“甲系统”"]
    found = Membership.objects.filter(camera=north).order_by("since_date")
    assert list(found.values_list("system_id", "since_date", "until_date")) == [
        ("s丙系统", "2025-01-01", "2025-06-01"), ("s甲系统", "2025-07-01", "2026-09-01"),
        ("s乙系统", "2026-01-01", "2026-10-01"), ("s丙系统", "2026-09-01", ""),
    ]  # fmt: skip
    entries = AuditEntry.objects.filter(object_id=north.id, reason="批量导入:memberships.xlsx").order_by("id")
    assert list(entries.values_list("action", flat=True)) == ["registry.archive.join"] * 5 + ["registry.archive.leave"]
    handed_over = entries[4]
    assert (handed_over.before["system"], handed_over.after["system"]) == ("甲系统", "丙系统")
    assert counts(preview(manager, b"".join(export(manager, KIND, "xlsx", {})[0]), KIND)) == (0, 0, 5, 0)
    assert undo_batch(manager, second.id, "导错了", None, wait=True).rows_left == 0
    assert held() == as_it_was
    assert undo_batch(manager, first.id, "导错了", None, wait=True).rows_left == 0
    north.refresh_from_db()
    assert (Membership.objects.count(), north.system_id, north.archive_score) == (0, None, before)


def test_what_is_wrong_is_told_by_column_and_a_later_change_is_left_alone(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    for name in ("甲系统", "乙系统"):
        system(city, name)
    system(city, "西山系统", "market", "west")
    north, south = camera(city, "北门"), camera(city, "南门")
    camera(city, "市场北门", "market", "west")
    Membership.objects.create(camera=south, system_id="s西山系统", since_date="2025-01-01")
    first = bring_in(manager, workbook(KIND, [
        row("北门", "甲系统", "2026-01-01"), row("北门", "乙系统", "2025-01-01", "2026-01-01"),
    ]), KIND)  # fmt: skip
    rows = [
        row("市场北门", "甲系统"),
        row("北门", "西山系统"),
        row("北门", ""),
        row("北门", "乙系统", "2025-01-01", "2025-12-01"),
        row("北门", "甲系统", "2026-02-01"),
        row("北门", "甲系统", "2025-12-01"),
        row("北门", "乙系统", "2025-06-01"),
        row("北门", "乙系统", "2025-06-01", "2025-07-01"),
        row("北门", "甲系统", "2099-01-01", owning="否"),
        row("北门", "甲系统", "2026-03-01", "2026-02-01", "否"),
        row("北门", "甲系统", "去年", owning="否"),
        row("南门", "甲系统", "2026-01-01"),
    ]
    batch = preview(manager, workbook(KIND, rows), KIND)
    assert problems(batch) == {
        2: ["camera"], 3: ["system"], 4: ["system"], 5: ["until_date"], 6: ["since_date"], 7: ["since_date"],
        8: ["since_date"], 9: ["since_date"], 10: ["since_date"], 11: ["until_date"], 12: ["since_date"],
    }  # fmt: skip
    last = batch.rows.get(number=13)
    assert (last.name, [note["zh"] for note in last.notes]) == ("南门 · 甲系统", ["同时结束在其他单位系统的归属"])
    stale = preview(manager, workbook(KIND, [row("北门", "乙系统", "2026-05-01")]), KIND)
    Membership.objects.filter(camera=north, until_date="").update(until_date="2026-04-01")  # by somebody else, since
    assert apply_batch(manager, stale.id, None, wait=True).error["code"] == "import_outdated"
    done = undo_batch(manager, first.id, "导错了", None, wait=True)
    assert (done.rows_left, Membership.objects.filter(camera=north).count()) == (1, 1)


DAYS = [f"2026-0{month}-01" for month in range(1, 7)]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["一", "二"]), st.sampled_from(["甲", "乙", "丙"]), st.sampled_from(["是", "否", "是"]),
        st.sampled_from(["", *DAYS]), st.sampled_from(["", *DAYS]),
    ),
    min_size=6, max_size=24,
)  # fmt: skip


@pytest.mark.more
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(given_rows=ROWS, again=ROWS)
def test_whatever_a_file_says_the_register_stays_whole_and_its_export_reads_back_equal(
    city: City, given_rows: list[tuple[str, ...]], again: list[tuple[str, ...]]
) -> None:
    actor = city.actor(BoundRole.MANAGER)
    _empty(city)
    nothing = held()
    first = _bring_in_what_fits(actor, given_rows)
    one = held()
    second = _bring_in_what_fits(actor, again)
    _check_whole()
    sheet, there = exported(actor), held()
    content = b"".join(export(actor, KIND, "xlsx", {})[0])
    if sheet:
        assert counts(preview(actor, content, KIND)) == (0, 0, len(sheet), 0)
    for batch, state in ((second, one), (first, nothing)):
        if batch is not None:
            assert undo_batch(actor, batch.id, "导错了", None, wait=True).rows_left == 0
            assert held() == state
    if sheet:  # into a register that has nothing of it
        bring_in(actor, content, KIND)
        assert (exported(actor), held()) == (sheet, there)


def _empty(city: City) -> None:
    Membership.objects.all().delete()
    for kind in (CameraArchive, Camera, System):
        kind.objects.all().delete()
    for name in ("甲", "乙", "丙"):
        system(city, name)
    for name in ("一", "二"):
        camera(city, name)


def _bring_in_what_fits(actor: Actor, rows: list[tuple[str, ...]]) -> ImportBatch | None:
    """The rows without those that the preview refuses, or that change nothing."""
    sheet = [row(camera, system, since, until, owning) for camera, system, owning, since, until in rows]
    batch = preview(actor, table(KIND, sheet), KIND)
    doing = set(batch.rows.filter(change__in=("new", "changed")).values_list("number", flat=True))
    kept = [one for number, one in enumerate(sheet, 2) if number in doing]
    return bring_in(actor, table(KIND, kept), KIND) if kept else None


def _check_whole() -> None:
    """One owner at a time, once in each system otherwise, and a camera is of the system that owns it."""
    for one in Camera.objects.all():
        spells = list(one.memberships.order_by("id"))
        for place, a in enumerate(spells):
            assert not a.until_date or a.since_date <= a.until_date
            for b in spells[:place]:
                alike = (a.owning and b.owning) or (a.owning == b.owning and a.system_id == b.system_id)
                apart = a.since_date >= (b.until_date or "9999") or b.since_date >= (a.until_date or "9999")
                assert not alike or apart, (a, b)
        owners = [spell.system_id for spell in spells if spell.owning and not spell.until_date]
        assert owners == ([] if one.system_id is None else [one.system_id])
