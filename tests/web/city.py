"""A small city for the tests of every slice: two districts, their authorities, managing units, and people.

`city` is a fixture (tests/web/conftest.py names it). Rows have readable ids: `city.division["east"].id == "east"`.
People are made when first asked for, since most tests need two of them:

    city.browser(BoundRole.MANAGER)            # of the mall, in the east
    city.browser(BoundRole.OFFICER, "west")    # of the west's police
    city.actor(BoundRole.APPROVER)             # the same person for actions called directly
    city.bind(user, "school", BoundRole.GUARD)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.kernel.ids import new_id
from mingjian.web.accounts.actions import create_user
from mingjian.web.accounts.models import User
from mingjian.web.authority.actor import Actor, BoundRole, local_person
from mingjian.web.monitoring.models import StaffRecord
from mingjian.web.organisations.bindings import bindings_now
from mingjian.web.organisations.models import (
    Appointment,
    Division,
    DivisionName,
    Organisation,
    OrganisationName,
    Person,
    Post,
    RoleBinding,
)
from mingjian.web.organisations.trees import DIVISIONS, ORGANISATIONS

PASSWORD = "Lantern-Harbour-42"
SINCE = "2020-01-01"

# id: (parent, level, code, name)
_DIVISIONS = {
    "city": (None, "city", "370200", "明州市"),
    "east": ("city", "district", "370202", "东湖区"),
    "west": ("city", "district", "370203", "西山区"),
    "east-street": ("east", "street", "370202001", "湖滨街道"),
    "west-zone": ("west", "functional_zone", "370271", "西山高新区"),
}

# id: (kind, parent, division, name, initials, sector)
_ORGANISATIONS = {
    "government": ("government", None, "city", "明州市人民政府", "mzsrmzf", ""),
    "east-government": ("government", None, "east", "东湖区人民政府", "dhqrmzf", ""),
    "west-government": ("government", None, "west", "西山区人民政府", "xsqrmzf", ""),
    "bureau": ("public_security", None, "city", "明州市公安局", "mzsgaj", ""),
    "east-police": ("public_security", "bureau", "east", "明州市公安局东湖分局", "mzsgajdhfj", ""),
    "west-police": ("public_security", "bureau", "west", "明州市公安局西山分局", "mzsgajxsfj", ""),
    "east-station": ("public_security", "east-police", "east-street", "湖滨派出所", "hbpcs", ""),
    "development": ("department", None, "city", "明州市发展和改革委员会", "mzsfzhggwyh", ""),
    "east-department": ("department", None, "east", "东湖区城市管理局", "dhqcsglj", ""),
    "west-department": ("department", None, "west", "西山区城市管理局", "xsqcsglj", ""),
    "east-regulator": ("sector_regulator", None, "east", "东湖区教育和体育局", "dhqjyhtyj", "education"),
    "west-regulator": ("sector_regulator", None, "west", "西山区教育和体育局", "xsqjyhtyj", "education"),
    "mall": ("managing_unit", None, "east", "湖心商场有限公司", "hxscyxgs", ""),
    "mall-branch": ("managing_unit", "mall", "west", "湖心商场西山分店", "hxscxsfd", ""),
    "school": ("managing_unit", None, "east", "东湖第一小学", "dhdyxx", "education"),
    "market": ("managing_unit", None, "west", "西山农贸市场有限公司", "xsnmscyxgs", ""),
    "contractor": ("contractor", None, "west", "安视工程有限公司", "asgcyxgs", ""),
    "platform": ("platform", None, "city", "明州市公共安全视频共享平台", "mzsggaqspgxpt", ""),
    "inspection": ("inspection_body", None, "city", "明州市安防工程检验站", "mzsafgcjyz", ""),
}

# Where the person of each role is: in the east, in the west.
HOMES: dict[BoundRole, tuple[str, str]] = {
    BoundRole.ORGANISATION_ADMIN: ("mall", "market"),
    BoundRole.MANAGER: ("mall", "market"),
    BoundRole.GUARD: ("mall", "market"),
    BoundRole.CUSTODIAN: ("mall", "market"),
    BoundRole.MAINTAINER: ("mall", "market"),
    BoundRole.OFFICER: ("east-police", "west-police"),
    BoundRole.APPROVER: ("east-police", "west-police"),
    BoundRole.INSPECTOR: ("east-police", "west-police"),
    BoundRole.LEGAL_REVIEWER: ("east-police", "west-police"),
    BoundRole.PLANNER: ("east-department", "west-department"),
    BoundRole.DEPARTMENT_OFFICER: ("east-department", "west-department"),
    BoundRole.GOVERNMENT_APPROVER: ("east-government", "west-government"),
    BoundRole.REGULATOR: ("east-regulator", "west-regulator"),
    BoundRole.EMERGENCY_COMMANDER: ("east-government", "west-government"),
}

_POSTS = {
    BoundRole.MANAGER: "security_manager",
    BoundRole.GUARD: "guard",
    BoundRole.CUSTODIAN: "custodian",
    BoundRole.MAINTAINER: "maintainer",
    BoundRole.OFFICER: "officer",
    BoundRole.APPROVER: "organ_head",
    BoundRole.INSPECTOR: "inspector",
    BoundRole.LEGAL_REVIEWER: "legal_reviewer",
    BoundRole.DEPARTMENT_OFFICER: "department_officer",
    BoundRole.GOVERNMENT_APPROVER: "government_leader",
}


@dataclass
class City:
    """What is in the city, by readable id."""

    now_ns: int
    division: dict[str, Division] = field(default_factory=dict)
    organisation: dict[str, Organisation] = field(default_factory=dict)
    _users: dict[tuple[BoundRole, str], User] = field(default_factory=dict)

    def user(self, role: BoundRole, side: str = "east") -> User:
        """The person with this role on that side, with a post held since 2020; made when first asked for."""
        key = (role, side)
        if key not in self._users:
            home = HOMES[role][("east", "west").index(side)]
            user = self.new_user(f"{role.value}.{side}", home)
            self.appoint(user, home, _POSTS.get(role, "other"))
            self.bind(user, home, role)
            self.train(user, home)
            self._users[key] = user
        return self._users[key]

    def browser(self, role: BoundRole, side: str = "east", language: str = "en") -> Api:
        """His browser, signed in."""
        return Api(self.user(role, side), language=language)

    def actor(self, role: BoundRole, side: str = "east") -> Actor:
        """He himself, for actions that are called directly."""
        return as_actor(self.user(role, side))

    def new_user(self, name: str, organisation: str, role: str = "member") -> User:
        """An account with nothing bound to it yet."""
        unit = self.organisation[organisation].name
        return create_user(
            local_person("test"), name=name, password=PASSWORD, role=role, unit=unit, must_change_password=False
        )

    def train(self, user: User, organisation: str) -> StaffRecord:
        """Everybody may sit before the screens: trained, and vetted when he came."""
        return StaffRecord.objects.create(
            id=new_id(self.now_ns), organisation_id=organisation, user=user, skills_until="2099-12-31",
            confidentiality_until="2099-12-31", vetted_date=SINCE, created_ns=self.now_ns,
        )  # fmt: skip

    def bind(self, user: User, organisation: str, role: BoundRole, **values: Any) -> RoleBinding:
        """Bind a role from the beginning of time on; `values` are columns of RoleBinding."""
        values = {"id": new_id(self.now_ns), "since_ns": 0, **values}
        return RoleBinding.objects.create(user=user, organisation_id=organisation, role=role.value, **values)

    def appoint(self, user: User, organisation: str, kind: str, *, acting: bool = False, since: str = SINCE) -> Person:
        """Give the account's person (made if need be) a post of this kind in the organisation."""
        person, _ = Person.objects.get_or_create(
            user=user, defaults={"id": new_id(self.now_ns), "name": user.name, "created_ns": self.now_ns}
        )
        post = Post.objects.create(id=new_id(self.now_ns), organisation_id=organisation, kind=kind, title=kind)
        Appointment.objects.create(
            id=new_id(self.now_ns), post=post, person=person, acting=acting, since_date=since
        )  # fmt: skip
        return person


def as_actor(user: User) -> Actor:
    """The user as the guard would know him."""
    return Actor(user.id, user.display_name or user.name, user.unit, user.role, bindings=bindings_now(user.id))


@pytest.fixture
def city(db: None, clock: Any) -> City:
    """The small city, without people until they are asked for."""
    made = City(clock.now_ns())
    for key, (parent, level, code, name) in _DIVISIONS.items():
        made.division[key] = Division.objects.create(id=key, parent_id=parent, level=level, code=code, name=name)
        DivisionName.objects.create(division_id=key, name=name, code=code, since_date=SINCE)
    for key, (kind, parent, division, name, initials, sector) in _ORGANISATIONS.items():
        made.organisation[key] = Organisation.objects.create(
            id=key, kind=kind, parent_id=parent, division_id=division, name=name, initials=initials, sector=sector,
            created_ns=made.now_ns,
        )  # fmt: skip
        OrganisationName.objects.create(organisation_id=key, name=name, since_date=SINCE)
    DIVISIONS.rebuild()
    ORGANISATIONS.rebuild()
    return made
