"""The register's tables: places and duties, systems, cameras with streams, archives and devices."""

from mingjian.web.registry.models.archive import CameraArchive, Device, DeviceChannel, Membership
from mingjian.web.registry.models.cameras import Camera, PlanState, Stream
from mingjian.web.registry.models.places import Duty, Place, PlaceKind, PlacePart, Room
from mingjian.web.registry.models.systems import Conformance, System, SystemParty

__all__ = [
    "Camera", "CameraArchive", "Conformance", "Device", "DeviceChannel", "Duty", "Membership", "Place", "PlaceKind",
    "PlacePart", "PlanState", "Room", "Stream", "System", "SystemParty",
]  # fmt: skip
