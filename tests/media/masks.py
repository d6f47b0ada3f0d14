"""The file of masks as web would write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mingjian.files.whole import replace_file
from mingjian.ports.masks import CameraMasks, masks_to_json


def write_masks(path: Path, cameras: Mapping[str, CameraMasks] | None = None) -> Path:
    """The file's path; without cameras nobody has a mask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(masks_to_json(cameras or {})).encode(), durable=False)
    return path
