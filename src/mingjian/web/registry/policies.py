"""Who may see and manage cameras, and how short footage may be kept."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.retention import judge_setting
from mingjian.web import configuration, wiring
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import RolePolicy

LONGEST_DAYS = 3650

READ = RolePolicy(
    "registry.camera.read",
    Text(zh="查看摄像机", en="see cameras"),
    [Role.ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR],
)
MANAGE = RolePolicy("registry.camera.manage", Text(zh="管理摄像机", en="manage cameras"), [Role.ADMIN, Role.OPERATOR])
PROBE = RolePolicy(
    "registry.camera.probe", Text(zh="测试和发现摄像机", en="test and find cameras"), [Role.ADMIN, Role.OPERATOR]
)


def check_keep_days(days: int) -> None:
    """Raise MingjianError `keep_days_too_short` when the law asks for more; a folder marked as demo may keep one day.

    The law is asked as of today; that the place's category is not registered yet keeps its safe side.
    """
    if days < 1:
        raise _too_short(Text(zh="至少保存 1 天", en="footage is kept at least one day"), None)
    if not configuration.current().demo:
        today = shanghai_day(wiring.clock().now_ns())
        judgement = judge_setting(current_law(), days, frozenset(), None, today)
        if judgement.verdict is Verdict.BLOCKED:
            zh = "、".join(citation.printed("zh") for citation in judgement.clauses)
            en = "; ".join(citation.printed("en") for citation in judgement.clauses)
            said = Text(zh=f"{judgement.reason.zh}({zh})", en=f"{judgement.reason.en} ({en})")
            raise _too_short(said, judgement.remedy)
    if days > LONGEST_DAYS:
        raise MingjianError(
            "invalid",
            Text(zh=f"保存天数不得大于 {LONGEST_DAYS}", en=f"days kept must be at most {LONGEST_DAYS}"),
            fault=Fault.USER,
            field="keep_days",
        )


def _too_short(said: Text, remedy: Text | None) -> MingjianError:
    return MingjianError("keep_days_too_short", said, fault=Fault.USER, field="keep_days", remedy=remedy)
