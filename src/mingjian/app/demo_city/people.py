"""One account for each role that is bound to an organisation: in the first district, with a post."""

from __future__ import annotations

from collections.abc import Mapping

from mingjian.app.demo_city.sheets import CITY, DISTRICTS, units
from mingjian.web.authority.actor import Actor, BoundRole

_D = DISTRICTS[0]
_POLICE, _GOVERNMENT = f"{CITY[1]}公安局{_D[:2]}分局", f"{CITY[1]}{_D}人民政府"
# role: account, name, kind of post, title, organisation
PEOPLE: Mapping[BoundRole, tuple[str, str, str, str, str]] = {
    BoundRole.ORGANISATION_ADMIN: ("unit-admin", "周敏", "other", "综合部主任", "UNIT"),
    BoundRole.MANAGER: ("manager", "陈刚", "security_manager", "安全保卫部经理", "UNIT"),
    BoundRole.GUARD: ("watch", "刘洋", "guard", "监控值班员", "UNIT"),
    BoundRole.CUSTODIAN: ("custodian", "孙丽", "custodian", "资料管理员", "UNIT"),
    BoundRole.MAINTAINER: ("maintainer", "吴凯", "maintainer", "维护工程师", "UNIT"),
    BoundRole.OFFICER: ("officer", "张伟", "officer", "治安大队民警", _POLICE),
    BoundRole.APPROVER: ("approver", "郑国强", "organ_head", "分局局长", _POLICE),
    BoundRole.INSPECTOR: ("inspector", "何平", "inspector", "检查民警", _POLICE),
    BoundRole.LEGAL_REVIEWER: ("legal", "罗静", "legal_reviewer", "法制大队民警", _POLICE),
    BoundRole.PLANNER: ("planner", "唐宇", "department_officer", "规划科科长", f"{_D}城市管理局"),
    BoundRole.DEPARTMENT_OFFICER: ("department", "许芳", "department_officer", "市容科科员", f"{_D}城市管理局"),
    BoundRole.GOVERNMENT_APPROVER: ("government", "高山", "government_leader", "副区长", _GOVERNMENT),
    BoundRole.REGULATOR: ("regulator", "林雪", "department_officer", "安全科科长", f"{_D}教育和体育局"),
    BoundRole.EMERGENCY_COMMANDER: ("commander", "马骏", "government_leader", "应急办主任", _GOVERNMENT),
}
# The filmed cameras are the government's. Who watches them, keeps what they recorded and answers for them is bound there,
# too, or the demonstration would go dark for everybody as soon as the register says whose they are.
WATCHERS: Mapping[str, BoundRole] = {
    "admin": BoundRole.GUARD, "duty": BoundRole.GUARD, "guard": BoundRole.GUARD, "watch": BoundRole.GUARD,
    "custodian": BoundRole.CUSTODIAN, "manager": BoundRole.MANAGER,
}  # fmt: skip
# a look needs them; they end after every demonstration
_FIT = {"skills_until": "2099-12-31", "confidentiality_until": "2099-12-31", "vetted_date": "2024-01-01"}


def add_people(actor: Actor, passwords: Mapping[str, str]) -> None:
    """Those who are not there yet."""
    from mingjian.web.accounts.actions import create_user
    from mingjian.web.accounts.models import User
    from mingjian.web.monitoring.staff import record_staff
    from mingjian.web.organisations.actions.bindings import bind_role
    from mingjian.web.organisations.actions.people import make_person, make_post
    from mingjian.web.organisations.models import Organisation

    known = set(User.objects.values_list("name", flat=True))
    for role, (account, name, kind, title, home) in PEOPLE.items():
        if account in known:
            continue
        organisation = Organisation.objects.get(name=units()[0].name if home == "UNIT" else home)
        user = create_user(
            actor, name=account, password=passwords[account], role="member", display_name=name, unit=organisation.name,
            must_change_password=False,
        )  # fmt: skip
        post = make_post(actor, organisation_id=organisation.id, kind=kind, title=title)
        make_person(actor, name=name, post_id=post.id, since_date="2024-01-01", user_id=user.id)
        bind_role(actor, user_id=user.id, role=role.value, organisation_id=organisation.id)
        record_staff(actor, organisation, user.id, _FIT, None)


def add_watchers(actor: Actor) -> None:
    """Those who see the filmed cameras, with the training that a look needs; who is bound already is left alone."""
    from mingjian.web.accounts.models import User
    from mingjian.web.monitoring.staff import record_staff
    from mingjian.web.organisations.actions.bindings import bind_role
    from mingjian.web.organisations.models import Organisation, RoleBinding

    government = Organisation.objects.get(name=_GOVERNMENT)
    bound = set(RoleBinding.objects.filter(organisation=government).values_list("user__name", flat=True))
    for user in User.objects.filter(name__in=WATCHERS.keys() - bound):
        bind_role(actor, user_id=user.id, role=WATCHERS[user.name].value, organisation_id=government.id)
        record_staff(actor, government, user.id, _FIT, None)
