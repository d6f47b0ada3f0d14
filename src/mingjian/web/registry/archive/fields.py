"""The fields of a camera's file: which there are, what they may hold, and how complete a file is."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from mingjian.kernel.text import Text
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.registry.models import Camera, CameraArchive
from mingjian.web.registry.shared import clean

# Columns of Camera that the file shows; name, group and keep_days belong to the video half as well.
OF_CAMERA = ("azimuth_deg", "view_angle_deg", "view_distance_m")
TEXTS: Mapping[str, int] = {
    "manufacturer": 64, "model": 64, "address": 255, "resolution": 64, "security_level_code": 8, "grassroots_code": 20,
    "point_common_name": 128, "mac": 17, "host": 255, "function_type": 32, "encode_type": 32, "management_unit": 128,
    "contact": 64, "industry": 8, "onscreen_text": 255, "purpose": 255, "necessity": 500, "legal_basis": 255,
    "audio_basis": 255, "contract": 64, "pole": 64, "network": 64,
}  # fmt: skip
DATES = ("installed_date", "last_retention_proof_date")
NUMBERS: Mapping[str, tuple[int, int]] = {
    "elevation_m": (-500, 9000), "mount_height_dm": (0, 10_000), "ptz_type": (0, 99), "position_type": (0, 99),
    "room_type": (1, 2), "use_type": (0, 99), "supply_light_type": (0, 99), "direction_type": (0, 99),
    "vertical_view_angle_deg": (1, 360), "point_type": (0, 99), "record_save_days": (0, 36_500), "sharing_grade": (1, 5),
    "azimuth_deg": (0, 359), "view_angle_deg": (1, 360), "view_distance_m": (1, 10_000),
}  # fmt: skip
FLAGS = (
    "necessary", "audio", "overhears_privacy", "room_interior", "sees_prohibited_room", "could_see_by_moving",
    "may_infringe_privacy", "masked",
)  # fmt: skip
SECRECY = ("none", "privacy", "trade_secret", "state_secret")
ARCHIVE_FIELDS = (*TEXTS, *DATES, *(name for name in NUMBERS if name not in OF_CAMERA), *FLAGS, "flag")

# What a complete file holds. Fields that depend on others (a mask, a basis for sound) do not count.
SCORED = (
    "manufacturer", "model", "address", "ptz_type", "position_type", "room_type", "use_type", "supply_light_type",
    "direction_type", "resolution", "point_type", "point_common_name", "mac", "function_type", "encode_type",
    "installed_date", "management_unit", "contact", "record_save_days", "industry", "purpose", "necessity",
    "legal_basis", "sharing_grade", "audio", "sees_prohibited_room", "may_infringe_privacy",
)  # fmt: skip
SCORED_CAMERA = (
    "code", "lon_e7", "azimuth_deg", "view_angle_deg", "view_distance_m", "place_id", "part_id", "organisation_id",
    "division_id", "system_id",
)  # fmt: skip
_OF_CAMERA, _OF_ARCHIVE = attrgetter(*SCORED_CAMERA), attrgetter(*SCORED)
PHOTO = "photo"
"""The part of a camera's stored files that are photos of it; its word in `missing`."""


def checked_fields(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The given fields for Camera and for CameraArchive. Raises MingjianError `invalid` naming the field."""
    camera: dict[str, Any] = {}
    archive: dict[str, Any] = {}
    for name, value in values.items():
        target = camera if name in OF_CAMERA else archive
        if name in TEXTS:
            target[name] = clean(value, name, 0, TEXTS[name])
        elif name in DATES:
            target[name] = check_date(value, name)
        elif name in NUMBERS:
            low, high = NUMBERS[name]
            if value is not None and not low <= value <= high:
                raise refused(name, f"应在 {low} 到 {high} 之间", f"between {low} and {high}")
            target[name] = value
        elif name in FLAGS:
            target[name] = value
        elif name == "flag":
            if value not in SECRECY:
                raise refused(name, "标注不在可选值之内", f"one of {', '.join(SECRECY)}")
            target[name] = value
    if archive.get("mac"):
        archive["mac"] = archive["mac"].lower().replace("-", ":")
    return camera, archive


def score(camera: Camera, archive: CameraArchive | None, *, photo: bool) -> int:
    """Percent of a complete file that is filled; `photo`: whether there is one."""
    filled = _filled(_OF_CAMERA(camera)) + photo
    if archive is not None:
        filled += _filled(_OF_ARCHIVE(archive))
    return filled * 100 // (len(SCORED) + len(SCORED_CAMERA) + 1)


def _filled(values: tuple[Any, ...]) -> int:
    return len(values) - values.count(None) - values.count("")


def missing(camera: Camera, archive: CameraArchive, *, photo: bool) -> list[str]:
    """Names of the scored fields that are empty, and PHOTO where there is none."""
    lacking = [name for name in SCORED_CAMERA if getattr(camera, name) in (None, "")]
    lacking += [name for name in SCORED if getattr(archive, name) in (None, "")]
    return lacking if photo else [*lacking, PHOTO]


COVERED = Text(zh="该处已有覆盖，请联系", en="covered already, contact")
