"""Divisions, organisations, people, posts, bound roles and grants. Names and codes are dated; nothing is deleted.

Dates of the register are texts `YYYY`, `YYYY-MM` or `YYYY-MM-DD` with the precision they were known to, empty when
unknown (`web.dates`); times of the program are `*_ns`. `since_date` is inclusive, `until_date` exclusive; an empty
`until_date` means still.

The two `*Reach` tables are the transitive closures of the trees (each row reaches itself): "below this one" is a
subquery on them, the same on SQLite and PostgreSQL. Actions that move a node rebuild its part.
"""

from __future__ import annotations

from django.db import models

from mingjian.web.accounts.models import User
from mingjian.web.authority.actor import BoundRole


class Division(models.Model):
    """An administrative division (GB/T 2260), or a functional zone. `code` and `name` are today's; history is dated."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    level = models.CharField(max_length=16)  # province, city, district, street, community, functional_zone
    code = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=64)
    until_date = models.CharField(max_length=10, blank=True)  # dissolved
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by code."""

        default_permissions = ()


class DivisionName(models.Model):
    """What a division was called, with which code, and when: Jimo became a district in 2017."""

    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=64)
    code = models.CharField(max_length=12)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """History."""

        default_permissions = ()


class DivisionReach(models.Model):
    """`descendant` is `ancestor` or lies below it."""

    ancestor = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="reached")
    descendant = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="reached_from")

    class Meta:
        """Each pair once."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="division_reach")]  # noqa: RUF012


class Organisation(models.Model):
    """A legal body with duties or powers. `name` is today's; `initials` its pinyin initials, for searching."""

    id = models.CharField(primary_key=True, max_length=26)
    kind = models.CharField(max_length=24, db_index=True)  # kinds.ORGANISATION_KINDS
    name = models.CharField(max_length=128)
    initials = models.CharField(max_length=128, blank=True, db_index=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="organisations")
    sector = models.CharField(
        max_length=32, blank=True
    )  # of a regulator or department: finance, education, transport...
    address = models.CharField(max_length=255, blank=True)
    contact = models.CharField(max_length=64, blank=True)
    telephone = models.CharField(max_length=32, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    dissolved_date = models.CharField(max_length=10, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by name."""

        default_permissions = ()
        indexes = [models.Index(fields=["name", "id"], name="organisation_name")]  # noqa: RUF012


class OrganisationName(models.Model):
    """What an organisation was called, and when."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=128)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """History."""

        default_permissions = ()


class OrganisationReach(models.Model):
    """`descendant` is `ancestor` or lies below it in the tree of organisations."""

    ancestor = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="reached")
    descendant = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="reached_from")

    class Meta:
        """Each pair once."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="organisation_reach")
        ]


class Succession(models.Model):
    """A merger or split: the duties of `predecessor` go to `successor` from `on_date` on, as `duties` says."""

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="succeeded_by")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="succeeds")
    kind = models.CharField(max_length=8)  # merger, split
    on_date = models.CharField(max_length=10)
    duties = models.CharField(max_length=500, blank=True)

    class Meta:
        """Each pair once."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["predecessor", "successor", "on_date"], name="succession_once")
        ]


class Jurisdiction(models.Model):
    """An organ's competence by relation, beside its own division: functional zones, railway and airport police."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="jurisdictions")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="jurisdictions")
    matter = models.CharField(max_length=32, blank=True)  # railway, airport, functional_zone; empty: everything
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Dated."""

        default_permissions = ()


class Identifier(models.Model):
    """A code that names something for a time: dated, never reused. `subject_kind` is organisation, camera, system..."""

    kind = models.CharField(max_length=16)  # kinds.IDENTIFIER_KINDS
    value = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=26)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Never given to a second subject."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identifier_never_reused")]  # noqa: RUF012
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="identifier_subject")]  # noqa: RUF012


class Person(models.Model):
    """Somebody with a post, with or without an account. `credential` is sealed (kernel.sealing), its end is shown."""

    id = models.CharField(primary_key=True, max_length=26)
    name = models.CharField(max_length=64)
    initials = models.CharField(max_length=64, blank=True, db_index=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="person")
    telephone = models.CharField(max_length=32, blank=True)
    credential_kind = models.CharField(max_length=24, blank=True)  # identity_card, police_card, work_card
    credential_sealed = models.TextField(blank=True)
    credential_end = models.CharField(max_length=4, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by name."""

        default_permissions = ()
        indexes = [models.Index(fields=["name", "id"], name="person_name")]  # noqa: RUF012


