"""The city as rows of the import sheets, from a seed: names are invented, positions lie on the demo's base map."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

SEED = 20260101
CITY = ("370200", "明川市")
DISTRICTS = (
    "望江区", "云溪区", "石桥区", "青屏区", "柳渡区", "育林区", "南塘区", "锦和区", "鹭洲区", "竹山区", "澄湖区", "松岭区",
)  # fmt: skip
ORGANISATIONS, PLACES, SYSTEMS, CAMERAS = 400, 3000, 1200, 20_000
ROADS = 40  # crossings, roads, bridges and squares of each district
MALL_WITHOUT_SYSTEM = "望江湖心购物中心"
CHANGING_ROOM_PLACE = "望江第1物业商场"

_WEST, _SOUTH, _WIDE, _HIGH = 120.19, 35.945, 0.095, 0.078  # of a district, degrees: four columns, three rows
_WORDS = (
    "湖滨", "锦绣", "长乐", "安康", "春晖", "清泉", "桂花", "银杏", "白鹭", "晨光", "星河", "翠微", "金湾", "听涛", "和风",
    "丰泽", "兰亭", "枫林", "海棠", "月桥",
)  # fmt: skip
# what a unit runs: kind of its places, parts, word of the place, word of the unit
_TRADES = (
    ("住宅小区", "出入口、公共区域", "苑", "物业有限公司"),
    ("商贸中心、餐饮服务单位", "出入口、公共区域", "商场", "商业管理有限公司"),
    ("教育机构", "出入口、重点（重要）部位", "学校", "教育集团"),
    ("医疗机构", "出入口、重点（重要）部位", "医院", "医疗中心"),
    ("金融单位", "出入口、重点（重要）部位", "支行", "银行股份有限公司"),
    ("住宿服务单位", "出入口、公共区域", "宾馆", "酒店管理有限公司"),
    ("公园", "出入口、公共区域", "公园", "园林管理处"),
    ("农贸市场", "出入口、公共区域", "农贸市场", "市场服务中心"),
    ("公共停车场", "出入口、公共区域", "停车场", "停车服务有限公司"),
    ("加油站", "出入口、重点（重要）部位", "加油站", "能源有限公司"),
    ("文化体育场所", "出入口、公共区域", "体育馆", "文体中心"),
    ("车站", "出入口、公共区域", "客运站", "客运有限公司"),
)  # fmt: skip
_POINTS = ("正门", "东门", "西门", "北门", "大厅", "收银处", "停车场入口", "停车场出口", "一层通道", "二层通道", "电梯厅", "围墙东侧",
           "围墙西侧", "配电室门口", "货运通道", "广场")  # fmt: skip
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A managing unit and where it is."""

    name: str
    short: str
    district: int
    trade: int


def code_of(district: int) -> str:
    """The division code of a district: none of a real one."""
    return f"3702{51 + district}"


def division_table() -> str:
    """The divisions, as `load_divisions` reads them."""
    lines = ["code,name,level,parent,since", f"{CITY[0]},{CITY[1]},city,,2020-01-01"]
    for number, name in enumerate(DISTRICTS):
        lines.append(f"{code_of(number)},{name},district,{CITY[0]},2020-01-01")
        for street in (1, 2):
            word = _WORDS[(number * 2 + street) % len(_WORDS)]
            lines.append(f"{code_of(number)}00{street},{name[:2]}{word}街道,street,{code_of(number)},2020-01-01")
    return "\n".join(lines) + "\n"


def organisation_rows() -> Iterator[Row]:
    """400 organisations, those above before those below."""
    city = CITY[1]

    def row(name: str, kind: str, division: str, parent: str = "", sector: str = "") -> Row:
        return {"name": name, "kind": kind, "division": division, "parent": parent, "sector": sector}

    heads = [
        row(f"{city}人民政府", "人民政府", CITY[0]),
        row(f"{city}公安局", "公安机关", CITY[0]),
        row(f"{city}发展和改革委员会", "政府部门", CITY[0]),
        row(f"{city}交通运输局", "行业主管部门", CITY[0], sector="交通运输"),
        row(f"{city}教育局", "行业主管部门", CITY[0], sector="教育"),
        row(f"{city}公共安全视频共享平台", "共享平台", CITY[0]),
        row(f"{city}安全防范工程检验所", "检验机构", CITY[0]),
        row("海岳建设工程检测有限公司", "检验机构", CITY[0]),
    ]
    for number, district in enumerate(DISTRICTS):
        branch = f"{city}公安局{district[:2]}分局"
        heads += [
            row(f"{city}{district}人民政府", "人民政府", code_of(number)),
            row(branch, "公安机关", code_of(number), f"{city}公安局"),
            row(f"{district[:2]}第一派出所", "公安机关", f"{code_of(number)}001", branch),
            row(f"{district[:2]}第二派出所", "公安机关", f"{code_of(number)}002", branch),
            row(f"{district}城市管理局", "政府部门", code_of(number)),
            row(f"{district}教育和体育局", "行业主管部门", code_of(number), sector="教育"),
            row(f"{_WORDS[number]}安防工程有限公司", "设计、施工、维护单位", code_of(number)),
        ]
    yield from heads
    for unit in units():
        yield row(unit.name, "管理、使用单位", code_of(unit.district))


