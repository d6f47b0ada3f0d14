"""The 20-digit code of a camera: checked, generated, dated, and never given to a second one."""

from __future__ import annotations

from django.db.models import Max

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.http.problem import refused
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera
from mingjian.wire.gb_code import CAMERA_TYPES, GbCode, check_camera_code

KIND = "gb28181"
SUBJECT = "camera"


def next_code(camera: Camera, industry: str, kind: str, network: str) -> str:
    """The next free serial under the camera's division. Raises MingjianError `invalid`, or `conflict` when none is left."""
    if camera.division is None or len(camera.division.code) < 6:
        raise refused("division", "生成编码须先登记所在区划", "a code needs the camera's division first")
    if not (len(industry) == 2 and industry.isascii() and industry.isdigit()):
        raise refused("industry", "行业编码应为 2 位数字", "an industry code has 2 digits")
    if kind not in CAMERA_TYPES:
        raise refused("kind", "类型编码应为 131 或 132", "the type is 131 or 132")
    if not (len(network) == 1 and network.isascii() and network.isdigit()):
        raise refused("network", "网络标识应为 1 位数字", "the network is one digit")
    prefix = f"{camera.division.code[:6]}00{industry}{kind}{network}"
    last = Identifier.objects.filter(kind=KIND, value__startswith=prefix).aggregate(last=Max("value"))["last"]
    serial = 1 if last is None else int(last[14:]) + 1
    if serial > 999_999:
        raise MingjianError(
            "conflict", Text(zh="该前缀的序号已用完", en="no serial is left under this prefix"), fault=Fault.USER
        )
    return str(GbCode(prefix[:8], industry, kind, network, serial))


def give_code(camera: Camera, code: str) -> None:
    """Make `code` the camera's; the code before ends today. Raises MingjianError `code_taken` for one of another's."""
    check_camera_code(code, "" if camera.division is None else camera.division.code)
    row = Identifier.objects.filter(kind=KIND, value=code).first()
    if row is not None and (row.subject_kind, row.subject_id) != (SUBJECT, camera.id):
        raise refused("code", "该编码已属于另一台设备，不得重复使用", "this code names another device", "code_taken")
    day = today().isoformat()
    others = Identifier.objects.filter(kind=KIND, subject_kind=SUBJECT, subject_id=camera.id, until_date="")
    others.exclude(value=code).update(until_date=day)
    if row is None:
        Identifier.objects.create(kind=KIND, value=code, subject_kind=SUBJECT, subject_id=camera.id, since_date=day)
    camera.code = code
