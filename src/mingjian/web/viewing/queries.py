"""Reading layouts and the register of looks."""

from __future__ import annotations

from django.db.models import Q

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.viewing.models import Layout, Look


def layouts_of(actor: Actor) -> list[Layout]:
    """A person's walls, by name; never more than can be saved."""
    return list(Layout.objects.filter(owner_id=actor.user).order_by("name"))


def layout_by_id(actor: Actor, layout_id: str, *, lock: bool = False) -> Layout:
    """One's own wall. Another's is not found: that it exists is nobody else's business."""
    rows = Layout.objects.select_for_update() if lock else Layout.objects.all()
    layout = rows.filter(pk=layout_id, owner_id=actor.user).first()
    if layout is None:
        raise not_found("没有这个布局", "there is no such layout")
    return layout


def looks_page(viewer: str, camera: str, at_ms: int, cursor: str | None, limit: int) -> tuple[list[Look], str | None]:
    """The register of looks, newest first. `at_ms` (not 0): who was looking then, and who has seen footage of then."""
    looks = Look.objects.all()
    if at_ms:
        watching = Q(issued_ms__lte=at_ms, expires_ms__gt=at_ms) & (Q(revoked_ms=None) | Q(revoked_ms__gt=at_ms))
        looks = looks.filter((watching & Q(to_ms=0)) | Q(from_ms__lte=at_ms, to_ms__gt=at_ms))
    if viewer:
        looks = looks.filter(viewer_id=viewer)
    if camera:
        looks = looks.filter(camera=camera)
    return page(looks, ["-issued_ms", "-id"], cursor, limit)
