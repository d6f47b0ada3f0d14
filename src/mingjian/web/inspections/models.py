"""A lead: something that calls for a look, with where it comes from and the clause it rests on."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera, Place, System


class InspectionLead(models.Model):
    """`status` runs open, taken, closed. `subject_kind` and `subject_id` name the record that opened it."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    origin = models.CharField(max_length=16)  # leads.ORIGINS
    status = models.CharField(max_length=8, default="open")
    urgent = models.BooleanField(default=False)
    title = models.CharField(max_length=128)
    detail = models.CharField(max_length=2000, blank=True)
    clauses = models.JSONField(default=list)  # keys of rules.law clauses
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="leads")
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="leads")  # whose task
    about = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="leads_about")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="leads")
    system = models.ForeignKey(System, on_delete=models.PROTECT, null=True, related_name="leads")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, null=True, related_name="leads")
    subject_kind = models.CharField(max_length=16, blank=True)
    subject_id = models.CharField(max_length=26, blank=True)
    taken_by = models.CharField(max_length=26, blank=True)  # user id
    taken_name = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, blank=True)  # leads.OUTCOMES
    outcome_note = models.CharField(max_length=2000, blank=True)
    answer = models.CharField(max_length=500, blank=True)  # what who reported it is told
    created_ns = models.BigIntegerField()
    closed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by organ, newest first; found by what opened it."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["status", "division", "created_ns"], name="lead_division"),
            models.Index(fields=["-created_ns", "-id"], name="lead_newest"),
            models.Index(fields=["subject_kind", "subject_id"], name="lead_subject"),
        ]

    @property
    def organisation_id(self) -> str | None:
        """Under whose right it is read: the organ's, never that of the one it is about."""
        return self.organ_id


class LeadJudgement(models.Model):
    """The facts a person recorded of a lead, and what both packs say of them. A draft; never changed."""

    lead = models.ForeignKey(InspectionLead, on_delete=models.PROTECT, related_name="judgements")
    number = models.PositiveSmallIntegerField()  # of the lead's judgements, from 1
    facts = models.JSONField()  # judging.Facts
    shown = models.JSONField()  # rows of both packs, the prevailing one, the rules of conflict
    by_name = models.CharField(max_length=64)
    at_ns = models.BigIntegerField()

    class Meta:
        """In order."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["lead", "number"], name="lead_judgement")
        ]
