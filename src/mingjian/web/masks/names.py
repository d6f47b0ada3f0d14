"""Names of the audit record that masks use."""

from __future__ import annotations

from mingjian.web.audit.names import register

DRAWN = register("masks.draw", "设置隐私遮蔽", "set a privacy mask")
CONFIRMED = register("masks.confirm", "对照画面确认隐私遮蔽", "confirmed a privacy mask against the picture")
WITHDRAWAL_ASKED = register("masks.withdraw.ask", "申请撤除隐私遮蔽", "asked to take a privacy mask off")
WITHDRAWN = register("masks.withdraw", "撤除隐私遮蔽", "took a privacy mask off")
WITHDRAWAL_DROPPED = register("masks.withdraw.drop", "保留隐私遮蔽", "kept a privacy mask that was to be taken off")
LIFT_ASKED = register("masks.lift.ask", "申请解除遮蔽查看", "asked to see through privacy masks")
LIFT_GRANTED = register("masks.lift.grant", "批准解除遮蔽查看", "let somebody see through privacy masks")
LIFT_REFUSED = register("masks.lift.refuse", "不批准解除遮蔽查看", "refused a lift of privacy masks")
LIFT_ENDED = register("masks.lift.end", "结束解除遮蔽查看", "ended a lift of privacy masks")
POSITION_STATED = register("masks.position.state", "陈述云台所在预置位", "stated at which preset a camera stands")
POSITION_CONFIRMED = register(
    "masks.position.confirm", "确认云台所在预置位", "confirmed at which preset a camera stands"
)
POSITION_ENDED = register("masks.position.end", "云台位置转为不明", "where a camera stands became unknown")
