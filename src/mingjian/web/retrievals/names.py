"""Names of the audit record, and the rules that those actions ask."""

from __future__ import annotations

from mingjian.rules import declared_use, looking, public_release, refusal
from mingjian.rules import retrieval as rules
from mingjian.web.audit.names import register
from mingjian.web.authority.applying import applying

DRAFTED = register("retrievals.draft", "起草调取申请", "drafted a retrieval")
CHANGED = register("retrievals.change", "修改调取申请", "changed a retrieval")
SUBMITTED = register("retrievals.submit", "提交调取申请", "submitted a retrieval")
WITHDRAWN = register("retrievals.withdraw", "撤回调取申请", "withdrew a retrieval")
RETURNED = register("retrievals.return", "退回调取申请", "returned a retrieval for missing papers")
REFUSED = register("retrievals.refuse", "不予批准调取", "refused a retrieval")
ESCALATED = register("retrievals.escalate", "调取申请报上级机关", "escalated a refusal")
UPHELD = register("retrievals.uphold", "维持不予批准", "upheld a refusal")
APPROVED = register("retrievals.approve", "批准调取", "approved a retrieval")
COORDINATED = register("retrievals.coordinate", "登记调取协调记录", "recorded the coordination of a retrieval")
CAME = register("retrievals.come", "调取人员确认身份", "one who executes confirmed himself")
PRESENTED = register("retrievals.present", "查验调取证件", "checked the papers of a retrieval")
UNDERTOOK = register("retrievals.undertake", "作出保密承诺", "gave the undertaking of confidentiality")
REGISTERED = register("retrievals.register", "登记调取", "registered a retrieval")
EXECUTED = register("retrievals.execute", "执行调取", "executed a retrieval")
FINISHED = register("retrievals.finish_view", "查阅完毕", "finished viewing")
SEALED = register("retrievals.seal", "封存调取资料", "sealed what was handed over")
ATTESTED = register("retrievals.attest", "证明归还或者销毁", "attested return or destruction")
GIVEN_BACK = register("retrievals.give_back", "归还调取资料", "material was given back")
DESTROYED = register("retrievals.destroy", "销毁调取资料", "material was destroyed")
DECLARED = register("retrievals.declare", "声明突发事件", "declared an emergency")
CONFIRMED = register("retrievals.confirm", "确认突发事件声明", "confirmed a declaration")
CLOSED = register("retrievals.close", "突发事件授权关闭", "an emergency's access closed by itself")
ENDED = register("retrievals.end", "提前结束突发事件授权", "ended an emergency's access before its time")
REPORTED = register("retrievals.report", "突发事件事后报告", "reported after an emergency")
DECLINED = register("retrievals.decline", "持有单位不予提供", "the holder did not hand over")
EXPIRED = register("retrievals.expire", "调取批准到期", "an approval expired")
PRINTED = register("retrievals.print", "出具调取文书", "made a document of a retrieval")
PACKAGED = register("retrievals.package", "制作证据包", "ordered the package of a retrieval")
PACKAGE_CANCELLED = register("retrievals.package_cancel", "取消制作证据包", "called a package off")
PACKAGE_SEALED = register("retrievals.package_seal", "证据包制成", "the package of a retrieval was sealed")
PACKAGE_TAKEN = register("retrievals.package_take", "领取证据包", "took the package of a retrieval")
RELEASE_ASKED = register("retrievals.release", "申请公开传播录像", "asked to show footage to the public")
RELEASE_CHECKED = register("retrievals.release_check", "核验公开传播的遮蔽", "checked a public release")
DERIVED = register("retrievals.derive", "封装派生证据包", "sealed a derived package")
REDACTION_BEGUN = register("retrievals.redact", "开始遮蔽处理", "began a redaction")
REGIONS_DRAWN = register("retrievals.redact_draw", "绘制遮蔽区域", "drew regions of a redaction")
REDACTION_ORDERED = register("retrievals.redact_order", "生成遮蔽结果", "ordered the films of a redaction")
REDACTION_CANCELLED = register("retrievals.redact_cancel", "放弃遮蔽处理", "called a redaction off")
REDACTION_FILLED = register("retrievals.redact_filled", "遮蔽结果制成", "the films of a redaction were made")
REDACTION_WATCHED = register("retrievals.redact_watch", "查看遮蔽结果", "watched a film of a redaction")
DERIVED_TAKEN = register("retrievals.derive_take", "领取派生证据包", "took a derived package")
COPIES_ORDERED = register("retrievals.copy", "制作播放副本", "ordered player copies")
COPY_CANCELLED = register("retrievals.copy_cancel", "取消制作播放副本", "called a player copy off")
COPY_MADE = register("retrievals.copy_made", "播放副本制成", "a player copy was made")
COPY_TAKEN = register("retrievals.copy_take", "领取播放副本", "took a player copy")
TRACED = register("retrievals.trace", "追查外泄画面", "had a leaked picture traced")
HELD = register("holds.place", "锁定录像", "placed a hold on footage")
RELEASED = register("holds.release", "解除锁定", "released a hold")

OF_EVENT = {
    "submit": SUBMITTED, "resubmit": SUBMITTED, "withdraw": WITHDRAWN, "return": RETURNED, "refuse": REFUSED,
    "escalate": ESCALATED, "uphold": UPHELD, "approve": APPROVED, "present": PRESENTED, "register": REGISTERED,
    "execute": EXECUTED, "finish_view": FINISHED, "seal": SEALED, "give_back": GIVEN_BACK, "destroy": DESTROYED,
    "declare": DECLARED, "confirm": CONFIRMED, "close": CLOSED, "end": ENDED, "report": REPORTED, "expire": EXPIRED,
}  # fmt: skip

judge_state_organ = applying(rules.judge_state_organ, by=SUBMITTED)
judge_person_concerned = applying(rules.judge_person_concerned, by=APPROVED)
judge_way = applying(rules.judge_way, by=APPROVED)
judge_approval = applying(rules.judge_approval, by=APPROVED)
judge_department = applying(rules.judge_department, by=APPROVED)
judge_emergency = applying(rules.judge_emergency, by=DECLARED)
judge_two_staff = applying(rules.judge_two_staff, by=PRESENTED)
judge_papers = applying(rules.judge_papers, by=PRESENTED)
judge_registration = applying(rules.judge_registration, by=REGISTERED)
judge_confidentiality = applying(rules.judge_confidentiality, by=REGISTERED)
judge_conditions = applying(rules.judge_conditions, by=EXECUTED)
executable = applying(rules.executable, by=EXECUTED)
strictest_flag = applying(declared_use.strictest_flag, by=SEALED)
judge_inherited = applying(declared_use.judge_inherited, by=SEALED)
judge_release = applying(public_release.judge_release, by=[RELEASE_ASKED, RELEASE_CHECKED])
judge_refusal = applying(refusal.judge_refusal, by=[DECLINED, REFUSED, RETURNED])
executable_copy = applying(rules.executable, by=[PACKAGED, PACKAGE_TAKEN, COPIES_ORDERED, COPY_TAKEN])
judge_copy = applying(looking.judge_copy, by=[PACKAGED, PACKAGE_TAKEN, COPIES_ORDERED, COPY_TAKEN])
