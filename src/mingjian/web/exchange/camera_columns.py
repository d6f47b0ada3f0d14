"""The columns of the sheet of cameras: one for each field of a camera's file (一机一档)."""

from __future__ import annotations

from collections.abc import Mapping

from mingjian.kernel.text import Text
from mingjian.rules.place_kinds import PLACE_PARTS
from mingjian.web.exchange.columns import Column
from mingjian.web.geography.datum import Datum

DATUMS = {one.value: Text(one.value, one.value) for one in Datum}
_PLACES_REMEDY = Text(
    "填场所名称；同名的填场所标识（见场所导出表）", "its name; where names repeat, its id from the export of places"
)


def _numbered(*labels: tuple[str, str]) -> Mapping[str, Text]:
    """1, 2, 3... as GB/T 28181-2022 numbers them."""
    return {str(number): Text(*label) for number, label in enumerate(labels, 1)}


PTZ_TYPES = _numbered(
    ("球机", "dome"), ("半球", "half dome"), ("固定枪机", "fixed bullet"), ("遥控枪机", "remote bullet"),
    ("遥控半球", "remote half dome"), ("多目设备的全景/拼接通道", "panorama of several lenses"),
    ("多目设备的分割通道", "one of several lenses"),
)  # fmt: skip
POSITION_TYPES = _numbered(
    ("省际检查站", "checkpoint between provinces"), ("党政机关", "government body"), ("车站码头", "station or wharf"),
    ("中心广场", "central square"), ("体育场馆", "sports venue"), ("商业中心", "commercial centre"),
    ("宗教场所", "place of worship"), ("校园周边", "surroundings of a school"), ("治安复杂区域", "area of complex order"),
    ("交通干线", "traffic artery"),
)  # fmt: skip
DIRECTIONS = _numbered(
    ("东", "east"), ("西", "west"), ("南", "south"), ("北", "north"), ("东南", "south-east"), ("东北", "north-east"),
    ("西南", "south-west"), ("西北", "north-west"),
)  # fmt: skip
LIGHTS = {
    **_numbered(("无补光", "none"), ("红外补光", "infrared"), ("白光补光", "white light"), ("激光补光", "laser")),
    "9": Text("其他", "other"),
}
SECRECY = {
    "none": Text("不涉密", "none"),
    "privacy": Text("个人隐私", "privacy"),
    "trade_secret": Text("商业秘密", "trade secret"),
    "state_secret": Text("国家秘密", "state secret"),
}
_GRADES = {str(number): Text(f"{number}级", f"grade {number}") for number in range(1, 6)}


def _column(key: str, zh: str, en: str, explained: tuple[str, str] = ("", ""), **more: object) -> Column:
    return Column(key, Text(zh, en), Text(*explained), **more)  # type: ignore[arg-type]


