"""Names of what the audit record says of systems: for their actions, and for the rules those apply."""

from __future__ import annotations

from mingjian.web.audit.names import register

ADDED = register("registry.system.add", "登记系统", "registered a system")
CHANGED = register("registry.system.change", "修改系统", "changed a system")
REMOVED = register("registry.system.remove", "注销系统", "removed a system")
SCOPED = register("registry.system.scope", "认定系统不适用本办法", "decided that a system is out of scope")
PARTY_ADDED = register("registry.system.party", "登记系统相关单位", "registered a party to a system")
CONFORMANCE_ADDED = register("registry.system.conformance", "登记标准符合性", "recorded a conformance test")
INTERFACE_SET = register("registry.system.interface", "登记平台接口", "recorded an interface to a platform")
COST_ADDED = register("registry.system.cost", "登记整合费用", "recorded a cost of integration")
NOTICE_ADDED = register("registry.system.notice", "登记安全缺陷通报", "recorded a vulnerability notice")
NOTICE_STEP = register("registry.system.notice_step", "登记安全缺陷处置", "recorded a step against a vulnerability")
