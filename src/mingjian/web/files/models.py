"""What is known of a stored file; its bytes lie in the data folder under their digest."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """A file as stored. `media_type` was told from the content, images were encoded anew; `name` is only shown."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    sha256 = models.CharField(max_length=64, db_index=True)  # hex, of the bytes as stored: also their name on disk
    media_type = models.CharField(max_length=100)  # that of .xlsx has 65 letters, which PostgreSQL counts
    bytes = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True)  # pictures
    height = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=128)
    subject_kind = models.CharField(max_length=16)  # what it belongs to: camera, sign, project, filing...
    subject_id = models.CharField(max_length=26, blank=True)
    part = models.CharField(max_length=32, blank=True)  # which paper or picture of it: drawings, certificate, photo...
    organisation_id = models.CharField(max_length=26, blank=True)  # whose scope it is read under
    division_id = models.CharField(max_length=26, blank=True)
    created_by = models.CharField(max_length=26, blank=True)
    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)

    class Meta:
        """Found by what it belongs to."""

        default_permissions = ()
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="file_subject")]  # noqa: RUF012
