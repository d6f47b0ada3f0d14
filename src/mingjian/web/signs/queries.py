"""Reading signs, and the places that lack one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.registry.models import Camera, Place
from mingjian.web.signs import policies
from mingjian.web.signs.models import Sign


def signs(actor: Actor, *, place: str = "", removed: bool = False) -> QuerySet[Sign]:
    """The signs of the actor's reach."""
    rows = policies.READ.visible(actor, Sign.objects.filter(removed_ns__isnull=not removed))
    return (rows.filter(place_id=place) if place else rows).select_related("place", "organisation")


def places_without_sign(actor: Actor, policy: ScopedPolicy = policies.READ) -> QuerySet[Place]:
    """Places with cameras, public or not said to be otherwise, at which no sign is proved to stand.

    The query is the rule's condition on rows; each place is judged by the rule itself when it is shown.
    """
    cameras = Camera.objects.filter(place=OuterRef("pk"), removed_ns__isnull=True, standing="active")
    proved = Sign.objects.filter(place=OuterRef("pk"), removed_ns__isnull=True).exclude(photo_file="")
    proved = proved.exclude(position="").exclude(text="").exclude(last_seen_date="")
    rows = Place.objects.filter(removed_ns__isnull=True).exclude(public_place=False)
    return policy.visible(actor, rows.filter(Exists(cameras), ~Exists(proved)))


def signs_of(places: list[Place]) -> dict[str, Sign]:
    """The fullest record of a sign at each place that has one, by place."""
    found: dict[str, Sign] = {}
    rows = Sign.objects.filter(place__in=[place.pk for place in places], removed_ns__isnull=True)
    for sign in rows.order_by("created_ns"):
        kept = found.get(sign.place_id)
        if kept is None or _fullness(sign) >= _fullness(kept):
            found[sign.place_id] = sign
    return found


def _fullness(sign: Sign) -> int:
    return sum(bool(value) for value in (sign.photo_file, sign.position, sign.text, sign.last_seen_date))
