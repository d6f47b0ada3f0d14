"""Cameras of before the register get what searching reads."""

from __future__ import annotations

from django.db import migrations

from mingjian.web.registry.searching import camera_text, initials


def fill(apps, schema_editor):
    search = apps.get_model("registry", "CameraSearch")
    hosts = {}
    for stream in apps.get_model("registry", "Stream").objects.order_by("camera_id"):
        hosts.setdefault(stream.camera_id, []).append(stream.host)
    for camera in apps.get_model("registry", "Camera").objects.all():
        camera.initials = initials(camera.name)
        camera.save(update_fields=["initials"])
        text = camera_text(camera, hosts.get(camera.id, []), None)
        search.objects.create(subject_id=camera.id, text=text)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_records")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
