"""Retrievals, the cameras and spans asked for and granted, those who execute, the history, and holds on footage.

Times are UTC nanoseconds; days are texts YYYY-MM-DD in Shanghai. Nothing is deleted.
"""

from __future__ import annotations

from django.db import models

from mingjian.web.accounts.models import User
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera


class Retrieval(models.Model):
    """One request through its life: `state` is one of rules.states.retrieval, `way` one of rules.retrieval's.

    `organisation` asks (of a person concerned: the holder, at whose counter he asks); `holder` has the footage, null
    only for an emergency whose area holds cameras of several. `division` is the holder's, or the emergency's.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    way = models.CharField(max_length=16)
    state = models.CharField(max_length=20, default="draft", db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="retrievals_asked")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="retrievals_held")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="retrievals")
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="retrievals")
    requester_name = models.CharField(max_length=64)
    case = models.CharField(max_length=128, blank=True)
    legal_basis = models.CharField(max_length=500, blank=True)
    duty = models.CharField(max_length=24, blank=True)  # law_enforcement, emergency_handling
    purpose = models.CharField(max_length=500)
    form = models.CharField(max_length=4, default="view")  # view, copy, take

    approver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approver_name = models.CharField(max_length=64, blank=True)
    posts = models.JSONField(default=list)  # held by the approver on the day of decision: [post, level, since, until]
    decided_date = models.CharField(max_length=10, blank=True)
    expires_ns = models.BigIntegerField(null=True)  # of the approval or the declaration
    own_approval_file = models.CharField(max_length=26, blank=True)  # files.StoredFile: a department's, a court's
    coordinated_by = models.CharField(max_length=64, blank=True)
    coordinated_level = models.CharField(max_length=12, blank=True)  # of the organ that keeps the record
    coordination_note = models.CharField(max_length=500, blank=True)

    person_sealed = models.TextField(blank=True)  # kernel.sealing, "retrieval/ID": name and credential of the person
    relation = models.CharField(max_length=16, blank=True)  # self, close_relative, carer
    protects = models.CharField(max_length=16, blank=True)  # life_health, property
    identity_file = models.CharField(max_length=26, blank=True)
    relation_file = models.CharField(max_length=26, blank=True)
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    event_kind = models.CharField(max_length=20, blank=True)  # of an emergency
    authority = models.CharField(max_length=255, blank=True)  # the decision or plan that the declaration rests on
    area = models.JSONField(null=True)  # GeoJSON Polygon or MultiPolygon, WGS-84
    declared_ns = models.BigIntegerField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_ns = models.BigIntegerField(null=True)

    papers = models.JSONField(default=list)  # credentials, approval_document: as the custodian checked them
    custodian = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    registered_ns = models.BigIntegerField(null=True)
    handed = models.JSONField(default=list)  # {"name", "size_bytes", "algorithm", "digest", "flag"} of each sealed file
    ending_file = models.CharField(max_length=26, blank=True)  # proof of return or destruction
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["organisation", "created_ns"], name="retrieval_asked"),
            models.Index(fields=["holder", "created_ns"], name="retrieval_held"),
            models.Index(fields=["state", "expires_ns"], name="retrieval_expiry"),
        ]


class RetrievalExtent(models.Model):
    """[from, to) of one camera; `granted` rows are what was approved, the others what was asked."""

    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, related_name="extents")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    from_ns = models.BigIntegerField()
    to_ns = models.BigIntegerField()
    granted = models.BooleanField(default=False)

    class Meta:
        """Of a retrieval, and by camera for whoever wants to look."""

        default_permissions = ()
        indexes = [models.Index(fields=["camera", "granted"], name="retrieval_extent_camera")]  # noqa: RUF012


class RetrievalExecutor(models.Model):
    """One who executes. `person` tells people apart: the account, or a digest of a visitor's credential."""

    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, related_name="executors")
    person = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number_sealed = models.TextField()  # of the credential, "retrieval/ID"; the custodian and the papers see it
    number_end = models.CharField(max_length=4)
    number_digest = models.CharField(max_length=64)
    approval_file = models.CharField(max_length=26, blank=True)  # a visitor's: the scanned approval
    signature_file = models.CharField(max_length=26, blank=True)  # a visitor's: his signature
    confirmed_ns = models.BigIntegerField()
    undertaken_ns = models.BigIntegerField(null=True)

    class Meta:
        """Each person, and each credential, once."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["retrieval", "person"], name="retrieval_executor_person"),
            models.UniqueConstraint(fields=["retrieval", "number_digest"], name="retrieval_executor_number"),
        ]


class RetrievalStep(models.Model):
    """One change of state, with the law's word and the name of its leaf in the ledger. Never changed."""

    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=16)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    by = models.CharField(max_length=26, blank=True)  # the account; empty for what happens by itself
    by_name = models.CharField(max_length=64)
    by_unit = models.CharField(max_length=128, blank=True)
    at_ns = models.BigIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    judgement = models.JSONField()
    leaf = models.CharField(max_length=64)

    class Meta:
        """Numbered from 1."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["retrieval", "number"], name="retrieval_step")
        ]


class FileJob(models.Model):
    """A file that the worker makes (`jobs.py`): `state` is wanted, making, ready, failed or cancelled."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    state = models.CharField(max_length=12, default="wanted", db_index=True)
    cancel = models.BooleanField(default=False)  # somebody called it off; who makes it looks now and then
    wanted_ns = models.BigIntegerField()
    ready_ns = models.BigIntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the whole file
    problem_code = models.CharField(max_length=32, blank=True)
    problem_zh = models.CharField(max_length=500, blank=True)
    problem_en = models.CharField(max_length=500, blank=True)

    class Meta:
        """No table of its own."""

        abstract = True


