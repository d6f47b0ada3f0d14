"""Names of the audit record that signs use."""

from __future__ import annotations

from mingjian.web.audit.names import register

REGISTERED = register("signs.register", "登记提示标识", "registered a sign")
CHANGED = register("signs.change", "修改提示标识登记", "changed the record of a sign")
SEEN = register("signs.see", "查看提示标识", "saw a sign standing")
REMOVED = register("signs.remove", "撤销提示标识", "took a sign down")
