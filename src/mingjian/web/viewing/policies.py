"""Who may look, at what, and who may take tickets back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.ports.ticket import Right
from mingjian.web.authority.actor import Actor, BoundRole, Role
from mingjian.web.authority.policy import Policy, RolePolicy, SignedInPolicy, WhoMay
from mingjian.web.organisations.scope import ScopedPolicy, reaches
from mingjian.web.registry.models import Camera
from mingjian.web.registry.rights import STAFF
from mingjian.web.viewing.models import Layout

_WATCHERS = [Role.ADMIN, Role.OPERATOR, Role.VIEWER]
_STAFF = [
    BoundRole.MANAGER, BoundRole.GUARD, BoundRole.CUSTODIAN, BoundRole.OFFICER, BoundRole.APPROVER,
    BoundRole.DEPARTMENT_OFFICER, BoundRole.EMERGENCY_COMMANDER,
]  # fmt: skip


class OwnFootagePolicy(ScopedPolicy):
    """A right of the using unit's own staff, by the tree of organisations only. What opens footage to others: admission.

    A camera that the register gives to no unit is the installation's, and its roles look; that of a unit is its staff's.
    """

    def __init__(self, name: str, title: Text, roles: Iterable[Role], bound: Iterable[BoundRole]) -> None:
        super().__init__(name, title, roles, bound, by_division=False)

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """In general, or about a camera."""
        if not isinstance(subject, Camera):
            return super().allows(actor, subject)
        if subject.organisation_id is None:
            return self.everywhere(actor)
        return any(reaches(binding, subject) for binding in self.bindings(actor))


LIVE = OwnFootagePolicy(
    "viewing.live", Text(zh="观看实时画面", en="watch live"), _WATCHERS,
    [*_STAFF, BoundRole.MAINTAINER, BoundRole.ORGANISATION_ADMIN],
)  # fmt: skip
PLAYBACK = OwnFootagePolicy("viewing.playback", Text(zh="回放录像", en="play footage back"), _WATCHERS, _STAFF)
SNAPSHOT = OwnFootagePolicy(
    "viewing.snapshot", Text(zh="抓取图片", en="take snapshots"), _WATCHERS, [*_STAFF, BoundRole.MAINTAINER]
)
EXPORT = OwnFootagePolicy(
    "viewing.export", Text(zh="导出录像", en="export footage"), [Role.ADMIN, Role.OPERATOR],
    [BoundRole.MANAGER, BoundRole.CUSTODIAN],
)  # fmt: skip
ASK_TICKET = ScopedPolicy("viewing.ticket", Text(zh="申请观看", en="ask to look"), _WATCHERS, BoundRole)
REVOKE = RolePolicy("viewing.revoke", Text(zh="收回观看凭证", en="take tickets back"), [Role.ADMIN, Role.OPERATOR])
READ_LOOKS = RolePolicy(
    "viewing.looks", Text(zh="查阅观看登记", en="read the register of looks"), [Role.ADMIN, Role.AUDITOR]
)
LAYOUTS = SignedInPolicy("viewing.layouts", Text(zh="保存画面布局", en="save wall layouts"))

OF_RIGHT: dict[Right, OwnFootagePolicy] = {
    Right.LIVE: LIVE,
    Right.PLAYBACK: PLAYBACK,
    Right.SNAPSHOT: SNAPSHOT,
    Right.EXPORT: EXPORT,
}


def is_own_staff(actor: Actor, camera: Camera) -> bool:
    """Whether he belongs to the camera's using unit: any role bound there or above it; the installation's, if no unit's."""
    if camera.organisation_id is None:
        return actor.role in {role.value for role in STAFF}
    mine = (replace(one, division="") for one in actor.bindings if not one.grant)
    return any(reaches(one, camera) for one in mine)


class OwnLayoutPolicy(Policy):
    """A layout is its owner's alone."""

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """Whether it is his; in general, whether he is somebody."""
        return bool(actor.user) and (not isinstance(subject, Layout) or subject.owner_id == actor.user)

    def who_may(self, subject: object = None) -> WhoMay:
        """Its owner."""
        if isinstance(subject, Layout):
            return WhoMay(people=frozenset({subject.owner_id}))
        return WhoMay(roles=frozenset(role.value for role in Role))


OWN_LAYOUT = OwnLayoutPolicy("viewing.own_layout", Text(zh="修改自己的画面布局", en="change one's own layouts"))
