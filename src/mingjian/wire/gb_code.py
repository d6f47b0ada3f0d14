"""The 20-digit code of GB/T 28181-2022 annex E, coding rule A: division 8, industry 2, type 3, network 1, serial 6."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

TYPES = {
    "111": Text("数字录像机（DVR）", "digital video recorder"),
    "112": Text("视频服务器", "video server"),
    "113": Text("编码器", "encoder"),
    "114": Text("解码器", "decoder"),
    "118": Text("网络录像机（NVR）", "network video recorder"),
    "131": Text("摄像机", "camera"),
    "132": Text("网络摄像机（IPC）", "network camera"),
    "200": Text("中心信令控制服务器", "central signalling server"),
    "215": Text("业务分组", "business group"),
    "216": Text("虚拟组织", "virtual organisation"),
}
CAMERA_TYPES = ("131", "132")
NETWORKS = range(10)  # 5 and 6 public security, 7 government, 8 Internet... as the platform agrees


@dataclass(frozen=True, slots=True)
class GbCode:
    """The parts of a code, as digits."""

    centre: str  # 8: the division (GB/T 2260, 6) and the grassroots unit (2, 00 where there is none)
    industry: str  # 2
    kind: str  # 3
    network: str  # 1
    serial: int  # 0..999999

    def __str__(self) -> str:
        return f"{self.centre}{self.industry}{self.kind}{self.network}{self.serial:06d}"


def read_code(text: str, field: str = "code") -> GbCode:
    """The parts of a code. Raises MingjianError `invalid` that says which digits do not fit."""
    if len(text) != 20 or not (text.isascii() and text.isdigit()):
        raise _bad(field, "国标编码应为 20 位数字", "the code has 20 digits")
    code = GbCode(text[:8], text[8:10], text[10:13], text[13], int(text[14:]))
    if not 11 <= int(code.centre[:2]) <= 91:
        raise _bad(field, "第 1 至 2 位不是省级行政区划代码", "digits 1 to 2 are no code of a province (GB/T 2260)")
    return code


def check_camera_code(text: str, division: str = "", field: str = "code") -> GbCode:
    """The parts of a camera's code; `division` (6 digits or more, "" when not known) must be the code's own.

    Raises MingjianError `invalid`.
    """
    code = read_code(text, field)
    if code.kind not in CAMERA_TYPES:
        raise _bad(field, "第 11 至 13 位应为 131 或 132（摄像机）", "digits 11 to 13 are 131 or 132 for a camera")
    if division and code.centre[:6] != division[:6]:
        raise _bad(
            field,
            f"第 1 至 6 位应为所在区划代码 {division[:6]}",
            f"digits 1 to 6 are the code of the division, {division[:6]}",
        )
    return code


def _bad(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh=zh, en=en), fault=Fault.USER, field=field)
