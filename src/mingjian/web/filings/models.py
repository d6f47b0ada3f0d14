"""Filings with their versions, recipients and papers; the clocks of systems as the worker last computed them.

Days are texts YYYY-MM-DD in Shanghai (`web.dates`), so that both databases order and compare them alike.
"""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera, System


class Filing(models.Model):
    """One system's filing through its life: `state` is one of rules.states.filing. Never deleted.

    `facts` are what is filed, part by part (filing_contents.PARTS), as they stood when it was last handed in.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    kind = models.CharField(max_length=16)  # acceptance, entry_into_use, both, removal
    state = models.CharField(max_length=12, default="draft", db_index=True)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="filings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="filings")  # files it
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="filings")  # the system's
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="filings_taken")
    filer_roles = models.JSONField(default=list)  # building_unit, using_unit, managing_unit
    given = models.JSONField(default=list)  # PARTS handed in by the filer
    shared = models.JSONField(default=list)  # PARTS had from other departments: not asked for
    credit_code = models.CharField(max_length=18, blank=True)
    person_handling = models.CharField(max_length=64, blank=True)
    telephone = models.CharField(max_length=32, blank=True)
    seal = models.CharField(max_length=16, blank=True)  # paper, electronic
    note = models.CharField(max_length=1000, blank=True)
    facts = models.JSONField(default=dict)

    channel = models.CharField(max_length=8, default="web")  # web, api, letter, cable, fax, email, edi
    received_date = models.CharField(max_length=10, blank=True)
    postmark_date = models.CharField(max_length=10, blank=True)
    scan_file = models.CharField(max_length=26, blank=True)  # files.StoredFile, of what came on paper
    entered_by = models.CharField(max_length=64, blank=True)  # the officer who typed it in, by name

    first_submitted_date = models.CharField(max_length=10, blank=True)  # a letter's postmark
    returned_once = models.BooleanField(default=False)  # since it was last handed in anew
    correction_due_date = models.CharField(max_length=10, blank=True)
    corrected_date = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=32, blank=True, db_index=True)  # dated in Identifier, never reused
    national_number = models.CharField(max_length=64, blank=True)  # of the national filing platform
    registered_date = models.CharField(max_length=10, blank=True)
    findings = models.JSONField(default=list)  # Judgement.document() of each, kept beside the registration
    changed_date = models.CharField(max_length=10, blank=True)  # since when a filed fact is no longer so
    changed_parts = models.JSONField(default=list)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first; at most one that is not over for each system and kind of matter."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["state", "division", "created_ns"], name="filing_division"),
            models.Index(fields=["state", "organisation", "created_ns"], name="filing_organisation"),
            models.Index(fields=["-created_ns", "-id"], name="filing_newest"),
            models.Index(fields=["state", "-created_ns", "-id"], name="filing_state_newest"),
        ]


class FilingVersion(models.Model):
    """What was handed in, each time it was: the filed facts as they stood. Never changed."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=16)  # submit, resubmit, submit_change
    submitted_date = models.CharField(max_length=10)
    facts = models.JSONField()
    given = models.JSONField()
    by_name = models.CharField(max_length=64)
    at_ns = models.BigIntegerField()

    class Meta:
        """Numbered from 1."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="filing_version")]  # noqa: RUF012


class FilingRecipient(models.Model):
    """A district concerned and its organ: each gets its copy, the first of them takes the filing in."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="recipients")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")  # its organ
    leading = models.BooleanField(default=False)

    class Meta:
        """Each district once."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["filing", "division"], name="filing_recipient")
        ]


class FilingPaper(models.Model):
    """A paper issued: acceptance slip, one-time notice, receipt. Its PDF is made from `content`, the same each time."""

    id = models.CharField(primary_key=True, max_length=26)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField()  # of the filing's papers, from 1
    kind = models.CharField(max_length=8)  # slip, notice, receipt
    content = models.JSONField()
    issued_ns = models.BigIntegerField()

    class Meta:
        """In order of issue."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="filing_paper")]  # noqa: RUF012


class NumberSeries(models.Model):
    """The last number given out of a series, so that none is given twice."""

    series = models.CharField(primary_key=True, max_length=32)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        """A counter."""

        default_permissions = ()


class FilingDeadline(models.Model):
    """The governing clock of a system that has to file, as last computed: what to-do lists and alerts read.

    Computed from rules.filing_clock; computing it again gives the same row. No row: nothing has started a clock.
    """

    system = models.OneToOneField(System, on_delete=models.CASCADE, primary_key=True, related_name="deadline")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    clause = models.CharField(max_length=64)  # key of the clause whose clock ends first
    last_day = models.CharField(max_length=10)  # the first day it may mean
    latest_last_day = models.CharField(max_length=10)
    filed_date = models.CharField(max_length=10, blank=True)  # first submitted; empty: still to be filed

    class Meta:
        """Asked for by what is open, earliest first."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["filed_date", "organisation", "last_day"], name="deadline_organisation"),
            models.Index(fields=["filed_date", "division", "last_day"], name="deadline_division"),
        ]


class FilingAlert(models.Model):
    """That somebody was reminded: `offset_days` relative to the last day, negative before it. Once each.

    Of a system's deadline, or of the clock of a removal.
    """

    deadline = models.ForeignKey(FilingDeadline, on_delete=models.CASCADE, null=True, related_name="alerts")
    removal = models.ForeignKey("Removal", on_delete=models.CASCADE, null=True, related_name="alerts")
    last_day = models.CharField(max_length=10)
    offset_days = models.SmallIntegerField()
    at_ns = models.BigIntegerField()

    class Meta:
        """One for each day to remind on."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["deadline", "last_day", "offset_days"], name="filing_alert_once"),
            models.UniqueConstraint(fields=["removal", "last_day", "offset_days"], name="removal_alert_once"),
        ]


class Removal(models.Model):
    """The removal of devices of a system: `state` of rules.states.removal, `scope` partial, temporary or total."""

    id = models.CharField(primary_key=True, max_length=26)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="removals")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="removals")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="removals")
    scope = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="planned")
    reason = models.CharField(max_length=500)
    authority = models.CharField(max_length=255, blank=True)  # which decision or approval
    notice = models.CharField(max_length=255, blank=True)  # who was told, how
    substitute = models.CharField(max_length=500, blank=True)
    return_date = models.CharField(max_length=10, blank=True)  # of a temporary one
    footage_kept = models.BooleanField(default=False)
    holds_kept = models.BooleanField(default=False)
    removed_date = models.CharField(max_length=10, blank=True)
    gap_check = models.JSONField(null=True)  # Judgement.document() of the place after it
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, null=True, related_name="removals")
    cameras = models.ManyToManyField(Camera, related_name="removals")
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a system."""

        default_permissions = ()
