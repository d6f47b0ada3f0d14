"""Where a volume's files lie, and which volumes a data folder has."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from mingjian.files.whole import replace_file
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import utc_day
from mingjian.kernel.text import Text

VOLUME_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume: its folder and the identity written when it was made."""

    root: Path
    id: str
    instance: str
    demo: bool

    @property
    def index(self) -> Path:
        """The SQLite index."""
        return self.root / "index.sqlite3"

    @property
    def journal(self) -> Path:
        """The folder of the journal."""
        return self.root / "journal"

    @property
    def segments(self) -> Path:
        """The folder of all segments."""
        return self.root / "segments"

    @property
    def salvage(self) -> Path:
        """What recovery cut off behind damage."""
        return self.root / "salvage"


def segment_path(camera: str, stream: str, start_ns: int, sequence: int) -> str:
    """A segment's path relative to its volume."""
    return f"segments/{camera}/{stream}/{utc_day(start_ns)}/{start_ns}-{sequence}.mp4"


def make_volume(root: Path, volume_id: str, instance: str, *, demo: bool) -> Volume:
    """Create a volume in an empty or missing folder, or open it when it is already there."""
    if (root / "volume.json").exists():
        return open_volume(root)
    root.mkdir(parents=True, exist_ok=True)
    told = {"format": VOLUME_FORMAT, "id": volume_id, "instance": instance, "demo": demo}
    replace_file(root / "volume.json", json.dumps(told).encode(), 0o444)
    for name in ("segments", "journal", "salvage"):
        (root / name).mkdir(exist_ok=True)
    return open_volume(root)


def open_volume(root: Path) -> Volume:
    """Read a volume's identity. Raises MingjianError `no_volume` when there is none to read."""
    try:
        told = json.loads((root / "volume.json").read_text(encoding="utf-8"))
        if told["format"] != VOLUME_FORMAT:
            raise ValueError(f"format {told['format']}")
        return Volume(root, str(told["id"]), str(told["instance"]), bool(told["demo"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MingjianError(
            "no_volume",
            Text(zh=f"{root} 不是可读的录像卷", en=f"{root} is no readable volume"),
            fault=Fault.ENVIRONMENT,
            remedy=Text(zh="请检查磁盘是否已挂载", en="check that its disk is mounted"),
            detail=repr(error),
        ) from error


def volume_roots(data: Path) -> list[Path]:
    """The volumes of a data folder: volumes/* and those of mingjian.toml, `[storage] volumes = ["/mnt/a", ...]`.

    A path that is named but absent is listed too: its opening says what is wrong.
    """
    roots = sorted(path for path in (data / "volumes").glob("*") if (path / "volume.json").exists())
    settings = data / "mingjian.toml"
    if settings.exists():
        named = tomllib.loads(settings.read_text(encoding="utf-8")).get("storage", {}).get("volumes", [])
        roots += [Path(data, text) for text in named]
    unique = {path.resolve(): path for path in reversed(roots)}
    return list(reversed(unique.values()))
