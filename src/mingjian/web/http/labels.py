"""What a field is called on the screens, in both languages: used in sentences about it."""

from __future__ import annotations

from mingjian.kernel.text import Text

_LABELS = {
    "name": Text(zh="名称", en="name"),
    "password": Text(zh="密码", en="password"),
    "current": Text(zh="当前密码", en="current password"),
    "new": Text(zh="新密码", en="new password"),
    "code": Text(zh="设置码", en="set-up code"),
    "display_name": Text(zh="姓名", en="display name"),
    "unit": Text(zh="单位", en="unit"),
    "role": Text(zh="角色", en="role"),
    "language": Text(zh="语言", en="language"),
    "theme": Text(zh="外观", en="theme"),
    "reason": Text(zh="原因", en="reason"),
    "purpose": Text(zh="用途", en="purpose"),
    "url": Text(zh="主码流地址", en="main stream address"),
    "sub_url": Text(zh="子码流地址", en="sub stream address"),
    "transport": Text(zh="传输方式", en="transport"),
    "group": Text(zh="分组", en="group"),
    "keep_days": Text(zh="保存天数", en="days kept"),
    "priority": Text(zh="优先级", en="priority"),
    "record_audio": Text(zh="录制声音", en="record audio"),
    "note": Text(zh="备注", en="note"),
    "enabled": Text(zh="启用", en="enabled"),
    "camera": Text(zh="摄像机", en="camera"),
    "streams": Text(zh="码流", en="streams"),
    "rights": Text(zh="权限", en="rights"),
    "ticket": Text(zh="观看凭证", en="ticket"),
    "viewer": Text(zh="观看人", en="viewer"),
    "from": Text(zh="开始时间", en="from"),
    "to": Text(zh="结束时间", en="to"),
    "method": Text(zh="方式", en="method"),
    "range": Text(zh="地址范围", en="address range"),
    "address": Text(zh="设备地址", en="device address"),
    "port": Text(zh="端口", en="port"),
    "grid": Text(zh="画面数", en="grid"),
    "tiles": Text(zh="画面", en="tiles"),
    "division": Text(zh="行政区划", en="division"),
    "organisation": Text(zh="单位", en="organisation"),
    "parent": Text(zh="上级", en="parent"),
    "level": Text(zh="层级", en="level"),
    "sector": Text(zh="行业", en="sector"),
    "credit_code": Text(zh="统一社会信用代码", en="unified social credit code"),
    "on_date": Text(zh="日期", en="day"),
    "since_date": Text(zh="开始日期", en="first day"),
    "until_date": Text(zh="结束日期", en="end"),
    "post": Text(zh="职务", en="post"),
    "person": Text(zh="人员", en="person"),
    "basis": Text(zh="依据", en="basis"),
    "mac": Text(zh="MAC 地址", en="MAC address"),
    "serial": Text(zh="序列号", en="serial number"),
    "channel": Text(zh="通道号", en="channel number"),
    "system": Text(zh="系统", en="system"),
    "client": Text(zh="委托方", en="client"),
    "contractor": Text(zh="受托方", en="contractor"),
    "limit": Text(zh="每页条数", en="page size"),
    "cursor": Text(zh="翻页标记", en="cursor"),
}


def label_of(pointer: str) -> Text:
    """The label of the field a JSON pointer names; a field without label is called by its own name."""
    parts = [part for part in pointer.split("/") if part]
    named = [part for part in parts if not part.isdecimal()]
    last = named[-1] if named else ""
    label = _LABELS.get(last, Text(zh=last, en=last))
    index = parts[-1] if parts and parts[-1].isdecimal() and named else ""
    if not index:
        return label
    return Text(zh=f"{label.zh}第 {int(index) + 1} 项", en=f"{label.en} item {int(index) + 1}")
