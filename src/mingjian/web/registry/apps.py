"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.registry"
    label = "registry"

    def ready(self) -> None:
        """Register names and receivers in every process, the command line's too: each reads what another wrote."""
        from django.db.models import Q

        from mingjian.kernel.text import Text
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files.rights import open_files
        from mingjian.web.organisations.holdings import hold
        from mingjian.web.registry import actions, successions  # noqa: F401
        from mingjian.web.registry.archive import actions as archive  # noqa: F401
        from mingjian.web.registry.archive import memberships, photos  # noqa: F401
        from mingjian.web.registry.devices import actions as devices  # noqa: F401
        from mingjian.web.registry.models import Camera, Device, Place, System
        from mingjian.web.registry.places import actions as places  # noqa: F401
        from mingjian.web.registry.policies import MANAGE, READ
        from mingjian.web.registry.rights import (
            MANAGE_DEVICES,
            MANAGE_PLACES,
            MANAGE_SYSTEMS,
            READ_DEVICES,
            READ_PLACES,
            READ_SYSTEMS,
        )
        from mingjian.web.registry.systems import actions as systems  # noqa: F401

        for kind, model in (("camera", Camera), ("place", Place), ("system", System)):
            keep_rows(kind, model)
        keep_rows("device", Device, "organisation_id", "organisation__division_id")
        hold("place", Text("场所", "places"), Place, Q(removed_ns=None))
        hold("system", Text("系统", "systems"), System, Q(removed_ns=None))
        hold("camera", Text("摄像机", "cameras"), Camera, Q(removed_ns=None))
        hold("device", Text("设备", "devices"), Device, Q(scrapped_date=""), division="organisation__division_id")
        open_files("device", read=READ_DEVICES, keep=MANAGE_DEVICES)
        open_files("camera", read=READ, keep=MANAGE)
        open_files("place", read=READ_PLACES, keep=MANAGE_PLACES)
        open_files("system", read=READ_SYSTEMS, keep=MANAGE_SYSTEMS)
