"""Plans as versions, their points, additional places, coordination mechanisms and tasks."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera, Place, PlacePart


class Plan(models.Model):
    """One version of a division's construction plan; `state` is one of rules.states.plan. Versions form a chain."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    title = models.CharField(max_length=128)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="plans")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans")  # leads the drafting
    number = models.PositiveIntegerField(default=1)  # which version of the division's plan
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_versions")
    state = models.CharField(max_length=16, default="draft")
    text = models.TextField(blank=True)
    drafters = models.JSONField(default=list)  # [{"body", "organisation", "document"}], beside the lead
    approver = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="approved_plans")
    approval_number = models.CharField(max_length=64, blank=True)
    approved_date = models.CharField(max_length=10, blank=True)
    in_force_date = models.CharField(max_length=10, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by division and version."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["division", "number"], name="plan_version_once")]  # noqa: RUF012


class PlannedPoint(models.Model):
    """A viewpoint that a plan proposes, with what the checks found when it was last judged."""

    id = models.CharField(primary_key=True, max_length=26)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="points")
    name = models.CharField(max_length=128)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="planned_points")
    part = models.ForeignKey(PlacePart, on_delete=models.PROTECT, null=True, related_name="planned_points")
    lon_e7 = models.IntegerField()
    lat_e7 = models.IntegerField()
    azimuth_deg = models.PositiveSmallIntegerField(default=0)
    view_angle_deg = models.PositiveSmallIntegerField(default=90)
    view_distance_m = models.PositiveIntegerField(default=50)
    pole = models.CharField(max_length=64, blank=True)  # number of the pole it will hang on
    network = models.CharField(max_length=64, blank=True)  # the existing network it will use
    landscape_note = models.CharField(max_length=500, blank=True)  # qd204 6.3
    reason_to_build = models.CharField(max_length=500, blank=True)  # in spite of what covers it
    cost_fen = models.BigIntegerField(default=0)
    judgement = models.JSONField(default=dict)  # rules.judgement.Judgement.document()
    judged_ns = models.BigIntegerField()
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, null=True, related_name="planned_points")  # once built
    dropped_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a plan; seen on the map."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["plan", "id"], name="point_plan"),
            models.Index(fields=["lat_e7", "lon_e7"], name="point_position"),
        ]


class AdditionalPlace(models.Model):
    """A place beyond the list that is to be obliged (qd204 7.2); it obliges from its approval on."""

    id = models.CharField(primary_key=True, max_length=26)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="additional")
    proposer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="proposed_places")
    reason = models.CharField(max_length=500)
    approver = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="approved_places")
    number = models.CharField(max_length=64, blank=True)
    given_date = models.CharField(max_length=10, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Once a place."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["place"], name="additional_once")]  # noqa: RUF012


class Mechanism(models.Model):
    """A government's cross-department mechanism (qd204 3.1), and the programmes that include video systems."""

    id = models.CharField(primary_key=True, max_length=26)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="mechanism")
    exists = models.BooleanField(default=False)
    members = models.JSONField(default=list)  # organisation ids
    included_in = models.JSONField(default=list)  # urban_rural_planning, smart_city
    document = models.CharField(max_length=128, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One of each government."""

        default_permissions = ()


class CoordinationTask(models.Model):
    """What a department is asked to do (qd204 3.3; 8.1: a gap that a department is to close is a task, never a fine)."""

    id = models.CharField(primary_key=True, max_length=26)
    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tasks_sent")
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tasks")
    duty = models.CharField(max_length=32)  # which of the departments the clause names it is: development_reform...
    basis = models.CharField(max_length=255, blank=True)  # of a department the clause does not name
    matter = models.CharField(max_length=500)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="tasks")
    part = models.ForeignKey(PlacePart, on_delete=models.PROTECT, null=True, related_name="tasks")
    state = models.CharField(max_length=12, default="sent")  # sent, accepted, done, declined, withdrawn
    due_date = models.CharField(max_length=10, blank=True)  # agreed, not of the law
    answer = models.CharField(max_length=1000, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by department."""

        default_permissions = ()
        indexes = [models.Index(fields=["department", "state", "id"], name="task_department")]  # noqa: RUF012
