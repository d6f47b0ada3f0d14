"""Names of what the audit record says of cameras' files: for their actions, and for the rules those apply."""

from __future__ import annotations

from mingjian.web.audit.names import register

ENROLLED = register("registry.archive.enrol", "登记摄像机（一机一档）", "enrolled a camera")
FILE_CHANGED = register("registry.archive.change", "修改摄像机档案", "changed a camera's file")
CONFIRMED = register("registry.archive.confirm", "对照画面核实摄像机部位", "confirmed a camera's place by a picture")
CODED = register("registry.archive.code", "赋予国标编码", "gave a camera its 20-digit code")
JOINED = register("registry.archive.join", "摄像机归属系统", "put a camera into a system")
LEFT = register("registry.archive.leave", "摄像机退出系统", "took a camera out of a system")
