"""Memberships of the cameras in a chunk of rows: what is there, and what the chunk makes of it, written together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.db.models import F

from mingjian.web.audit.actions import About, record_many
from mingjian.web.authority.actor import Actor
from mingjian.web.http.bulk import insert_rows, update_rows
from mingjian.web.registry.archive.fields import score
from mingjian.web.registry.archive.memberships import document, fit, in_the_way
from mingjian.web.registry.archive.names import JOINED, LEFT
from mingjian.web.registry.archive.photos import pictured
from mingjian.web.registry.models import Camera, CameraArchive, Membership, System
from mingjian.web.registry.policies import MANAGE

_DATES = ("since_date", "until_date")
_COLUMNS = ("camera_id", "system_id", "owning", *_DATES)


class Held:
    """The cameras of a chunk, locked while they are in the register, and every membership of each."""

    def __init__(self, camera_ids: Iterable[str]) -> None:
        wanted = set(camera_ids)
        rows = Camera.objects.select_for_update().filter(pk__in=wanted, removed_ns=None).order_by("pk")
        self.cameras = {one.id: one for one in rows}
        self._of: dict[str, list[Membership]] = defaultdict(list)
        for row in Membership.objects.filter(camera__in=wanted).select_related("system").order_by("id"):
            self._of[row.camera_id].append(row)

    def join(self, camera: Camera, system: System, values: Mapping[str, Any]) -> tuple[Membership, Membership | None]:
        """A new membership and the one that it ends; neither is saved. Raises as `fit`."""
        row = Membership(
            camera=camera, system=system, owning=values["owning"], since_date=values["since_date"],
            until_date=values["until_date"],
        )  # fmt: skip
        ended = fit(row, self._of[camera.id])
        self._of[camera.id].append(row)
        return row, ended

    def find(self, values: Mapping[str, Any], since: str, until: str) -> Membership | None:
        """The membership of this camera, system and sort with exactly these dates."""
        return next(
            (
                row
                for row in self._of[values["camera_id"]]
                if (row.system_id, row.owning) == (values["system_id"], values["owning"])
                and (row.since_date, row.until_date) == (since, until)
            ),
            None,
        )

    def date(self, row: Membership, since: str, until: str) -> bool:
        """Give it these dates, unless another one is in the way then."""
        kept = row.since_date, row.until_date
        row.since_date, row.until_date = since, until
        if in_the_way(row, self._of[row.camera_id]):
            row.since_date, row.until_date = kept
            return False
        return True

    def take(self, row: Membership) -> None:
        """It is there no longer."""
        self._of[row.camera_id].remove(row)

    def put(self, row: Membership) -> None:
        """It is there after all."""
        self._of[row.camera_id].append(row)

    def owner_of(self, camera_id: str) -> str | None:
        """The system that owns the camera now."""
        return next((row.system_id for row in self._of[camera_id] if row.owning and not row.until_date), None)


class Changes:
    """What a chunk does to memberships, written together; each row leaves the entry of a single change."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._made: list[Membership] = []
        self._gone: dict[int, Membership] = {}
        self._dated: dict[int, Membership] = {}
        self._said: list[tuple[str, Membership, dict[str, Any] | None, dict[str, Any]]] = []

    def begin(self, row: Membership, ended: Membership | None) -> None:
        """One begins; `ended` has its end already."""
        self._made.append(row)
        before = None
        if ended is not None:
            self._date(ended)
            before = {**document(ended), "until_date": ""}
        self._said.append((JOINED, row, before, document(row)))

    def dated(self, row: Membership, before: dict[str, Any]) -> None:
        """One has other dates than `before`: it ended, goes on again, or began on another day."""
        self._date(row)
        self._said.append((LEFT if row.until_date else JOINED, row, before, document(row)))

    def forget(self, row: Membership, ended: Membership | None) -> None:
        """One that should not have begun; what it had ended goes on."""
        before = document(row)
        self._gone[row.pk] = row
        if ended is not None:
            self._date(ended)
        after = {**before, "until_date": row.since_date} if ended is None else document(ended)
        self._said.append((LEFT, row, before, after))

    def write(self, actor: Actor, reason: str) -> None:
        """All of it."""
        Membership.objects.filter(pk__in=list(self._gone)).delete()
        dated = [row for key, row in self._dated.items() if key not in self._gone]
        update_rows(Membership, _DATES, ((row.since_date, row.until_date, row.pk) for row in dated))
        insert_rows(Membership, _COLUMNS, ([getattr(row, name) for name in _COLUMNS] for row in self._made))
        moved = self._own()
        others = {row.camera_id for _, row, _, _ in self._said} - moved
        Camera.objects.filter(id__among=others).update(version=F("version") + 1)
        for action, said in groupby(self._said, lambda one: one[0]):
            abouts = [_about(self._held.cameras[row.camera_id], before, after) for _, row, before, after in said]
            record_many(actor, action, "camera", abouts, policy=MANAGE, reason=reason)

    def _date(self, row: Membership) -> None:
        if row.pk is not None:  # one of this very chunk is written with its dates
            self._dated[row.pk] = row

    def _own(self) -> set[str]:
        """Cameras are of the system that owns them now, which counts in the score of their files; those that moved.

        Each is written once, with its new version: it is locked.
        """
        moved = []
        for key in {row.camera_id for _, row, _, _ in self._said if row.owning}:
            camera, system = self._held.cameras[key], self._held.owner_of(key)
            if camera.system_id != system:
                camera.system_id = system
                moved.append(camera)
        ids = [one.id for one in moved]
        archives, photos = CameraArchive.objects.in_bulk(ids), pictured(ids)
        for camera in moved:
            camera.archive_score = score(camera, archives.get(camera.id), photo=camera.id in photos)
        names = ("system_id", "archive_score", "version")
        update_rows(Camera, names, ((one.system_id, one.archive_score, one.version + 1, one.id) for one in moved))
        return {one.id for one in moved}


def _about(camera: Camera, before: dict[str, Any] | None, after: dict[str, Any]) -> About:
    return About(camera.id, camera.name, camera.organisation_id or "", camera.division_id or "", before, after)
