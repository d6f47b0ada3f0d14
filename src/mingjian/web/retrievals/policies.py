"""Who asks, decides, hands over, holds. Two of these rights in one hand still need two people: the rules see to that."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

_ASKERS = [
    BoundRole.OFFICER, BoundRole.DEPARTMENT_OFFICER, BoundRole.EMERGENCY_COMMANDER, BoundRole.REGULATOR,
]  # fmt: skip
_HOLDERS = [BoundRole.CUSTODIAN, BoundRole.MANAGER]

# About one's own organisation: reach by division would let an officer ask in another body's name.
ASK = ScopedPolicy(
    "retrievals.ask", Text("申请调取", "ask for footage"), [], [*_ASKERS, BoundRole.CUSTODIAN], by_division=False
)
READ_OWN = ScopedPolicy(
    "retrievals.read_asked",
    Text("查看本单位的调取", "see one's own body's retrievals"),
    [Role.AUDITOR],
    [*_ASKERS, BoundRole.APPROVER, BoundRole.LEGAL_REVIEWER, *_HOLDERS],
    by_division=False,
)
DECIDE = ScopedPolicy(
    "retrievals.decide", Text("审批调取", "decide about retrievals"), [], [BoundRole.APPROVER], by_division=False
)
COORDINATE = ScopedPolicy(
    "retrievals.coordinate",
    Text("登记调取协调记录", "record the coordination of retrievals"),
    [],
    [BoundRole.OFFICER, BoundRole.APPROVER],
)
CONSENT = ScopedPolicy(
    "retrievals.consent",
    Text("同意有关人员查阅", "consent to viewing by persons concerned"),
    [],
    [BoundRole.MANAGER],
    by_division=False,
)
HAND_OVER = ScopedPolicy(
    "retrievals.hand_over", Text("核验、登记并交付录像", "check, register and hand over footage"), [],
    [BoundRole.CUSTODIAN], by_division=False,
)  # fmt: skip
RELEASE = ScopedPolicy(
    "retrievals.release", Text("申请、核验公开传播", "ask for and check public releases"), [],
    [*_HOLDERS, BoundRole.OFFICER, BoundRole.DEPARTMENT_OFFICER, BoundRole.APPROVER], by_division=False,
)  # fmt: skip
DECLARE = ScopedPolicy(
    "retrievals.declare",
    Text("声明突发事件", "declare an emergency"),
    [],
    [BoundRole.EMERGENCY_COMMANDER, BoundRole.OFFICER],
)
KNOW = ScopedPolicy(
    "emergencies.know", Text("知悉正在进行的突发事件", "know of emergencies that are open for one's cameras"), [],
    [BoundRole.GUARD, *_HOLDERS], by_division=False,
)  # fmt: skip
"""That footage of one's cameras is open, of what kind, where and until when; nothing of who declared it and why."""
HOLD = ScopedPolicy(
    "holds.place", Text("锁定录像", "hold footage"), [],
    [BoundRole.CUSTODIAN, BoundRole.MANAGER, BoundRole.OFFICER],
)  # fmt: skip
READ_HOLDS = ScopedPolicy(
    "holds.read", Text("查看锁定", "see holds"), [Role.ADMIN, Role.AUDITOR],
    [BoundRole.CUSTODIAN, BoundRole.MANAGER, BoundRole.OFFICER, BoundRole.APPROVER],
)  # fmt: skip