class Post(models.Model):
    """A post of an organisation."""

    id = models.CharField(primary_key=True, max_length=26)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=24)  # kinds.POST_KINDS
    title = models.CharField(max_length=64)
    until_date = models.CharField(max_length=10, blank=True)  # abolished
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of an organisation."""

        default_permissions = ()


class Appointment(models.Model):
    """Who holds a post, from when to when; `acting` appointments count. `document` names the decision."""

    id = models.CharField(primary_key=True, max_length=26)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    acting = models.BooleanField(default=False)
    since_date = models.CharField(max_length=10)
    until_date = models.CharField(max_length=10, blank=True)
    document = models.CharField(max_length=128, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Dated."""

        default_permissions = ()
        indexes = [models.Index(fields=["person", "since_date"], name="appointment_person")]  # noqa: RUF012


class RoleBinding(models.Model):
    """A role of a user, bound to an organisation and what lies below it.

    For an authority (kinds.AUTHORITIES) "below" is its division and the divisions below; for others its own tree.
    """

    id = models.CharField(primary_key=True, max_length=26)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bindings")
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in BoundRole])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bindings")
    subtree = models.BooleanField(default=True)
    since_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField(null=True)  # the end of an agreement, a secondment
    ended_ns = models.BigIntegerField(null=True)  # taken back before
    reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Asked for at each request."""

        default_permissions = ()
        indexes = [models.Index(fields=["user", "ended_ns"], name="binding_user")]  # noqa: RUF012


class Grant(models.Model):
    """A recorded grant beyond one's own subtree, with its basis; nothing reaches further than its scope says.

    `scope` (JSON): {"sector": ...} for a regulator, {"grade": n, "role": ..., "purposes": [...]} for access by grade,
    {"retrieval": id} or {"emergency": id} for what those slices open and close.
    """

    id = models.CharField(primary_key=True, max_length=26)
    kind = models.CharField(max_length=16)  # kinds.GRANT_KINDS
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="grants")  # null: all its people
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="grants")
    scope = models.JSONField(default=dict)
    basis = models.CharField(max_length=500)
    since_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField(null=True)
    ended_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Asked for at each request that leaves the subtree."""

        default_permissions = ()
        indexes = [models.Index(fields=["organisation", "kind", "ended_ns"], name="grant_organisation")]  # noqa: RUF012


class Qualification(models.Model):
    """A contractor's or inspection body's certificate with its expiry; by kind of work and statutory basis."""

    id = models.CharField(primary_key=True, max_length=26)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=48)  # certificate kinds of rules.contractors
    number = models.CharField(max_length=64, blank=True)
    issuer = models.CharField(max_length=128, blank=True)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)
    file_id = models.CharField(max_length=26, blank=True)  # files.StoredFile
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of an organisation."""

        default_permissions = ()


class Agreement(models.Model):
    """An outsourcing agreement (qd204 21; sc799 15.2). Its end closes the contractor's accounts that hang on it."""

    id = models.CharField(primary_key=True, max_length=26)
    client = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements_as_client")
    contractor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements_as_contractor")
    work = models.CharField(max_length=24)  # design, construction, maintenance, operation
    number = models.CharField(max_length=64, blank=True)
    client_duties = models.TextField(blank=True)
    contractor_duties = models.TextField(blank=True)
    confidentiality = models.BooleanField(default=False)  # a secrecy agreement is part of it (sc799 15.2)
    terms = models.JSONField(default=list)  # of rules.outsourcing.TERMS, what else it settles
    judgement = models.JSONField(null=True)  # the law's word on it when it was registered; null: registered before
    since_date = models.CharField(max_length=10)
    until_date = models.CharField(max_length=10)
    ended_date = models.CharField(max_length=10, blank=True)  # before its time
    bindings = models.ManyToManyField(RoleBinding, related_name="agreements")
    file_id = models.CharField(max_length=26, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """By client and contractor."""

        default_permissions = ()
