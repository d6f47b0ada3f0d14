"""Build mingjian-verify.pyz: the evidence checker in one file that needs only Python 3.11 or newer.

    python scripts/build_verifier.py [-o dist/mingjian-verify.pyz]

It is made of the very modules the program itself checks with: what `mingjian.verify.command` imports when no library is
installed. The same sources give the same bytes: members are sorted, stored, and dated 1980-01-01.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
DATA = ("mingjian/verify/evidence_v1.json",)
MAIN = "import sys\n\nfrom mingjian.verify.command import main\n\nsys.exit(main())\n"
_LIST = """
import sys
import mingjian.verify.command
print("\\n".join(m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "mingjian"))
foreign = {n.split(".")[0] for n in sys.modules} - set(sys.stdlib_module_names) - {"mingjian", "__main__"}
sys.exit(f"not of the standard library: {sorted(foreign)}" if foreign else 0)
"""


def modules() -> list[Path]:
    """The files that the checker needs, found by importing it in a Python without site-packages."""
    code = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n{_LIST}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return [Path(line) for line in done.stdout.splitlines()]


def build(output: Path) -> None:
    """Write the file, executable."""
    contents = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in modules()}
    contents |= {name: (SOURCE / name).read_bytes() for name in DATA}
    contents["__main__.py"] = MAIN.encode()
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("wb") as out:
        out.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(contents):
                row = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                row.create_system, row.external_attr = 3, 0o100644 << 16
                archive.writestr(row, contents[name])
    output.chmod(0o755)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("dist/mingjian-verify.pyz"))
    build(parser.parse_args().output)
