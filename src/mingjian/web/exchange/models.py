"""Imports: a file becomes rows with what each would do; applied as a whole or not at all, undone object by object."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Organisation


class ImportBatch(models.Model):
    """One file. `state`: reading, previewed, applying, applied, undoing, undone, failed, dropped.

    Counts are of rows by what they do. `error` (JSON: code, zh, en, remedy_zh, remedy_en) says why it failed.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    kind = models.CharField(max_length=16)  # cameras, devices, channels, memberships, places, systems, organisations
    form = models.CharField(max_length=8)  # xlsx, csv, gb28181
    name = models.CharField(max_length=128)  # of the file, as it was called
    sha256 = models.CharField(max_length=64)  # of the file's bytes
    options = models.JSONField(default=dict)  # what a catalogue does not say: organisation, division, datum
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")  # the actor's
    state = models.CharField(max_length=12, default="reading")
    error = models.JSONField(null=True)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_noted = models.PositiveIntegerField(default=0)  # rows with notes: possible duplicates, suspended cameras
    rows_left = models.PositiveIntegerField(default=0)  # rows that undoing left as they are
    created_by = models.CharField(max_length=26, blank=True, db_index=True)
    created_ns = models.BigIntegerField()
    previewed_ns = models.BigIntegerField(null=True)
    applied_ns = models.BigIntegerField(null=True)
    undone_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Newest first."""

        default_permissions = ()


class ImportRow(models.Model):
    """One row of the file. `change`: new, changed, same, refused.

    `values` are what the row says, ready to be applied; `before` what they replace, which undoing puts back.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as a person counts rows of the sheet: the header is 1
    change = models.CharField(max_length=8)
    subject_id = models.CharField(max_length=26, blank=True, db_index=True)  # a new one's, too: given at the preview
    seen_version = models.PositiveIntegerField(default=0)  # the version the preview saw; 0: it was not there
    name = models.CharField(max_length=128, blank=True)
    values = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    errors = models.JSONField(default=list)  # [{column, zh, en, remedy_zh, remedy_en}]
    notes = models.JSONField(default=list)  # the same form: nothing to stop at
    left = models.JSONField(null=True)  # the same form: why undoing left this object as it is

    class Meta:
        """In the file's order."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="exchange_row_once")]  # noqa: RUF012
        indexes = [models.Index(fields=["batch", "change", "number"], name="exchange_row_change")]  # noqa: RUF012
