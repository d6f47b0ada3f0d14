"""How long the footage of a camera is kept: never shorter than the law says (qd204 19(7), sc799 17)."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules import retention
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import configuration, wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, applying
from mingjian.web.registry.names import ADDED, CHANGED

LONGEST_DAYS = 3650

judge_setting = applying(retention.judge_setting, by=(ADDED, CHANGED))


def judge_keep_days(actor: Actor, action: str, days: int) -> tuple[Judgement, ...]:
    """What the law says of keeping `days` days, for the entry of `action`; nothing in a folder marked as demo.

    Raises RuledOut `keep_days_too_short` when the law asks for more, MingjianError of the same code below one day and
    `invalid` above LONGEST_DAYS. The law is asked as of today; that the place's category is not known keeps its safe
    side.
    """
    if days < 1:
        raise MingjianError(
            "keep_days_too_short",
            Text(zh="至少保存 1 天", en="footage is kept at least one day"),
            fault=Fault.USER,
            field="keep_days",
        )
    if days > LONGEST_DAYS:
        raise MingjianError(
            "invalid",
            Text(zh=f"保存天数不得大于 {LONGEST_DAYS}", en=f"days kept must be at most {LONGEST_DAYS}"),
            fault=Fault.USER,
            field="keep_days",
        )
    if configuration.current().demo:
        return ()
    today = shanghai_day(wiring.clock().now_ns())
    judgement = judge_setting(current_law(), days, frozenset(), None, today)
    if judgement.verdict is Verdict.BLOCKED:
        raise RuledOut("keep_days_too_short", judgement, actor=actor, action=action, field="keep_days")
    return (judgement,)
