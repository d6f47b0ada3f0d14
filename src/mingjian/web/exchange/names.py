"""Names of what the audit record says of imports and exports. Each object changed has its own entry beside these."""

from __future__ import annotations

from mingjian.web.audit.names import register

PREVIEWED = register("exchange.import.preview", "上传并预览导入文件", "uploaded a file and previewed its import")
APPLIED = register("exchange.import.apply", "导入登记资料", "imported into the register")
UNDONE = register("exchange.import.undo", "撤销导入", "undid an import")
EXPORTED = register("exchange.export", "导出登记资料", "exported the register")
