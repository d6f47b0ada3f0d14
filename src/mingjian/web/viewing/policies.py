"""Who may look, at what, and who may take tickets back."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.ports.ticket import Right
from mingjian.web.authority.actor import Actor, Role
from mingjian.web.authority.policy import Policy, RolePolicy, SignedInPolicy, WhoMay
from mingjian.web.viewing.models import Layout

_WATCHERS = [Role.ADMIN, Role.OPERATOR, Role.VIEWER]

LIVE = RolePolicy("viewing.live", Text(zh="观看实时画面", en="watch live"), _WATCHERS)
PLAYBACK = RolePolicy("viewing.playback", Text(zh="回放录像", en="play footage back"), _WATCHERS)
SNAPSHOT = RolePolicy("viewing.snapshot", Text(zh="抓取图片", en="take snapshots"), _WATCHERS)
EXPORT = RolePolicy("viewing.export", Text(zh="导出录像", en="export footage"), [Role.ADMIN, Role.OPERATOR])
ASK_TICKET = RolePolicy("viewing.ticket", Text(zh="申请观看", en="ask to look"), _WATCHERS)
REVOKE = RolePolicy("viewing.revoke", Text(zh="收回观看凭证", en="take tickets back"), [Role.ADMIN, Role.OPERATOR])
READ_LOOKS = RolePolicy(
    "viewing.looks", Text(zh="查阅观看登记", en="read the register of looks"), [Role.ADMIN, Role.AUDITOR]
)
LAYOUTS = SignedInPolicy("viewing.layouts", Text(zh="保存画面布局", en="save wall layouts"))

OF_RIGHT: dict[Right, Policy] = {
    Right.LIVE: LIVE,
    Right.PLAYBACK: PLAYBACK,
    Right.SNAPSHOT: SNAPSHOT,
    Right.EXPORT: EXPORT,
}


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
