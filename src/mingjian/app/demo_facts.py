"""What the demo keeps between starts."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from mingjian.app.data_folder import DataFolder


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What the demo keeps between starts, in demo.json (mode 0600): where its farm is and who may sign in."""

    farm_port: int
    control_port: int
    cameras: int
    passwords: dict[str, str]

    @classmethod
    def read(cls, folder: DataFolder) -> DemoFacts | None:
        """The facts of this folder, None before the first start."""
        path = folder.root / "demo.json"
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def write(self, folder: DataFolder) -> None:
        """Keep them."""
        descriptor = os.open(folder.root / "demo.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
