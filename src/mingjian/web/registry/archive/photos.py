"""Photos of a camera in its archive: stored files of the part "photo". A complete file has one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from mingjian.web.files.contents import PICTURES
from mingjian.web.files.models import StoredFile
from mingjian.web.files.signals import files_changed
from mingjian.web.registry.archive.fields import PHOTO, score
from mingjian.web.registry.models import Camera, CameraArchive

KIND = "camera"


def pictured(camera_ids: Iterable[str]) -> frozenset[str]:
    """Of these cameras the ids of those that have a photo."""
    rows = StoredFile.objects.filter(
        subject_kind=KIND, subject_id__in=list(camera_ids), part=PHOTO, removed_ns__isnull=True, media_type__in=PICTURES
    )
    return frozenset(rows.values_list("subject_id", flat=True))


@receiver(files_changed, dispatch_uid="registry.archive.photos")
def score_anew(sender: Any, kind: str, subject_id: str, part: str, **_: Any) -> None:
    """In the upload's own transaction. The version stays: whoever edits the file loses nothing by a photo."""
    if (kind, part) != (KIND, PHOTO):
        return
    camera = Camera.objects.select_for_update().filter(pk=subject_id).first()
    if camera is None:
        return
    archive = CameraArchive.objects.filter(camera=camera).first()
    camera.archive_score = score(camera, archive, photo=bool(pictured([camera.id])))
    camera.save(update_fields=["archive_score"])
