"""The file by which edges know masks (ports/masks.py): written whole from the database, replaced atomically.

Written when masks change, when web starts, and by the worker, which notices what else matters: a camera that was moved, a
stream that came or went, a file that could not be written.
"""

from __future__ import annotations

import fcntl
import json
from collections import defaultdict

from django.db.models import F

from mingjian.files.whole import replace_file
from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.masks import CameraMasks, MaskSpan, masks_path, masks_to_json
from mingjian.web import configuration
from mingjian.web.masks.models import Mask
from mingjian.web.masks.standing import mask_span, positions_of
from mingjian.web.registry.models import CameraArchive, Stream


def masks_of_cameras() -> dict[str, CameraMasks]:
    """The masks of every camera that has or had one."""
    found: dict[str, list[MaskSpan]] = defaultdict(list)
    for mask in Mask.objects.order_by("camera_id", "from_ns", "id"):
        found[mask.camera_id].append(mask_span(mask))
    turning = [camera for camera, spans in found.items() if any(one.preset for one in spans)]
    positions = positions_of(turning)
    with_sub = set(Stream.objects.filter(camera_id__in=found, name="sub").values_list("camera_id", flat=True))
    held = dict(
        CameraArchive.objects.filter(
            camera__masks__withdrawn_ns=None, camera__masks__confirmed_ns__lte=F("moved_ns")
        ).values_list("camera_id", "moved_ns")
    )
    return {
        camera: CameraMasks(
            "sub" if camera in with_sub else "main",
            tuple(spans),
            None if camera not in held else (held[camera] or 0) // NS_PER_MS,
            positions.get(camera, ()),
        )
        for camera, spans in found.items()
    }


def write_file() -> bool:
    """Write the file, unless it says the same already; whether it was written.

    Raises MingjianError `masks_not_written` when the disk refuses: the rows stand, the worker tries again.
    """
    path = masks_path(configuration.current().folder)
    try:
        with open(path.with_suffix(".lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # who reads the database last writes last, whichever process
            text = json.dumps(masks_to_json(masks_of_cameras()), sort_keys=True).encode()
            if path.exists() and path.read_bytes() == text:
                return False
            replace_file(path, text)
    except OSError as error:
        raise MingjianError(
            "masks_not_written",
            Text(
                zh="隐私遮蔽已保存，但尚未通知边缘服务：无法写入 plan/masks.json",
                en="the masks are kept, but the edges were not told: plan/masks.json cannot be written",
            ),
            fault=Fault.ENVIRONMENT,
            remedy=Text(zh="请检查数据目录的空间和权限", en="check space and permissions of the data folder"),
            detail=str(error),
        ) from error
    return True


def keep_file() -> int:
    """The worker's duty: 1 when the file had to be written."""
    return int(write_file())
