"""Whole or not at all: killed at every step, refused at every step, and in the order that a power loss asks for."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mingjian.files.whole import create_file, replace_file

OLD, NEW = b"old " * 5000, b"new " * 7000
STEPS = ("open", "write", "fsync", "rename", "fsync")
"""What `replace_file` asks of the system that can change anything, in its order; the last is the folder's."""
KILLED = """
import os, signal, sys
from pathlib import Path
from mingjian.files import whole
at, path, count = int(sys.argv[1]), Path(sys.argv[2]), 0
def deadly(real):
    def call(*arguments, **options):
        global count
        if count == at:
            if real is write:
                write(arguments[0], bytes(arguments[1])[:999])
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        return real(*arguments, **options)
    return call
write = os.write
for name in ("open", "write", "fsync", "rename"):
    setattr(whole.os, name, deadly(getattr(os, name)))
whole.replace_file(path, b"new " * 7000)
"""


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_kill_at_any_step_leaves_the_old_or_the_new_file_whole(tmp_path: Path, step: int) -> None:
    path = tmp_path / "plan.json"
    replace_file(path, OLD)
    done = subprocess.run([sys.executable, "-c", KILLED, str(step), str(path)], env={**os.environ, "PYTHONPATH": "src"})
    assert done.returncode == -9
    assert path.read_bytes() == (NEW if STEPS[step - 1] == "rename" else OLD)
    replace_file(path, NEW)
    assert path.read_bytes() == NEW


def test_the_kernel_sees_the_file_synced_before_its_name_and_the_folder_after(tmp_path: Path) -> None:
    """Judged by strace: what a power loss may take depends on nothing but this order."""
    told = tmp_path / "trace"
    script = "import sys; from pathlib import Path; from mingjian.files.whole import replace_file, create_file; "
    script += "f = Path(sys.argv[1]); create_file(f / 'a.key', b'k', 0o600); replace_file(f / 'b.json', b'{}')"
    folder = tmp_path / "data"
    folder.mkdir()
    calls = "trace=openat,write,fsync,fdatasync,rename,renameat,renameat2,link,linkat"
    command = ["strace", "-f", "-y", "-e", calls, "-o", str(told), sys.executable, "-c", script, str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": "src"})
    lines = [line.split(maxsplit=1)[1] for line in told.read_text().splitlines() if str(folder) in line]
    seen = [(line.partition("(")[0], f"<{folder}>" in line) for line in lines if not line.startswith("openat")]
    names = [("link" if name.startswith("link") else name.rstrip("2").removesuffix("at"), on) for name, on in seen]
    assert names == [
        ("write", False), ("fsync", False), ("link", False), ("fsync", True),
        ("write", False), ("fsync", False), ("rename", False), ("fsync", True),
    ]  # fmt: skip
    assert "O_CREAT|O_EXCL|O_CLOEXEC, 0600" in lines[0]  # a secret is nobody else's from its first instant


@pytest.mark.parametrize("step", sorted(set(STEPS)))
def test_a_refusal_at_any_step_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "plan.json"
    replace_file(path, OLD)

    def refuse(*arguments: object, **options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, NEW)
    monkeypatch.undo()
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_the_mode_is_the_one_asked_for_even_over_an_unwritable_file(tmp_path: Path) -> None:
    path = tmp_path / "volume.json"
    for mode in (0o444, 0o600, 0o640):
        replace_file(path, b"{}", mode)
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_name_that_is_taken_is_never_taken_over(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "ledger.key", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        create_file(path, b"key", 0o600)
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    create_file(path, b"key", 0o600)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode), path.stat().st_nlink) == (b"key", 0o600, 1)
