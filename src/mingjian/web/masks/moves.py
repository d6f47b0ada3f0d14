"""Signs that a camera may have turned: each ends what is said of where it stands, in the transaction of what tells it.

What other slices keep is watched where it is saved, so that no way of changing it is forgotten.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from mingjian.ports.media import SourceState
from mingjian.web import wiring
from mingjian.web.authority.actor import LOCAL_ROLE, Actor
from mingjian.web.masks.models import PositionStatement
from mingjian.web.masks.positions import end_open
from mingjian.web.monitoring.models import ChangeRequest
from mingjian.web.monitoring.re_aiming import KIND
from mingjian.web.registry.models import Camera, CameraArchive, Stream
from mingjian.web.system.engine_view import ask_engine

_PROGRAM = Actor(user="", name="系统", unit="", role=LOCAL_ROLE)


@receiver(post_save, sender=CameraArchive)
def _on_archive(sender: type[CameraArchive], instance: CameraArchive, **kwargs: Any) -> None:
    """It was moved or re-aimed, or got another body (registry.archive, registry.devices, imports)."""
    moved_ns = instance.moved_ns
    fields = kwargs.get("update_fields")
    if moved_ns is None or (fields is not None and "moved_ns" not in fields):
        return
    open_rows = PositionStatement.objects.filter(camera_id=instance.pk, ended_ns=None)
    if any(moved_ns >= (row.from_ns or row.stated_ns) for row in open_rows):
        _end(instance.pk, "moved", moved_ns)


@receiver(pre_save, sender=Stream)
def _on_stream(sender: type[Stream], instance: Stream, **kwargs: Any) -> None:
    """Its pictures come from another address: perhaps from another camera."""
    before = Stream.objects.filter(pk=instance.pk).values_list("url_sealed", flat=True).first()
    if before != instance.url_sealed:
        _end(instance.camera_id, "address", wiring.clock().now_ns())


@receiver(post_save, sender=ChangeRequest)
def _on_change_request(sender: type[ChangeRequest], instance: ChangeRequest, **kwargs: Any) -> None:
    """Its re-aiming was approved: somebody goes and turns it, and nobody says when."""
    if (instance.kind, instance.state) == (KIND, "approved") and instance.used_ns is None:
        _end(instance.camera_id, "re_aiming", wiring.clock().now_ns())


def end_interrupted() -> int:
    """The worker's duty: a camera whose connection broke may have lost its power, and turned to where it begins.

    How many it ended. While the engine does not answer nothing is known, and nothing is recorded.
    """
    rows = list(PositionStatement.objects.filter(ended_ns=None))
    status = ask_engine().status if rows else None
    if status is None:
        return 0
    told = {one.camera: one for one in status.streams if one.stream == "main"}
    ended = 0
    for row in rows:
        stream, begin_ns = told.get(row.camera_id), row.from_ns or row.stated_ns
        if stream is None or (stream.state == SourceState.STREAMING and stream.since_ns <= begin_ns):
            continue
        _end(row.camera_id, "interrupted", stream.since_ns if stream.since_ns > begin_ns else wiring.clock().now_ns())
        ended += 1
    return ended


def _end(camera_id: str, why: str, at_ns: int) -> None:
    if PositionStatement.objects.filter(camera_id=camera_id, ended_ns=None).exists():
        with transaction.atomic():
            end_open(_PROGRAM, Camera.objects.get(pk=camera_id), why, at_ns)
