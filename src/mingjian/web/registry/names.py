"""Names of what the audit record says of cameras: for their actions, and for the rules those apply."""

from __future__ import annotations

from mingjian.web.audit.names import register

ADDED = register("registry.camera.add", "添加摄像机", "added a camera")
CHANGED = register("registry.camera.change", "修改摄像机", "changed a camera")
ENABLED = register("registry.camera.enable", "启用摄像机", "enabled a camera")
DISABLED = register("registry.camera.disable", "停用摄像机", "disabled a camera")
REMOVED = register("registry.camera.remove", "移除摄像机（保留录像）", "removed a camera (footage kept)")
TESTED = register("registry.camera.test", "测试摄像机连接", "tested a camera")
DISCOVERED = register("registry.camera.discover", "搜索摄像机", "searched for cameras")
ASKED_DEVICE = register("registry.camera.ask_device", "向设备查询取流地址", "asked a device for its stream URLs")
