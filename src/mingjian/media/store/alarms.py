"""What the store tells people when it needs them, in both languages."""

from __future__ import annotations

Alarm = dict[str, str]

_TEXTS = {
    # code: (severity, zh, en); severity 1 is the highest
    "storage_exhausted": (
        "1",
        "所有录像卷已满：录像按摄像机优先级降级，请立即扩容",
        "every volume is full: recording is degraded by camera priority; add storage now",
    ),
    "volume_missing": ("1", "录像卷 {name} 不可用:{detail}", "the volume {name} is not available: {detail}"),
    "volume_read_only": ("1", "录像卷 {name} 只读，无法写入", "the volume {name} is read only"),
    "volume_full": (
        "2",
        "录像卷 {name} 已满，录像改写到其他卷",
        "the volume {name} is full; recording goes on elsewhere",
    ),
    "volume_slow": ("2", "录像卷 {name} 写入太慢", "the volume {name} writes too slowly"),
    "recovery_failed": (
        "1",
        "录像卷 {name} 上次异常中断的录像未能恢复:{detail}",
        "what an earlier death left open on volume {name} could not be recovered: {detail}",
    ),
    "index_stuck": (
        "2",
        "录像卷 {name} 的索引写入失败（{detail}），录像不受影响，请查看日志",
        "the index of volume {name} cannot be written ({detail}); footage goes on, see the log",
    ),
    "index_rebuilding": (
        "2",
        "录像卷 {name} 的索引丢失或损坏，正在由录像文件和日志重建",
        "the index of volume {name} was lost or broken and is being made anew from its files and journal",
    ),
    "ledger_unsigned": (
        "2",
        "账本无法签名（{detail}）：录像不受影响，请检查 keys/ledger.key",
        "the ledger cannot be signed ({detail}): footage goes on, look at keys/ledger.key",
    ),
    "ledger_contradicts": (
        "1",
        "账本与已签检查点不符（{detail}）：可能放回了旧副本或被改动，请立即运行 mingjian ledger audit",
        "the ledger contradicts what it signed ({detail}): an old copy was put back or it was altered; "
        "run mingjian ledger audit now",
    ),
    "ledger_stuck": (
        "2",
        "账本写入失败（{detail}），录像不受影响，稍后自动补记",
        "the ledger cannot be written ({detail}); footage goes on, and the ledger catches up later",
    ),
    "volume_nearly_full": ("3", "录像卷 {name} 即将写满", "the volume {name} is nearly full"),
}


def alarm(code: str, name: str, detail: str = "") -> Alarm:
    """One alarm: code, severity, volume, zh, en."""
    severity, zh, en = _TEXTS[code]
    told = {"name": name, "detail": detail}
    return {"code": code, "severity": severity, "volume": name, "zh": zh.format(**told), "en": en.format(**told)}
