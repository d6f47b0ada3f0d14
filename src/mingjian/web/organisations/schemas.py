"""What goes in and comes out of the slice's endpoints."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

from mingjian.web.http.schemas import Input

Id = Annotated[str, Field(min_length=1, max_length=26, pattern="^[0-9a-z-]+$")]
Date = Annotated[str, Field(max_length=10)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Long = Annotated[str, Field(max_length=500)]
OrganisationKind = Literal[
    "government", "public_security", "department", "sector_regulator", "managing_unit", "contractor", "platform",
    "inspection_body", "military", "classified_unit", "judicial",
]  # fmt: skip
PostKind = Literal[
    "organ_head", "organ_deputy", "station_chief", "officer", "legal_reviewer", "inspector", "department_head",
    "department_officer", "government_leader", "security_manager", "custodian", "guard", "maintainer", "other",
]  # fmt: skip
Level = Literal["province", "city", "district", "street", "community", "functional_zone"]
GrantKind = Literal["sector", "grade", "retrieval", "emergency"]
Instant = Annotated[int, Field(ge=0, lt=1 << 63)]


class MadeOut(Schema):
    """What was made; its address gives the rest."""

    id: str
    version: int


class DivisionOut(Schema):
    """A division as it is today."""

    id: str
    parent_id: str | None
    level: str
    code: str
    name: str
    until_date: str
    version: int


class DivisionPage(Schema):
    """Divisions by code."""

    items: list[DivisionOut]
    next: str | None


class DatedName(Schema):
    """What it was called from `since_date` to before `until_date`; empty: unknown, or still."""

    name: str
    code: str = ""
    since_date: str
    until_date: str


class DivisionDetail(DivisionOut):
    """A division with what it was called."""

    names: list[DatedName]


class DivisionIn(Input):
    """A new division."""

    name: Name
    code: str = Field(max_length=12)
    level: Level
    parent: Id | None = None
    since_date: Date = ""


class DivisionRenameIn(Input):
    """A new name and code from a day on."""

    name: Name
    code: str = Field(max_length=12)
    on_date: Date


class DivisionMergeIn(Input):
    """Which division it becomes part of."""

    into: Id
    on_date: Date


class DivisionTableIn(Input):
    """A CSV table with the columns code, name, level, parent, since."""

    table: str = Field(max_length=900_000)


class LoadedOut(Schema):
    """How many were made."""

    made: int


class OrganisationOut(Schema):
    """An organisation as it is today."""

    id: str
    kind: str
    name: str
    parent_id: str | None
    division_id: str
    sector: str
    dissolved_date: str
    version: int


class OrganisationPage(Schema):
    """Organisations by name."""

    items: list[OrganisationOut]
    next: str | None


class OrganisationDetail(OrganisationOut):
    """An organisation with its particulars and what it was called."""

    address: str
    contact: str
    telephone: str
    note: str
    credit_code: str
    names: list[DatedName]


class OrganisationIn(Input):
    """A new organisation."""

    kind: OrganisationKind
    name: str = Field(min_length=1, max_length=128)
    division: Id
    parent: Id | None = None
    sector: str = Field("", max_length=32)
    credit_code: str = Field("", max_length=18)
    since_date: Date = ""
    address: str = Field("", max_length=255)
    contact: str = Field("", max_length=64)
    telephone: str = Field("", max_length=32)
    note: str = Field("", max_length=1000)


class OrganisationChangeIn(Input):
    """What can be changed; what is not given stays."""

    sector: str | None = Field(None, max_length=32)
    address: str | None = Field(None, max_length=255)
    contact: str | None = Field(None, max_length=64)
    telephone: str | None = Field(None, max_length=32)
    note: str | None = Field(None, max_length=1000)


class RenameIn(Input):
    """A new name from a day on."""

    name: str = Field(min_length=1, max_length=128)
    on_date: Date


class MoveIn(Input):
    """Where it hangs in the tree (null: nowhere), and its division if that changes."""

    parent: Id | None = None
    division: Id | None = None


class EndIn(Input):
    """From which day on it is over, and why."""

    on_date: Date
    reason: str = Field(min_length=2, max_length=500)


class SuccessionIn(Input):
    """A merger or a split. What a predecessor that dissolves holds goes to the successor that is named first."""

    kind: Literal["merger", "split"]
    predecessors: list[Id] = Field(min_length=1, max_length=50)
    successors: list[Id] = Field(min_length=1, max_length=50)
    on_date: Date
    duties: Long = ""


class SuccessionOut(Schema):
    """Whose duties went to whom."""

    predecessor_id: str
    successor_id: str
    kind: str
    on_date: str
    duties: str


class PersonOut(Schema):
    """A person."""

    id: str
    name: str
    telephone: str
    user_id: str | None
    version: int


class PersonPage(Schema):
    """People by name."""

    items: list[PersonOut]
    next: str | None


class PersonIn(Input):
    """A new person with his first post; `user` joins an account."""

    name: Name
    post: Id
    since_date: Date
    acting: bool = False
    document: str = Field("", max_length=128)
    telephone: str = Field("", max_length=32)
    user: Id | None = None


class PersonChangeIn(Input):
    """What can be changed."""

    name: Name | None = None
    telephone: str | None = Field(None, max_length=32)


class AppointmentOut(Schema):
    """Who holds the post, from `since_date` to before `until_date`."""

    id: str
    post_id: str
    person_id: str
    person_name: str = Field(alias="person.name")
    acting: bool
    since_date: str
    until_date: str
    document: str
    version: int


class PostOut(Schema):
    """A post."""

    id: str
    organisation_id: str
    kind: str
    title: str
    until_date: str
    version: int


class PostDetail(PostOut):
    """A post with everybody who holds or held it."""

    appointments: list[AppointmentOut]


class PostPage(Schema):
    """Posts."""

    items: list[PostDetail]
    next: str | None


class PostIn(Input):
    """A new post."""

    organisation: Id
    kind: PostKind
    title: Name


class AppointmentIn(Input):
    """Who gets the post, from when."""

    person: Id
    since_date: Date
    until_date: Date = ""
    acting: bool = False
    document: str = Field("", max_length=128)


class DayIn(Input):
    """From which day on it is over."""

    on_date: Date


class HolderOut(Schema):
    """Somebody who holds such a post on the day."""

    person: str
    name: str
    post: str
    kind: str
    title: str
    acting: bool
    since_date: str
    until_date: str


class BindingOut(Schema):
    """A bound role."""

    id: str
    user_id: str
    user_name: str = Field(alias="user.name")
    role: str
    organisation_id: str
    organisation_name: str = Field(alias="organisation.name")
    subtree: bool
    since_ns: int
    until_ns: int | None
    ended_ns: int | None
    reason: str
    version: int


class BindingPage(Schema):
    """Bound roles, newest first."""

    items: list[BindingOut]
    next: str | None


class BindingIn(Input):
    """A role for a user at an organisation."""

    user: Id
    role: str = Field(max_length=24)
    organisation: Id
    subtree: bool = True
    until_ns: Instant | None = None
    reason: Long = ""


class GrantOut(Schema):
    """A recorded grant."""

    id: str
    kind: str
    organisation_id: str
    user_id: str | None
    division_id: str | None
    scope: dict[str, Any]
    basis: str
    since_ns: int
    until_ns: int | None
    ended_ns: int | None
    version: int


class GrantPage(Schema):
    """Grants, newest first."""

    items: list[GrantOut]
    next: str | None


class GrantScopeIn(Input):
    """What a grant is limited to."""

    sector: str | None = Field(None, max_length=32)
    grade: int | None = Field(None, ge=1, le=5)
    role: str | None = Field(None, max_length=24)
    purposes: list[Annotated[str, Field(max_length=64)]] | None = Field(None, max_length=20)


class GrantIn(Input):
    """A new grant with its basis."""

    kind: Literal["sector", "grade", "emergency"]
    organisation: Id
    user: Id | None = None
    division: Id | None = None
    scope: GrantScopeIn | None = None
    basis: str = Field(min_length=2, max_length=500)
    until_ns: Instant | None = None


class AgreementOut(Schema):
    """An outsourcing agreement."""

    id: str
    client_id: str
    client_name: str = Field(alias="client.name")
    contractor_id: str
    contractor_name: str = Field(alias="contractor.name")
    work: str
    number: str
    client_duties: str
    contractor_duties: str
    confidentiality: bool
    terms: list[str]
    judgement: dict[str, Any] | None
    since_date: str
    until_date: str
    ended_date: str
    version: int


class AgreementPage(Schema):
    """Agreements, newest first."""

    items: list[AgreementOut]
    next: str | None


class AgreementIn(Input):
    """A new agreement; `until_date` is exclusive."""

    client: Id
    contractor: Id
    work: Literal["design", "construction", "maintenance", "operation"]
    since_date: Date
    until_date: Date
    number: str = Field("", max_length=64)
    client_duties: str = Field("", max_length=10_000)
    contractor_duties: str = Field("", max_length=10_000)
    confidentiality: bool = False
    terms: list[Annotated[str, Field(max_length=32)]] = Field(default_factory=list, max_length=16)


class AdmitIn(Input):
    """Which of the contractor's people."""

    user: Id


class QualificationOut(Schema):
    """A certificate."""

    id: str
    organisation_id: str
    organisation_name: str = Field(alias="organisation.name")
    kind: str
    number: str
    issuer: str
    since_date: str
    until_date: str
    version: int


class QualificationPage(Schema):
    """Certificates."""

    items: list[QualificationOut]
    next: str | None


class QualificationIn(Input):
    """A new certificate."""

    organisation: Id
    kind: str = Field(min_length=1, max_length=48)
    number: str = Field("", max_length=64)
    issuer: str = Field("", max_length=128)
    since_date: Date = ""
    until_date: Date = ""
