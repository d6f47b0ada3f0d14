"""The closed vocabularies of the slice: kinds of organisations, identifiers, posts, capacities and grants."""

from __future__ import annotations

from collections.abc import Mapping

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole

ORGANISATION_KINDS: Mapping[str, Text] = {
    "government": Text("人民政府", "government"),
    "public_security": Text("公安机关", "public security organ"),
    "department": Text("政府部门", "department"),
    "sector_regulator": Text("行业主管部门", "sector regulator"),
    "managing_unit": Text("管理、使用单位", "managing unit"),
    "contractor": Text("设计、施工、维护单位", "contractor"),
    "platform": Text("共享平台", "platform"),
    "inspection_body": Text("检验机构", "inspection body"),
    "military": Text("军事设施管理单位", "military administration"),
    "classified_unit": Text("涉密单位", "classified unit"),
    "judicial": Text("法院、检察院、监察机关、国家安全机关", "court, procuratorate, supervision or state security"),
}
# Kinds whose duties reach over their division and everything below it, not only over themselves.
AUTHORITIES = frozenset({"government", "public_security", "department", "sector_regulator", "platform"})

IDENTIFIER_KINDS: Mapping[str, Text] = {
    "credit_code": Text("统一社会信用代码", "unified social credit code"),
    "division_code": Text("行政区划代码", "division code (GB/T 2260)"),
    "gb28181": Text("国标 20 位编码", "20-digit code (GB/T 28181)"),
    "filing_number": Text("备案号", "filing number"),
    "licence": Text("许可证号", "licence number"),
}

POST_KINDS: Mapping[str, Text] = {
    "organ_head": Text("公安机关主要负责人", "head of a public security organ"),
    "organ_deputy": Text("公安机关分管负责人", "deputy in charge of a public security organ"),
    "station_chief": Text("派出所所长", "station chief"),
    "officer": Text("民警", "officer"),
    "legal_reviewer": Text("法制审核人员", "legal reviewer"),
    "inspector": Text("检查人员", "inspector"),
    "department_head": Text("部门负责人", "head of a department"),
    "department_officer": Text("部门工作人员", "department officer"),
    "government_leader": Text("政府负责人", "government leader"),
    "security_manager": Text("安全保卫负责人", "security manager"),
    "custodian": Text("资料管理员", "custodian of footage"),
    "guard": Text("监看人员", "monitoring guard"),
    "maintainer": Text("维护人员", "maintainer"),
    "other": Text("其他", "other"),
}

GRANT_KINDS: Mapping[str, Text] = {
    "sector": Text("行业主管", "sector"),
    "grade": Text("安全等级接入", "grade"),
    "retrieval": Text("调取", "retrieval"),
    "emergency": Text("突发事件", "emergency"),
}

_POLICE = frozenset({"public_security"})
_OFFICES = frozenset({"department", "sector_regulator", "government"})
# Which kinds of organisations can have a role; roles that are not named here, any of them.
_ROLE_HOMES: Mapping[BoundRole, frozenset[str]] = {
    BoundRole.OFFICER: _POLICE,
    BoundRole.APPROVER: _POLICE,
    BoundRole.LEGAL_REVIEWER: _POLICE | _OFFICES,
    BoundRole.INSPECTOR: _POLICE | _OFFICES,
    BoundRole.PLANNER: _POLICE | _OFFICES,
    BoundRole.DEPARTMENT_OFFICER: _OFFICES,
    BoundRole.GOVERNMENT_APPROVER: frozenset({"government"}),
    BoundRole.REGULATOR: frozenset({"sector_regulator", "department"}),
    BoundRole.EMERGENCY_COMMANDER: _POLICE | _OFFICES,
}


def role_fits(role: BoundRole, kind: str) -> bool:
    """Whether an organisation of this kind can have the role: an officer belongs to the police, not to a mall."""
    homes = _ROLE_HOMES.get(role)
    return homes is None or kind in homes
