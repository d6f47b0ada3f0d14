"""Reading what is known of files."""

from __future__ import annotations

from django.db.models import QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.files.actions import located_subject
from mingjian.web.files.models import StoredFile


def files_about(actor: Actor, kind: str, subject_id: str, *, removed: bool = False) -> QuerySet[StoredFile]:
    """The files of a subject whose files the actor may read. Raises MingjianError not_found."""
    located_subject(actor, kind, subject_id)
    return StoredFile.objects.filter(subject_kind=kind, subject_id=subject_id, removed_ns__isnull=not removed)
