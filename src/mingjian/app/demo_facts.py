"""What the demo keeps between starts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from mingjian.app.data_folder import DataFolder
from mingjian.files.whole import replace_file


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
        replace_file(folder.root / "demo.json", json.dumps(asdict(self), ensure_ascii=False, indent=1).encode(), 0o600)
