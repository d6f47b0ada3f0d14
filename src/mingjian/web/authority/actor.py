"""Who acts: a signed-in person, or the person at the machine's command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.text import Text


class Role(StrEnum):
    """What a person is to the whole installation. A member is nothing to it: his rights are bound (BoundRole)."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"
    AUDITOR = "auditor"
    MEMBER = "member"

    @property
    def label(self) -> Text:
        """What people call it."""
        return _TITLES[self]


_TITLES = {
    Role.ADMIN: Text(zh="管理员", en="administrator"),
    Role.OPERATOR: Text(zh="值班员", en="operator"),
    Role.VIEWER: Text(zh="观看人", en="viewer"),
    Role.AUDITOR: Text(zh="审计员", en="auditor"),
    Role.MEMBER: Text(zh="单位人员", en="member of an organisation"),
}


class BoundRole(StrEnum):
    """What a person is to an organisation and what lies below it."""

    ORGANISATION_ADMIN = "organisation_admin"
    MANAGER = "manager"  # a managing unit's security manager: registers, builds, files
    GUARD = "guard"
    CUSTODIAN = "custodian"
    MAINTAINER = "maintainer"
    OFFICER = "officer"  # a public security organ's: takes filings in, asks for footage
    APPROVER = "approver"  # the person in charge of a public security organ
    INSPECTOR = "inspector"
    LEGAL_REVIEWER = "legal_reviewer"
    PLANNER = "planner"
    DEPARTMENT_OFFICER = "department_officer"
    GOVERNMENT_APPROVER = "government_approver"
    REGULATOR = "regulator"
    EMERGENCY_COMMANDER = "emergency_commander"

    @property
    def label(self) -> Text:
        """What people call it."""
        return _BOUND_TITLES[self]


_BOUND_TITLES = {
    BoundRole.ORGANISATION_ADMIN: Text(zh="单位管理员", en="administrator of an organisation"),
    BoundRole.MANAGER: Text(zh="安全保卫负责人", en="security manager"),
    BoundRole.GUARD: Text(zh="监看人员", en="guard"),
    BoundRole.CUSTODIAN: Text(zh="资料管理员", en="custodian"),
    BoundRole.MAINTAINER: Text(zh="维护人员", en="maintainer"),
    BoundRole.OFFICER: Text(zh="民警", en="officer"),
    BoundRole.APPROVER: Text(zh="公安机关负责人", en="person in charge of a public security organ"),
    BoundRole.INSPECTOR: Text(zh="检查人员", en="inspector"),
    BoundRole.LEGAL_REVIEWER: Text(zh="法制审核人员", en="legal reviewer"),
    BoundRole.PLANNER: Text(zh="规划人员", en="planner"),
    BoundRole.DEPARTMENT_OFFICER: Text(zh="部门工作人员", en="department officer"),
    BoundRole.GOVERNMENT_APPROVER: Text(zh="政府审批人", en="government approver"),
    BoundRole.REGULATOR: Text(zh="行业主管人员", en="sector regulator"),
    BoundRole.EMERGENCY_COMMANDER: Text(zh="应急指挥人员", en="emergency commander"),
}


@dataclass(frozen=True, slots=True)
class Binding:
    """One bound role as it is now. `division` is set for an authority, whose reach is its division and those below.

    `grant` names the kind of the recorded grant that this binding comes from; empty for what was bound by itself. With
    `sector`, the reach by division covers organisations of that sector only.
    """

    role: str
    organisation: str  # id
    organisation_name: str
    subtree: bool
    division: str = ""  # id, of an authority
    sector: str = ""
    grant: str = ""  # kinds.GRANT_KINDS


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, with what is copied into the audit record: a name outlives its account.

    `user` is the user's id, empty for nobody signed in and for the command line. `role` is a Role's value, "local" for
    the person at the machine (who owns the data folder and its keys), or empty for nobody.
    """

    user: str
    name: str
    unit: str
    role: str
    address: str = ""
    request: str = ""  # the request's id, for finding it again in the logs
    must_change_password: bool = False
    must_enrol_second_factor: bool = False  # a role of his has to have one, and he has none
    bindings: tuple[Binding, ...] = ()
    token: str = ""  # id of the API token he comes by; empty for a session
    scopes: frozenset[str] | None = None  # of that token; None: no cut (authority.scopes)

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody."""
        return bool(self.role)

    def labelled(self) -> str:
        """Name and unit, as burned into watermarks."""
        return f"{self.name} {self.unit}".strip()


LOCAL_ROLE = "local"


def nobody(address: str = "", request: str = "") -> Actor:
    """The actor of a request without session."""
    return Actor(user="", name="", unit="", role="", address=address, request=request)


def local_person(name: str, request: str = "") -> Actor:
    """The person at the command line, by the operating system's user name."""
    return Actor(user="", name=name, unit="", role=LOCAL_ROLE, address="local", request=request)