class RetrievalPackage(FileJob):
    """An evidence package of all that was granted.

    `manifest_digest` is what its seal signs. `masks` says which clips are shown under privacy masks, and as of when. The
    file lies in `evidence/ID.zip` of the data folder and is evidence from "ready" on: never written again.
    """

    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, related_name="packages")
    attempts = models.PositiveSmallIntegerField(default=0)
    wanted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    wanted_by_name = models.CharField(max_length=64)
    wanted_by_unit = models.CharField(max_length=128, blank=True)
    retry_ns = models.BigIntegerField()  # not before this instant
    done_bytes = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(default=0)
    manifest_digest = models.CharField(max_length=64, blank=True)
    masks = models.JSONField(default=dict)  # package_order.masks_told: the clips under privacy masks

    class Meta:
        """Of a retrieval."""

        default_permissions = ()


class RetrievalCopy(FileJob):
    """A player copy of one clip of a package, for one who executes. Its id is the mark's name.

    Name and unit are copied, since a leak may turn up years later. The file lies in `copies/ID.mp4` while the retrieval lives.
    """

    package = models.ForeignKey(RetrievalPackage, on_delete=models.PROTECT, related_name="copies")
    executor = models.ForeignKey(RetrievalExecutor, on_delete=models.PROTECT, related_name="+")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    from_ns = models.BigIntegerField()
    to_ns = models.BigIntegerField()
    recipient_name = models.CharField(max_length=64)
    recipient_unit = models.CharField(max_length=128, blank=True)
    wanted_by_name = models.CharField(max_length=64)
    done_ms = models.BigIntegerField(default=0)  # of footage
    total_ms = models.BigIntegerField(default=0)

    class Meta:
        """Of a package."""

        default_permissions = ()


class RetrievalAttestation(models.Model):
    """Somebody attests that material was returned or destroyed; two different people have to."""

    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, related_name="attestations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=16)  # give_back, destroy
    at_ns = models.BigIntegerField()

    class Meta:
        """Each once."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["retrieval", "user", "event"], name="retrieval_attestation")
        ]


class PublicRelease(models.Model):
    """A wish to show retrieved footage to the public (sc799 22): asked, permitted or refused. Never changed after.

    `shown`, `protected`: of rules.public_release.SHOWN; `redacted_digest`: SHA-256 of the copy that is published.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=10, default="asked")
    where = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=500)
    shown = models.JSONField(default=list)
    protected = models.JSONField(default=list)
    redacted_digest = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_name = models.CharField(max_length=64)
    asked_ns = models.BigIntegerField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_name = models.CharField(max_length=64, blank=True)
    checked_ns = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a retrieval."""

        default_permissions = ()


class Redaction(models.Model):
    """Regions drawn over the footage of a package, to be shown to the public: `state` is

    opening (films to draw on are wanted), drawing, ordered (films with the regions filled are wanted), filled (to be
    checked by another), sealing (a release of exactly these was permitted), sealed, failed, cancelled. Its files lie in
    `redactions/ID/` of the data folder while the retrieval lives; the derived package stays.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    package = models.ForeignKey(RetrievalPackage, on_delete=models.PROTECT, related_name="redactions")
    state = models.CharField(max_length=10, default="opening", db_index=True)
    making = models.BooleanField(default=False)  # the worker is at it
    cancel = models.BooleanField(default=False)
    redacted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    redacted_name = models.CharField(max_length=64)
    redacted_unit = models.CharField(max_length=128, blank=True)
    begun_ns = models.BigIntegerField()
    ordered_ns = models.BigIntegerField(null=True)
    regions = models.JSONField(default=list)  # [{camera, from_ms, to_ms, points: [[x, y], ...] of 10,000}]
    work_films = models.JSONField(default=list)  # as ports.evidence.WorkFilm
    filled_films = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True, db_index=True)  # of the list of filled films
    release = models.ForeignKey(PublicRelease, on_delete=models.PROTECT, null=True, related_name="redactions")
    done_ms = models.BigIntegerField(default=0)  # of footage
    total_ms = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(null=True)  # of the derived package
    sha256 = models.CharField(max_length=64, blank=True)
    manifest_digest = models.CharField(max_length=64, blank=True)
    problem_code = models.CharField(max_length=32, blank=True)
    problem_zh = models.CharField(max_length=500, blank=True)
    problem_en = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a package."""

        default_permissions = ()


class EvidenceHold(models.Model):
    """Footage that is not deleted: the engine keeps every group of pictures that touches [from, to).

    `engine`: wanted (not told the engine yet), set, ending (released, not told yet), ended. The worker tells it.
    """

    id = models.CharField(
        primary_key=True, max_length=26
    )  # the engine's hold has the same id, so telling twice is once
    retrieval = models.ForeignKey(Retrieval, on_delete=models.PROTECT, null=True, related_name="holds")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="holds")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="holds")  # owner
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="holds")
    from_ns = models.BigIntegerField()
    to_ns = models.BigIntegerField()
    owner_name = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    provisional = models.BooleanField(default=False)
    review_date = models.CharField(max_length=10)
    expires_ns = models.BigIntegerField(null=True)  # null: until it is released
    engine = models.CharField(max_length=8, default="wanted", db_index=True)
    placed_ns = models.BigIntegerField()
    released_ns = models.BigIntegerField(null=True)
    release_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first."""

        default_permissions = ()
