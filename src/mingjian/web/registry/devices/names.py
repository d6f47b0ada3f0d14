"""Names of what the audit record says of devices and of the cameras they serve."""

from __future__ import annotations

from mingjian.web.audit.names import register

ADDED = register("registry.device.add", "登记设备", "registered a device")
CHANGED = register("registry.device.change", "修改设备", "changed a device")
SCRAPPED = register("registry.device.scrap", "设备报废", "scrapped a device")
CONNECTED = register("registry.device.connect", "设备通道接入摄像机", "connected a camera to a device's channel")
DISCONNECTED = register("registry.device.disconnect", "设备通道断开摄像机", "disconnected a camera from a device")
REPLACED = register("registry.device.replace", "更换设备", "replaced a device")
CAMERA_SERVED = register("registry.camera.device", "摄像机改接设备", "changed the device that serves a camera")
