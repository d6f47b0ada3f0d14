"""What searching reads: one narrow row for each subject, so that looking through all of them reads a few megabytes.

`text` is folded (searching.folded): name, pinyin initials, code, address and the like, with line feeds between.
"""

from __future__ import annotations

from django.db import models

from mingjian.web.registry.models.archive import Device
from mingjian.web.registry.models.cameras import Camera
from mingjian.web.registry.models.places import Place
from mingjian.web.registry.models.systems import System


class CameraSearch(models.Model):
    """Of a camera."""

    subject = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="search")
    text = models.CharField(max_length=1024)

    class Meta:
        """One of each."""

        default_permissions = ()


class PlaceSearch(models.Model):
    """Of a place."""

    subject = models.OneToOneField(Place, on_delete=models.CASCADE, primary_key=True, related_name="search")
    text = models.CharField(max_length=1024)

    class Meta:
        """One of each."""

        default_permissions = ()


class SystemSearch(models.Model):
    """Of a system."""

    subject = models.OneToOneField(System, on_delete=models.CASCADE, primary_key=True, related_name="search")
    text = models.CharField(max_length=1024)

    class Meta:
        """One of each."""

        default_permissions = ()


class DeviceSearch(models.Model):
    """Of a device."""

    subject = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="search")
    text = models.CharField(max_length=1024)

    class Meta:
        """One of each."""

        default_permissions = ()
