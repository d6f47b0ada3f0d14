"""Imports: a file becomes rows with what each would change; applied and undone as a whole."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Organisation


class ImportBatch(models.Model):
    """One file. `state`: previewed, applied, undone. Counts are of rows by what they do."""

    id = models.CharField(primary_key=True, max_length=26)
    kind = models.CharField(max_length=12)  # cameras, places
    form = models.CharField(max_length=12)  # xlsx, csv, gb28181
    name = models.CharField(max_length=128)
    sha256 = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=12, default="previewed")
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=26, blank=True)
    created_ns = models.BigIntegerField()
    applied_ns = models.BigIntegerField(null=True)
    undone_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Newest first."""

        default_permissions = ()


class ImportRow(models.Model):
    """One row of the file: `change` is new, changed, same or refused. `before` is what undoing puts back."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as a person counts rows of the sheet: the header is 1
    change = models.CharField(max_length=8)
    subject_id = models.CharField(max_length=26, blank=True)
    subject_version = models.PositiveIntegerField(default=0)  # after the import: undoing leaves later changes alone
    name = models.CharField(max_length=128, blank=True)
    values = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    errors = models.JSONField(default=list)  # [{column, zh, en}]

    class Meta:
        """In the file's order."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]  # noqa: RUF012
        indexes = [models.Index(fields=["batch", "change", "number"], name="import_row_change")]  # noqa: RUF012
