"""Which camera is in which system, by sheet: a row begins a membership, ends one that lasts, or dates it back.

Rows are compared with the register by camera, system, whether it owns the camera, and the day it began; rows before
count for rows after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, Problem, WrongCell
from mingjian.web.exchange.dated import DatedWork
from mingjian.web.exchange.joining import Changes, Held
from mingjian.web.exchange.kinds import Finding, Names, SheetRow, Work
from mingjian.web.exchange.matching import Rights
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.refusals import outdated, touched
from mingjian.web.registry.archive.memberships import document, fit, in_the_way
from mingjian.web.registry.models import Camera, Membership, System
from mingjian.web.registry.policies import MANAGE
from mingjian.web.registry.rights import EXPORT, READ_SYSTEMS

MEMBERSHIP_COLUMNS: tuple[Column, ...] = (
    Column("camera", Text("摄像机", "camera"),
           Text("摄像机的国标编码、登记标识，或者不重名的名称", "its code or id, or a name that no other has"),
           "reference", required=True, sample="37020200001321000001"),
    Column("system", Text("系统", "system"), Text("系统名称；同名的填系统标识", "its name; where names repeat, its id"),
           "reference", required=True, sample="湖心商场视频系统"),
    Column("owning", Text("是否归其所有", "owned by it"),
           Text("“是”：摄像机计入该系统，同一时间只归一个系统所有；“否”：只接入该系统。不填视为“是”",
                "yes: the camera is counted there, with one system at a time; no: it only takes part. Yes when empty"),
           "flag", sample="是"),
    Column("since_date", Text("归属日期", "in it since"),
           Text("不填视为今天；已登记的归属可以提前，不能推后",
                "today when empty; of one that is registered it may be earlier, not later"),
           "date", sample="2024-05-01"),
    Column("until_date", Text("退出日期", "in it until"), Text("仍在该系统的留空", "empty while it is still in it"), "date"),
)  # fmt: skip


@dataclass(slots=True)
class _Spell:
    """A membership as the rows so far leave it."""

    system_id: str
    owning: bool
    since_date: str
    until_date: str


class Memberships:
    """The kind."""

    name = "memberships"
    title = Text("系统归属", "memberships in systems")
    columns: tuple[Column, ...] = MEMBERSHIP_COLUMNS
    organisation_path = "camera__organisation_id"
    division_path = "camera__division_id"

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _MembershipWork(actor, reason)

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """Texts by column key."""
        return names.texts(self.columns, values)

    def rows(self, actor: Actor) -> QuerySet[Membership]:
        """Of cameras and systems of the register, of any time; both within his reach."""
        present = Membership.objects.filter(camera__removed_ns=None, system__removed_ns=None)
        mine = EXPORT.visible(actor, present, self.organisation_path, self.division_path)
        return mine.filter(system__in=READ_SYSTEMS.visible(actor, System.objects.all())).order_by("id")

    def exported(self, some: Sequence[Membership]) -> Iterator[dict[str, str]]:
        """The camera by code, else id; the system by its name where no other has it, else by id."""
        cameras = Camera.objects.in_bulk([row.camera_id for row in some])
        systems = System.objects.in_bulk([row.system_id for row in some])
        named = System.objects.filter(name__in={one.name for one in systems.values()}, removed_ns=None)
        repeated = named.values("name").annotate(number=Count("id")).filter(number__gt=1)
        several = set(repeated.values_list("name", flat=True))
        for row in some:
            camera, system = cameras[row.camera_id], systems[row.system_id]
            yield {
                "camera": camera.code or camera.id, "system": system.id if system.name in several else system.name,
                "owning": "是" if row.owning else "否", "since_date": row.since_date, "until_date": row.until_date,
            }  # fmt: skip


class _MembershipWork(DatedWork):
    kinds = ("camera", "system")
    columns = MEMBERSHIP_COLUMNS
    ends_early = Text("退出日期早于归属日期", "it ends before it begins")

    def __init__(self, actor: Actor, reason: str) -> None:
        super().__init__(actor, reason)
        self._rights = Rights(actor, MANAGE)
        self._spells: dict[str, list[_Spell]] = {}  # by camera, once a row has named it
        self._systems: dict[str, str] = {}  # names of those that he may see, "" for others

    # --- looking ---------------------------------------------------------------------------------------------------

    def look(self, rows: Sequence[SheetRow]) -> list[Finding]:
        """As Work."""
        findings, whole = self._read(rows)
        cameras = Camera.objects.in_bulk([one.values["camera_id"] for one in whole])
        self._load(cameras)
        self._load_systems({one.values["system_id"] for one in whole} | self._around(cameras))
        for finding in findings:
            if not finding.row.problems:
                self._look_at(finding, cameras[finding.values["camera_id"]])
            if finding.row.problems:
                finding.change = "refused"
        return findings

    def _load(self, camera_ids: Iterable[str]) -> None:
        fresh = [key for key in camera_ids if key not in self._spells]
        for key in fresh:
            self._spells[key] = []
        fields = ("camera_id", "system_id", "owning", "since_date", "until_date")
        for key, *values in Membership.objects.filter(camera__in=fresh).order_by("id").values_list(*fields):
            self._spells[key].append(_Spell(*values))

    def _around(self, camera_ids: Iterable[str]) -> set[str]:
        return {spell.system_id for key in camera_ids for spell in self._spells[key]}

    def _load_systems(self, ids: set[str]) -> None:
        fresh = ids - self._systems.keys()
        self._systems |= dict.fromkeys(fresh, "")
        seen = READ_SYSTEMS.visible(self._actor, System.objects.filter(pk__in=fresh))
        self._systems |= dict(seen.values_list("id", "name"))

    def _further(self, row: SheetRow) -> dict[str, Any]:
        return {"owning": row.values.get("owning") is not False}

    def _look_at(self, finding: Finding, camera: Camera) -> None:
        row, values = finding.row, finding.values
        finding.name = f"{camera.name} · {self._systems[values['system_id']]}"
        self._rights.check(row, camera.organisation_id, camera.division_id, "camera")
        spells = self._spells[camera.id]
        there = _there(spells, values)
        if there is not None:
            self._compare(finding, there, spells)
            return
        values.setdefault("since_date", self._day)
        values.setdefault("until_date", "")
        self._in_order(row, values["since_date"], values["until_date"])
        if row.problems:
            return
        spell = _Spell(values["system_id"], values["owning"], values["since_date"], values["until_date"])
        try:
            ended = fit(spell, spells)
        except MingjianError as error:
            row.wrong(error.field or "", error)
            return
        spells.append(spell)
        finding.before = {"ended": None if ended is None else _key(ended)}
        if ended is not None:
            finding.notes.append(self._ends(ended))

    def _compare(self, finding: Finding, there: _Spell, spells: Sequence[_Spell]) -> None:
        """A membership that is there: it stays, the row ends it, or it began earlier than was known."""
        row, values = finding.row, finding.values
        since, until = values.get("since_date", there.since_date), values.get("until_date", there.until_date)
        finding.values = {**values, "since_date": since, "until_date": until}
        if since > there.since_date:
            row.wrong("since_date", WrongCell(
                f"该归属自 {there.since_date} 起已登记", f"this membership is registered since {there.since_date}",
                "归属日期只能提前，不能推后；留空即可", "that day may be earlier, not later: leave it empty",
            ))  # fmt: skip
        if there.until_date and until != there.until_date:
            row.wrong("until_date", WrongCell(
                f"该归属已于 {there.until_date} 结束", f"this membership ended on {there.until_date}",
                "退出日期不通过导入修改；留空即可", "that day is not changed by an import: leave it empty",
            ))  # fmt: skip
        self._in_order(row, since, until)
        moved = _Spell(there.system_id, there.owning, since, until)
        if not row.problems and in_the_way(moved, [one for one in spells if one is not there]):
            row.wrong("since_date", WrongCell(
                "与该摄像机已有的归属时间重叠", "it overlaps with what the camera was in then"
            ))  # fmt: skip
        if row.problems:
            return
        if moved == there:
            finding.change = "same"
            return
        finding.change = "changed"
        finding.before = {**finding.values, "since_date": there.since_date, "until_date": there.until_date}
        there.since_date, there.until_date = since, until

    def _ends(self, ended: _Spell) -> Problem:
        name = self._systems[ended.system_id]
        if not name:
            return Problem(
                "", Text("同时结束在其他单位系统的归属", "it takes the camera out of somebody else's system")
            )
        return Problem("", Text(f"同时退出“{name}”", f"it takes the camera out of {name}"))

    # --- applying --------------------------------------------------------------------------------------------------

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """As Work."""
        held = Held(row.values["camera_id"] for row in rows)
        present = System.objects.filter(pk__in={row.values["system_id"] for row in rows}, removed_ns=None)
        systems = {one.id: one for one in READ_SYSTEMS.visible(self._actor, present)}
        changes = Changes(held)
        for row in rows:
            camera, system = held.cameras.get(row.values["camera_id"]), systems.get(row.values["system_id"])
            if camera is None or system is None:
                raise outdated(row.number)
            self._rights.require(camera.organisation_id, camera.division_id)
            if row.change == "new":
                join = partial(held.join, camera, system, row.values)
                changes.begin(*self._as_previewed(row, join, _key))
            elif not _redate(row.values, row.before or {}, row.values, held, changes):
                raise outdated(row.number)
        changes.write(self._actor, self._reason)

    def undo(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        """As Work, the last first: what began is gone as if it had not been, and what ended goes on."""
        held = Held(row.values["camera_id"] for row in rows)
        changes = Changes(held)
        refused: dict[int, MingjianError] = {}
        for row in rows:
            before = row.before or {}
            if row.values["camera_id"] not in held.cameras:
                done = False
            elif row.change == "changed":
                done = _redate(row.values, row.values, before, held, changes)
            else:
                done = _forget(row.values, before.get("ended"), held, changes)
            if not done:
                refused[row.number] = touched()
        changes.write(self._actor, self._reason)
        return refused


def _redate(
    values: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any], held: Held, changes: Changes
) -> bool:
    """A membership with the old dates gets the new ones: False when it is not so any more, or they do not fit."""
    row = held.find(values, old["since_date"], old["until_date"])
    if row is None or (row.system.removed_ns is not None and not new["until_date"]):
        return False
    before = document(row)
    if not held.date(row, new["since_date"], new["until_date"]):
        return False
    changes.dated(row, before)
    return True


def _forget(values: Mapping[str, Any], ended_key: Sequence[Any] | None, held: Held, changes: Changes) -> bool:
    """A membership that the import began is not there any more, and what it ended goes on: False when it cannot."""
    made = held.find(values, values["since_date"], values["until_date"])
    if made is None:
        return False
    held.take(made)
    ended = None
    if ended_key is not None:
        system, owning, since = ended_key
        key = {"camera_id": made.camera_id, "system_id": system, "owning": owning}
        ended = held.find(key, since, made.since_date)
        if ended is None or ended.system.removed_ns is not None or not held.date(ended, since, ""):
            held.put(made)
            return False
    changes.forget(made, ended)
    return True


def _there(spells: Sequence[_Spell], values: Mapping[str, Any]) -> _Spell | None:
    """The membership that a row means: the one that began on its day, else the one that lasts.

    A row with both days speaks of a time of its own; a span that was over on the day it began was none.
    """
    since, until = values.get("since_date", ""), values.get("until_date", "")
    same = [one for one in spells if (one.system_id, one.owning) == (values["system_id"], values["owning"])]
    exact = [one for one in same if (one.since_date, one.until_date) == (since, until)]
    began = [one for one in same if one.since_date == since != one.until_date]
    lasting = [one for one in same if not one.until_date and not (until and (since or until <= one.since_date))]
    return next(iter([*exact, *began, *lasting]), None)


def _key(row: Any) -> list[Any]:
    return [row.system_id, row.owning, row.since_date]
