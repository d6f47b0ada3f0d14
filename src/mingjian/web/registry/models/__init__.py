"""The register's tables: places and duties, systems, cameras with streams, archives and devices, records."""

from mingjian.web.registry.models.archive import CameraArchive, Device, DeviceChannel, Membership
from mingjian.web.registry.models.cameras import Camera, PlanState, Stream
from mingjian.web.registry.models.places import Duty, Place, PlaceKind, PlacePart, Room
from mingjian.web.registry.models.records import (
    AreaInspection,
    IntegrationCost,
    VulnerabilityNotice,
)
from mingjian.web.registry.models.search import CameraSearch, DeviceSearch, PlaceSearch, SystemSearch
from mingjian.web.registry.models.systems import Conformance, System, SystemParty

__all__ = [
    "AreaInspection", "Camera", "CameraArchive", "CameraSearch", "Conformance", "Device", "DeviceChannel", "DeviceSearch", "Duty",
    "IntegrationCost", "Membership", "Place", "PlaceKind", "PlacePart",
    "PlaceSearch", "PlanState", "Room", "Stream", "System", "SystemParty", "SystemSearch",
    "VulnerabilityNotice",
]  # fmt: skip
