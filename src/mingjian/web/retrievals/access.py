"""Which retrievals and emergencies open a camera to somebody (qd204 23, 24). Asked by who shows footage; changes nothing.

A retrieval opens to those who execute it, once everything of article 24 was done: who asked and did not come has shown no
credential and undertaken nothing. An emergency opens to its declarant alone until a second person has confirmed it, then
to those of the declaring body who may declare one.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S
from mingjian.rules.library import current_law
from mingjian.rules.retrieval import ONE_DECLARANT_MINUTES
from mingjian.web.authority.actor import Actor
from mingjian.web.registry.models import Camera
from mingjian.web.retrievals.models import Retrieval, RetrievalExtent
from mingjian.web.retrievals.policies import DECLARE

OPENING = frozenset({"emergency", "confirmed", "presented", "registered", "executed"})
"""States in which anything may be open; of what is no emergency only the last."""


@dataclass(frozen=True, slots=True)
class Way:
    """One granted [from_ns, to_ns) of a camera; nothing is open from `until_ns` on. The law is asked by the caller."""

    retrieval: Retrieval
    from_ns: int
    to_ns: int
    until_ns: int

    @property
    def emergency(self) -> bool:
        """Whether it is one: then the present is open, too."""
        return self.retrieval.way == "emergency"


def ways_to(actor: Actor, camera: Camera, retrieval_id: str = "") -> list[Way]:
    """The granted spans of the camera that are this person's to see, rows of retrievals locked. In a transaction.

    With `retrieval_id` those of one retrieval only.
    """
    return [one for one in _granted(camera, retrieval_id) if _his(actor, one.retrieval)]


def ways_granted(camera: Camera, retrieval_id: str) -> list[Way]:
    """The granted spans of the camera by one retrieval, whoever asks: for the machine's own command line."""
    return _granted(camera, retrieval_id)


def ways_at_the_counter(camera: Camera, retrieval_id: str) -> list[Way]:
    """The granted spans of a retrieval from this camera's own unit: its staff show them to who has no account."""
    mine = camera.organisation_id
    return [one for one in _granted(camera, retrieval_id) if one.retrieval.holder_id == mine]


def _granted(camera: Camera, retrieval_id: str) -> list[Way]:
    rows = RetrievalExtent.objects.filter(camera_id=camera.id, granted=True, retrieval__state__in=OPENING)
    if retrieval_id:
        rows = rows.filter(retrieval_id=retrieval_id)
    found = list(rows.order_by("-retrieval__created_ns", "from_ns", "pk"))
    if not found:
        return []
    wanted = {one.retrieval_id for one in found}
    locked = Retrieval.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk__in=wanted)
    open_now = {
        row.pk: row
        for row in locked.order_by("pk")
        if row.state in OPENING and (row.way == "emergency" or row.state == "executed")
    }
    return [
        Way(row, one.from_ns, one.to_ns, _until_ns(row))
        for one in found
        if (row := open_now.get(one.retrieval_id)) is not None
    ]


def _his(actor: Actor, row: Retrieval) -> bool:
    if row.executors.filter(person=actor.user, undertaken_ns__isnull=False).exists():
        return True
    if row.way != "emergency":
        return False
    if actor.user == row.requester_id:
        return True
    if row.confirmed_ns is None:
        return False
    return actor.user == row.confirmed_by_id or any(
        one.organisation == row.organisation_id for one in DECLARE.bindings(actor)
    )


def _until_ns(row: Retrieval) -> int:
    """Its expiry; of an emergency that nobody confirmed, its declarant's minutes."""
    until_ns = row.expires_ns or 0
    if row.way == "emergency" and row.confirmed_ns is None and row.declared_ns is not None:
        minutes = current_law().policy_number(ONE_DECLARANT_MINUTES)
        until_ns = min(until_ns, row.declared_ns + minutes * 60 * NS_PER_S)
    return until_ns
