"""Who may see and manage cameras, and how short footage may be kept."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import configuration
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import RolePolicy

RETENTION_FLOOR_DAYS = 30  # qd204 article 19(7), sc799 article 17: the stricter of the packs
LONGEST_DAYS = 3650

READ = RolePolicy("registry.camera.read", Text(zh="查看摄像机", en="see cameras"), list(Role))
MANAGE = RolePolicy("registry.camera.manage", Text(zh="管理摄像机", en="manage cameras"), [Role.ADMIN, Role.OPERATOR])
PROBE = RolePolicy(
    "registry.camera.probe", Text(zh="测试和发现摄像机", en="test and find cameras"), [Role.ADMIN, Role.OPERATOR]
)


def check_keep_days(days: int) -> None:
    """Raise MingjianError `keep_days_too_short` below the law's floor; a folder marked as demo may keep one day."""
    floor = 1 if configuration.current().demo else RETENTION_FLOOR_DAYS
    if days < floor:
        raise MingjianError(
            "keep_days_too_short",
            Text(
                zh=f"保存天数不得少于 {floor} 天(《青岛办法》第十九条第七项、国务院令第 799 号第十七条)",
                en=f"footage is kept at least {floor} days (qd204 article 19(7), sc799 article 17)",
            ),
            fault=Fault.USER,
            field="keep_days",
            remedy=Text(zh=f"请填写 {floor} 或更大的数", en=f"give {floor} or more"),
        )
    if days > LONGEST_DAYS:
        raise MingjianError(
            "invalid",
            Text(zh=f"保存天数不得大于 {LONGEST_DAYS}", en=f"days kept must be at most {LONGEST_DAYS}"),
            fault=Fault.USER,
            field="keep_days",
        )