def units() -> list[Unit]:
    """The managing units: as many as make 400 organisations."""
    found = []
    for number in range(ORGANISATIONS - 8 - 7 * len(DISTRICTS)):
        district, trade = number % len(DISTRICTS), number // len(DISTRICTS) % len(_TRADES)
        place = DISTRICTS[district][:2]
        word = _WORDS[number // (len(DISTRICTS) * len(_TRADES)) * 7 % len(_WORDS)]
        found.append(Unit(f"{place}{word}{_TRADES[trade][3]}", f"{place}{word}", district, trade))
    return found


def place_rows() -> Iterator[Row]:
    """3,000 places: roads and crossings of the districts, the rest of the managing units."""
    chance = random.Random(SEED)  # noqa: S311 - an invented city
    for district, name in enumerate(DISTRICTS):
        owner = f"{CITY[1]}{name}人民政府"
        for number in range(ROADS):
            kinds, word = (("重要交通路口", "路口"), ("主要道路", "大道"), ("桥梁", "桥"), ("广场", "广场"))[number % 4]
            title = f"{name[:2]}{_WORDS[number % 20]}{'一二'[number // 20]}{word}"
            yield _place(title, district, owner, kinds, "整体", chance)
    yield _place(MALL_WITHOUT_SYSTEM, 0, units()[12].name, "商贸中心", "出入口、公共区域", chance)
    yield _place(CHANGING_ROOM_PLACE, 0, units()[0].name, "商贸中心", "出入口、公共区域", chance)
    every = units()
    for number in range(PLACES - ROADS * len(DISTRICTS) - 2):
        unit = every[number % len(every)]
        kinds, parts, word, _ = _TRADES[unit.trade]
        title = f"{unit.short}{_WORDS[number // len(every) % len(_WORDS)]}{word}{number // len(every) + 1}号"
        yield _place(title, unit.district, unit.name, kinds, parts, chance)


def _place(name: str, district: int, owner: str, kinds: str, parts: str, chance: random.Random) -> Row:
    column, row = district % 4, district // 4
    no = sum(map(ord, name))
    return {
        "name": name, "division": code_of(district), "organisation": owner, "kinds": kinds, "parts": parts,
        "public_place": "否" if "小区" in kinds else "是", "address": f"{DISTRICTS[district][:2]}{_WORDS[no % len(_WORDS)]}路 {no % 480 + 1} 号",
        "lon": f"{_WEST + _WIDE * (column + chance.uniform(0.05, 0.95)):.6f}",
        "lat": f"{_SOUTH + _HIGH * (row + chance.uniform(0.05, 0.95)):.6f}",
    }  # fmt: skip


def system_rows() -> Iterator[Row]:
    """1,200 systems, each at a place of its own; the mall without one has none."""
    places = [place for place in place_rows() if place["name"] != MALL_WITHOUT_SYSTEM]
    for place in places[:SYSTEMS]:
        government = "人民政府" in place["organisation"]
        yield {
            "name": f"{place['name']}视频系统", "organisation": place["organisation"], "division": place["division"],
            "place": place["name"], "purpose": "交通和治安管理" if government else "治安防范",
            "legal_basis": "第七条", "funding": "政府投资" if government else "自筹",
            "security_grade": "3级" if government else "", "sharing_grade": "2级" if government else "",
            "business_use": "否" if government else "是", "keep_days": "30", "functions": "采集、传输、显示、存储",
            "concerns_public_safety": "是",
        }  # fmt: skip


def camera_rows(live: int) -> Iterator[Row]:
    """Cameras of the systems, as many as make 20,000 with the `live` ones."""
    chance = random.Random(SEED + 1)  # noqa: S311 - an invented city
    places = {place["name"]: place for place in place_rows()}
    systems = list(system_rows())
    serial: dict[str, int] = {}
    for number in range(CAMERAS - live):
        system = systems[number % len(systems)]
        yield _camera(number, number // len(systems), system, places[system["place"]], serial, chance)


def _camera(
    number: int, turn: int, system: Row, place: Row, serial: dict[str, int], chance: random.Random
) -> Row:  # fmt: skip
    division = place["division"]
    serial[division] = serial.get(division, 0) + 1
    point = _POINTS[turn % len(_POINTS)]
    parts = place["parts"].split("、")
    found = {
        "code": f"{division}00011325{serial[division]:06d}", "name": f"{place['name']}{point}{turn // len(_POINTS) + 1}",
        "organisation": place["organisation"], "division": division,
        "group": f"{CITY[1]}/{DISTRICTS[int(division[4:]) - 51]}", "place": place["name"], "part": parts[turn % len(parts)],
        "system": system["name"], "lon": f"{float(place['lon']) + chance.gauss(0, 0.0007):.6f}",
        "lat": f"{float(place['lat']) + chance.gauss(0, 0.0006):.6f}", "azimuth_deg": str(chance.randrange(360)),
        "view_angle_deg": chance.choice(("60", "80", "90")), "view_distance_m": chance.choice(("30", "50", "80")),
        "address": place["address"], "purpose": system["purpose"], "legal_basis": "第七条",
    }  # fmt: skip
    if number % 5:  # four of five have the rest of their file, too
        found |= {
            "manufacturer": "云视", "model": f"YS-{chance.choice((210, 410, 810))}", "ptz_type": chance.choice(("球机", "固定枪机")),
            "room_type": "室外" if turn % 2 else "室内", "use_type": "治安",
            "installed_date": f"{chance.randrange(2018, 2026)}-0{chance.randrange(1, 10)}",
            "mac": f"02:{number >> 24 & 255:02x}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}:01",
            "record_save_days": "30", "sees_prohibited_room": "否", "could_see_by_moving": "否", "audio": "否",
            "may_infringe_privacy": "否", "necessary": "是", "sharing_grade": "2级",
        }  # fmt: skip
    return found
