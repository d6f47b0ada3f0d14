"""Examples: obliged places by category and part (qd204 7.1; sc799 7.1, 7.2)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY, OLD_TEXT
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.place_kinds import PLACE_KINDS
from mingjian.rules.places import (
    NATIONAL_GOVERNMENT,
    NATIONAL_MANAGER,
    OBLIGED,
    PlacePart,
    categories,
    coverage_gaps,
    duty_bearers,
    must_have_system,
)

_OF_CATEGORY: dict[str, tuple[str, ...]] = {
    "qd204.place.roads_and_squares": (
        "main_road",
        "arterial_road",
        "key_crossing",
        "square",
        "tunnel",
        "underpass",
        "bridge",
    ),
    "qd204.place.transport": ("airport", "port", "station", "wharf", "bus", "metro_train", "ferry"),
    "qd204.place.supply": (
        "material_reserve",
        "energy_facility",
        "water_conservancy",
        "water_supply",
        "power_supply",
        "gas_supply",
        "heat_supply",
        "filling_station",
        "oil_depot",
    ),
    "qd204.place.dangerous_goods": ("dangerous_goods_unit", "pathogen_laboratory"),
    "qd204.place.press_telecom_finance": (
        "broadcaster",
        "television_station",
        "telecom_unit",
        "postal_logistics",
        "financial_unit",
    ),
    "qd204.place.commerce_culture": (
        "shopping_centre",
        "school",
        "research_institute",
        "medical_institution",
        "entertainment_venue",
        "cultural_sports_venue",
        "scenic_area",
        "heritage_site",
    ),
    "qd204.place.residential_entrances": (
        "residential_compound",
        "lodging",
        "catering",
        "food_market",
        "public_car_park",
    ),
    "qd204.place.valuables": ("jewellery_shop", "second_hand_market", "pawnshop", "securities_store"),
    "qd204.place.other_public_safety": ("other_public_safety", "key_area"),
    NATIONAL_GOVERNMENT: (
        "main_road",
        "arterial_road",
        "key_crossing",
        "division_boundary",
        "bridge",
        "tunnel",
        "underpass",
        "square",
        "guarded_unit_surroundings",
        "key_area",
    ),
    "sc799.place.gathering": (
        "shopping_centre",
        "exhibition_centre",
        "scenic_area",
        "entertainment_venue",
        "cultural_sports_venue",
        "school",
        "medical_institution",
        "government_service_hall",
        "park",
        "public_car_park",
    ),
    "sc799.place.hubs": (
        "border_port",
        "airport",
        "port_passenger_station",
        "navigation_structure",
        "station",
        "metro_station",
    ),
    "sc799.place.vehicles": ("passenger_train", "bus", "metro_train", "passenger_ship", "ferry"),
    "sc799.place.service_areas": ("highway_service_area",),
}
# The part a category is about, and a place near it that does not belong.
_PART = {"qd204.place.residential_entrances": "entrance", "qd204.place.valuables": "key_part"}
_NOT_OF = {"sc799.place.vehicles": "taxi", "sc799.place.gathering": "residential_compound"}


def _falls_under(law: Law, key: str, kind: str, part: str) -> bool:
    on = BOTH if key.startswith("sc799.") else MUNICIPAL_ONLY
    return any(clause.key == key for clause in categories(law, PlacePart(frozenset({kind}), part), on))


def _of_category() -> tuple[Example, ...]:
    found: list[Example] = []
    for key, kinds in _OF_CATEGORY.items():
        part = _PART.get(key, "public_area")
        found += [
            passing(
                key,
                Text(f"{PLACE_KINDS[kind].zh}应当建设", f"{PLACE_KINDS[kind].en}: obliged"),
                lambda law, key=key, kind=kind, part=part: _falls_under(law, key, kind, part),
                True,
            )
            for kind in kinds
        ]
        other = _NOT_OF.get(key, "office")
        found.append(
            failing(
                key,
                Text(f"{PLACE_KINDS[other].zh}不在此列", f"{PLACE_KINDS[other].en}: not listed"),
                lambda law, key=key, other=other, part=part: _falls_under(law, key, other, part),
                False,
            )
        )
        found.append(
            boundary(
                key,
                Text(
                    f"{PLACE_KINDS[kinds[0]].zh}的私密空间内部不在此列",
                    f"{PLACE_KINDS[kinds[0]].en}: not its private interior",
                ),
                lambda law, key=key, kind=kinds[0]: _falls_under(law, key, kind, "private_interior"),
                False,
            )
        )
    return tuple(found)


def _mall(part: str = "public_area") -> PlacePart:
    return PlacePart(frozenset({"shopping_centre"}), part)


EXAMPLES: tuple[Example, ...] = (
    *_of_category(),
    boundary(
        "qd204.place.residential_entrances",
        Text("小区公共区域", "a compound's public area"),
        lambda law: _falls_under(law, "qd204.place.residential_entrances", "residential_compound", "public_area"),
        True,
    ),
    boundary(
        "qd204.place.residential_entrances",
        Text("小区整体登记不等于出入口", "the whole compound is no entrance"),
        lambda law: _falls_under(law, "qd204.place.residential_entrances", "residential_compound", "whole"),
        False,
    ),
    boundary(
        "qd204.place.valuables",
        Text("典当行的非重要部位", "a pawnshop beyond its key parts"),
        lambda law: _falls_under(law, "qd204.place.valuables", "pawnshop", "entrance"),
        False,
    ),
    passing(
        OBLIGED,
        Text("商场已建", "a mall with a system"),
        lambda law: must_have_system(law, _mall(), True, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        OBLIGED,
        Text("商场未建", "a mall without a system"),
        lambda law: must_have_system(law, _mall(), False, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        OBLIGED,
        Text("出入口已建、公共区域未建仍为空白", "one camera at the entrance does not cover a mall"),
        lambda law: (
            coverage_gaps(
                law, frozenset({"shopping_centre"}), {"entrance": True, "public_area": False}, MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        OBLIGED,
        Text("修订前的事实不作推定", "before the text held nothing is guessed"),
        lambda law: must_have_system(law, _mall(), False, OLD_TEXT).verdict,
        Verdict.UNDETERMINED,
    ),
    boundary(
        NATIONAL_GOVERNMENT,
        Text("桥梁由政府部门建设", "a bridge is built by government"),
        lambda law: [
            bearer.roles
            for bearer in duty_bearers(law, PlacePart(frozenset({"bridge"})), BOTH)
            if bearer.clause == NATIONAL_GOVERNMENT
        ],
        [("government_department",)],
    ),
    *(
        passing(
            NATIONAL_MANAGER,
            Text(f"商场{part}由管理单位建设", f"a mall's {part} is its manager's"),
            lambda law, part=part: [
                bearer.roles for bearer in duty_bearers(law, _mall(part), BOTH) if bearer.clause == NATIONAL_MANAGER
            ],
            [("managing_unit",)],
        )
        for part in ("entrance", "public_area", "key_part", "whole")
    ),
    failing(
        NATIONAL_MANAGER,
        Text("小区不在第七条之列", "a residential compound is not named"),
        lambda law: [
            bearer.clause
            for bearer in duty_bearers(law, PlacePart(frozenset({"residential_compound"}), "entrance"), BOTH)
            if bearer.clause == NATIONAL_MANAGER
        ],
        [],
    ),
    boundary(
        NATIONAL_MANAGER,
        Text("施行前一日无此义务", "not before it came into force"),
        lambda law: [
            bearer.clause
            for bearer in duty_bearers(law, _mall(), LAST_MUNICIPAL_ONLY)
            if bearer.clause == NATIONAL_MANAGER
        ],
        [],
    ),
)
