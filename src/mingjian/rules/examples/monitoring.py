"""Examples: staff, room, changes, field of view, bulk looking (qd204 19(2), 19(4), 20(1), 20(2); sc799 16.2(1), (4))."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.monitoring import (
    MONITORING_ROOM,
    NO_CHANGE_OF_PURPOSE,
    NO_PRIVATE_CAPTURE,
    OTHER_MEASURES,
    TRAINING,
    VETTING,
    StaffRecord,
    bulk_threshold,
    judge_bulk,
    judge_change,
    judge_entry,
    judge_field_of_view,
    judge_staff,
)

_TRAINED = StaffRecord(MUNICIPAL_ONLY, MUNICIPAL_ONLY, None)
_FIT = StaffRecord(BOTH, BOTH, BOTH)
_DAY = dt.timedelta(days=1)

EXAMPLES: tuple[Example, ...] = (
    passing(
        TRAINING,
        Text("技能和保密培训当日仍有效", "both trainings are valid through that day"),
        lambda law: judge_staff(law, _TRAINED, False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        TRAINING,
        Text("技能培训昨日到期", "training in skills ended yesterday"),
        lambda law: (
            judge_staff(law, replace(_TRAINED, skills_until=MUNICIPAL_ONLY - _DAY), False, MUNICIPAL_ONLY).verdict
        ),
        Verdict.BLOCKED,
    ),
    boundary(
        TRAINING,
        Text("缺保密培训", "no confidentiality training"),
        lambda law: judge_staff(law, replace(_TRAINED, confidentiality_until=None), False, MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    passing(
        VETTING,
        Text("当日完成入职审查", "vetted that day"),
        lambda law: VETTING in judge_staff(law, _FIT, True, BOTH).keys,
        True,
    ),
    failing(
        VETTING,
        Text("未经入职审查", "never vetted"),
        lambda law: judge_staff(law, replace(_FIT, vetted_on=None), True, BOTH).keys,
        (VETTING,),
    ),
    boundary(
        VETTING,
        Text("次日才审查", "vetted the day after"),
        lambda law: judge_staff(law, replace(_FIT, vetted_on=BOTH + _DAY), True, BOTH).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        VETTING,
        Text("条例也要求岗位培训", "the regulation asks for training, too"),
        lambda law: VETTING in judge_staff(law, replace(_FIT, skills_until=None), True, BOTH).keys,
        True,
    ),
    boundary(
        VETTING,
        Text("条例也要求保密教育", "and for confidentiality"),
        lambda law: VETTING in judge_staff(law, replace(_FIT, confidentiality_until=None), True, BOTH).keys,
        True,
    ),
    boundary(
        VETTING,
        Text("第七条以外场所不要求审查", "outside article 7 nobody asks for vetting"),
        lambda law: judge_staff(law, replace(_FIT, vetted_on=None), False, BOTH).verdict,
        Verdict.PASS,
    ),
    passing(
        MONITORING_ROOM,
        Text("在准入名单", "on the list"),
        lambda law: judge_entry(law, True, False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        MONITORING_ROOM,
        Text("无关人员独自进入", "a stranger alone"),
        lambda law: judge_entry(law, False, False, MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        MONITORING_ROOM,
        Text("由名单内人员陪同", "accompanied by one on the list"),
        lambda law: judge_entry(law, False, True, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    passing(
        NO_CHANGE_OF_PURPOSE,
        Text("另一负责人批准的新增使用方", "a new consumer, approved by another"),
        lambda law: judge_change(law, "new_consumer", "甲", "乙", MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        NO_CHANGE_OF_PURPOSE,
        Text("未经批准改变用途", "a change of purpose that nobody approved"),
        lambda law: judge_change(law, "change_of_purpose", "甲", None, MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    boundary(
        NO_CHANGE_OF_PURPOSE,
        Text("自己批准自己", "approved by who asks"),
        lambda law: judge_change(law, "re_aiming", "甲", "甲", MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        NO_CHANGE_OF_PURPOSE,
        Text("未批准的新增使用方", "a new consumer not approved yet"),
        lambda law: judge_change(law, "new_consumer", "甲", None, MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    passing(
        NO_PRIVATE_CAPTURE,
        Text("只见公共区域", "public ground only"),
        lambda law: judge_field_of_view(law, frozenset(), False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            NO_PRIVATE_CAPTURE,
            Text(zh, en),
            lambda law, word=word: judge_field_of_view(law, frozenset({word}), False, MUNICIPAL_ONLY).verdict,  # type: ignore[misc]
            Verdict.FAIL,
        )
        for word, zh, en in (
            ("state_secret", "可见涉密部位", "a classified place in view"),
            ("trade_secret", "可见商业秘密", "trade secrets in view"),
            ("privacy", "可见住宅窗内", "into a flat's window"),
        )
    ),
    boundary(
        NO_PRIVATE_CAPTURE,
        Text("遮挡失效", "a masked zone shows"),
        lambda law: judge_field_of_view(law, frozenset(), True, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    passing(
        OTHER_MEASURES,
        Text("平日100路·分钟，今日恰好三倍", "100 on most days, today exactly three times"),
        lambda law: judge_bulk(law, 300, (90, 100, 110, 0), BOTH).verdict,
        Verdict.PASS,
    ),
    failing(
        OTHER_MEASURES,
        Text("超过三倍一分钟", "a minute more than three times"),
        lambda law: judge_bulk(law, 301, (90, 100, 110, 0), BOTH).verdict,
        Verdict.DUE,
    ),
    boundary(
        OTHER_MEASURES,
        Text("偶数天取中间两日平均", "the mean of the middle two"),
        lambda law: bulk_threshold(law, (80, 100, 120, 400)),
        330,
    ),
    boundary(
        OTHER_MEASURES,
        Text("没有历史时按最低值", "no history: the least alone"),
        lambda law: judge_bulk(law, 240, (), BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        OTHER_MEASURES,
        Text("条例施行前", "before the regulation"),
        lambda law: judge_bulk(law, 9_000, (), LAST_MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
)
