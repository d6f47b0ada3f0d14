"""A project, the cameras it would put up with their privacy assessments, and the steps it took with their judgements."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera, System


class Project(models.Model):
    """`state` of rules.states.project. JSON columns hold what the rules ask, as the papers give it.

    `main_dates` and `own_dates`: design, construction, commissioning -> date of the register. `works`: [{kind, day,
    building_engineering, contractor}]. `papers`: name of the paper -> files.StoredFile. `reply`: {positive, file, day}
    of the military or classified unit asked.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    name = models.CharField(max_length=128)
    state = models.CharField(max_length=20, default="proposed", db_index=True)
    kind = models.CharField(max_length=12)  # new, rebuilt, extended, other: of the main works
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="projects")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")  # builds it
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="projects")
    main_dates = models.JSONField(default=dict)
    own_dates = models.JSONField(default=dict)
    works = models.JSONField(default=list)
    papers = models.JSONField(default=dict)
    reply = models.JSONField(null=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first."""

        default_permissions = ()
        indexes = [models.Index(fields=["organisation", "state"], name="project_organisation")]  # noqa: RUF012


class ProjectCamera(models.Model):
    """A camera of a project, and its privacy assessment (qd204 9.2). `may_infringe` None: not assessed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cameras")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="project_rows")
    may_infringe = models.BooleanField(null=True)
    measures = models.JSONField(default=list)  # mask, limited_angle, relocated
    mask_plan = models.CharField(max_length=1000, blank=True)
    mask_confirmed_ns = models.BigIntegerField(null=True)
    moved_ns = models.BigIntegerField(null=True)

    class Meta:
        """Each camera once."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["project", "camera"], name="project_camera")]  # noqa: RUF012


class ProjectStep(models.Model):
    """A step tried: the event, whether it went through, and the judgement. Never changed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="steps")
    event = models.CharField(max_length=20)
    moved = models.BooleanField()
    state = models.CharField(max_length=20)  # after it
    on_date = models.CharField(max_length=10)
    judgement = models.JSONField()
    by_name = models.CharField(max_length=64)
    at_ns = models.BigIntegerField()

    class Meta:
        """In order."""

        default_permissions = ()
