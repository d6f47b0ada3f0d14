"""Names of the audit record that filings use."""

from __future__ import annotations

from mingjian.web.audit.names import register

DRAFTED = register("filings.draft", "填报备案", "drafted a filing")
CHANGED = register("filings.change", "修改备案填报内容", "changed a draft of a filing")
SUBMITTED = register("filings.submit", "提交备案", "submitted a filing")
CORRECTED = register("filings.resubmit", "补正备案材料", "corrected a filing")
CHANGE_SUBMITTED = register("filings.submit_change", "提交变更备案", "submitted a change filing")
WITHDRAWN = register("filings.withdraw", "撤回备案", "withdrew a filing")
ENTERED = register("filings.enter", "录入书面备案材料", "entered a filing that came on paper")
RETURNED = register("filings.return", "一次性告知补正", "returned a filing once")
REGISTERED = register("filings.register", "登记备案", "registered a filing")
VERIFIED = register("filings.verify", "核对备案信息", "checked what was filed against what is there")
CLOSED = register("filings.close", "注销备案", "closed a filing")
CHANGE_DUE = register("filings.change_due", "备案事项变化，待变更备案", "a filed fact changed: a change filing is due")
