"""Names of the audit record that works and obstruction cases use."""

from __future__ import annotations

from mingjian.web.audit.names import register

WORKS_REGISTERED = register("works.register", "登记周边设施施工许可", "registered works near cameras")
WORKS_LOOKED_AT = register("works.look", "核对设施与视场", "looked at works against a field of view")
WORKS_ENDED = register("works.end", "注销周边设施施工许可", "ended the record of works")
OPENED = register("obstructions.open", "登记遮挡妨碍", "opened an obstruction case")
STEPPED = register("obstructions.step", "处理遮挡妨碍", "an obstruction case took a step")