CAMERA_COLUMNS: tuple[Column, ...] = (
    _column("id", "登记标识", "id", ("导出表自带，用于修改；新增的留空", "from an export, to change it; empty for a new one")),
    _column("code", "国标编码", "GB/T 28181 code", ("20 位数字，该列须为文本格式", "20 digits; format the column as text"),
            sort="digits", sample="37020200001321000001"),
    _column("name", "名称", "name", ("最多 128 字", "at most 128 characters"), required=True, sample="香港中路与山东路路口北向"),
    _column("organisation", "所属单位", "organisation",
            ("单位全称或者统一社会信用代码", "its full name or unified social credit code"), sort="reference", required=True,
            sample="东湖区城市管理局"),
    _column("division", "行政区划", "division", ("名称或者代码", "name or code"), sort="reference", required=True, sample="370202"),
    _column("group", "分组", "group", ("目录路径，用“/”分隔", "path in the tree, with / between"), sample="东湖区/湖滨街道"),
    _column("place", "所在场所", "place", (_PLACES_REMEDY.zh, _PLACES_REMEDY.en), sort="reference"),
    _column("part", "所在部位", "part", ("该场所已登记的部位", "a part that is registered at the place"), sort="choice",
            choices=PLACE_PARTS),
    _column("room", "所在房间", "room", ("该场所已登记房间的名称或者类型", "name or kind of a room registered at the place"),
            sort="reference"),
    _column("system", "所属系统", "system", ("系统名称；同名的填系统标识", "its name; where names repeat, its id"), sort="reference"),
    _column("builder", "安装单位", "builder", ("与所属单位不同时填写", "when it is not the organisation"), sort="reference"),
    _column("datum", "坐标系", "datum", ("不填视为 WGS-84", "WGS-84 when empty"), sort="choice", choices=DATUMS, sample="WGS-84"),
    _column("lon", "经度", "longitude", ("十进制度", "decimal degrees"), sort="degrees", sample="120.382901"),
    _column("lat", "纬度", "latitude", ("十进制度", "decimal degrees"), sort="degrees", sample="36.064402"),
    _column("azimuth_deg", "朝向(度)", "azimuth (degrees)", ("正北为 0，顺时针", "0 is north, clockwise"), sort="number", sample="90"),
    _column("view_angle_deg", "视场角(度)", "angle of view (degrees)", sort="number", sample="80"),
    _column("view_distance_m", "可视距离(米)", "distance of view (m)", sort="number", sample="60"),
    _column("manufacturer", "生产厂商", "manufacturer"),
    _column("model", "型号", "model"),
    _column("address", "安装地址", "address", sample="香港中路 10 号"),
    _column("elevation_m", "高程(米)", "elevation (m)", sort="number"),
    _column("mount_height_dm", "安装高度(分米)", "mounting height (dm)", sort="number", sample="55"),
    _column("ptz_type", "摄像机类型", "camera type", sort="choice", choices=PTZ_TYPES, numbered=True, sample="固定枪机"),
    _column("position_type", "位置类型", "position type", sort="choice", choices=POSITION_TYPES, numbered=True),
    _column("room_type", "室内外", "indoors or outdoors", sort="choice",
            choices=_numbered(("室外", "outdoors"), ("室内", "indoors")), numbered=True, sample="室外"),
    _column("use_type", "用途类型", "use type", sort="choice",
            choices=_numbered(("治安", "public order"), ("交通", "traffic"), ("重点", "key target")), numbered=True),
    _column("supply_light_type", "补光类型", "light type", sort="choice", choices=LIGHTS, numbered=True),
    _column("direction_type", "监视方位", "direction", sort="choice", choices=DIRECTIONS, numbered=True),
    _column("resolution", "分辨率", "resolution", ("如 1920x1080", "such as 1920x1080"), sort="digits"),
    _column("security_level_code", "安全能力等级", "security level", sort="digits"),
    _column("vertical_view_angle_deg", "垂直视场角(度)", "vertical angle of view", sort="number"),
    _column("grassroots_code", "基层组织编码", "grassroots code", sort="digits"),
    _column("point_type", "点位类型", "point type", ("国标 PointType 数字", "the number of GB/T 28181 PointType"), sort="number"),
    _column("point_common_name", "点位俗称", "common name of the point"),
    _column("mac", "MAC 地址", "MAC address", ("形如 00:1a:2b:3c:4d:5e", "such as 00:1a:2b:3c:4d:5e")),
    _column("host", "IP 地址", "address in the network"),
    _column("function_type", "功能类型", "function", sort="digits"),
    _column("encode_type", "编码格式", "encoding", sort="digits"),
    _column("installed_date", "安装日期", "installed on", ("2025-04-01,或者 2025-04、2025", "2025-04-01, 2025-04 or 2025"), sort="date"),
    _column("management_unit", "管理单位名称", "managing unit"),
    _column("contact", "联系人", "contact", sort="digits"),
    _column("record_save_days", "录像保存天数", "days of recordings kept", sort="number"),
    _column("industry", "行业编码", "industry code", sort="digits"),
    _column("onscreen_text", "画面标注文字", "text on screen"),
    _column("purpose", "用途", "purpose"),
    _column("necessity", "必要性", "necessity"),
    _column("necessary", "为维护公共安全所必需", "necessary for public safety", sort="flag"),
    _column("legal_basis", "安装依据", "legal basis"),
    _column("sharing_grade", "共享等级", "sharing grade", sort="choice", choices=_GRADES, numbered=True),
    _column("flag", "涉密标注", "secrecy", sort="choice", choices=SECRECY),
    _column("audio", "是否录音", "whether it records sound", sort="flag"),
    _column("audio_basis", "录音依据", "basis for sound"),
    _column("overhears_privacy", "是否可能录到私密谈话", "whether it may overhear privacy", sort="flag"),
    _column("room_interior", "是否在该房间内部", "inside that room", sort="flag"),
    _column("sees_prohibited_room", "是否看到禁装部位", "whether it sees a prohibited room", sort="flag"),
    _column("could_see_by_moving", "转动变焦后能否看到", "whether moving it would", sort="flag"),
    _column("may_infringe_privacy", "是否可能侵犯隐私", "whether it may infringe privacy", sort="flag"),
    _column("masked", "是否已遮挡", "masked", sort="flag"),
    _column("contract", "合同编号", "contract", sort="digits"),
    _column("pole", "杆体编号", "pole", sort="digits"),
    _column("network", "所在网络", "network"),
    _column("last_retention_proof_date", "最近保存核验日期", "last proof of retention", sort="date"),
    _column("keep_days", "本系统保存天数", "days kept here", ("只用于新增", "for new ones only"), sort="number"),
)  # fmt: skip
