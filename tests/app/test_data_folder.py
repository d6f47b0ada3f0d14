from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.running import RunLock, supervisor_pid
from mingjian.app.settings import load_settings
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import MingjianError

CLOCK = ManualClock(1_795_435_200_000_000_000)


def test_init_makes_a_folder_that_knows_itself(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=True, clock=CLOCK)
    identity = folder.identity()
    assert identity.demo
    assert identity.created_ns == CLOCK.now_ns()
    assert stat.S_IMODE(folder.keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder.keys / "secret.key").stat().st_mode) == 0o600
    assert folder.first_volume.is_dir()


def test_init_never_touches_what_is_there(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=CLOCK)
    before = folder.secret_key()
    for root, code in ((folder.root, "already_initialised"), (folder.keys, "folder_not_empty")):
        with pytest.raises(MingjianError) as caught:
            init_data_folder(root, demo=True, clock=CLOCK)
        assert caught.value.code == code
    assert folder.secret_key() == before


def test_the_demo_mark_cannot_be_set_by_editing_the_file(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=CLOCK)
    text = json.loads(folder.identity_file.read_text())
    text["identity"]["demo"] = True
    folder.identity_file.chmod(0o644)
    folder.identity_file.write_text(json.dumps(text))
    with pytest.raises(MingjianError) as caught:
        folder.identity()
    assert caught.value.code == "identity_altered"


def test_a_folder_without_identity_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as caught:
        DataFolder(tmp_path).identity()
    assert "mingjian init" in caught.value.say("zh")


def test_settings_have_defaults_and_a_floor(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=CLOCK)
    assert load_settings(folder, demo=False).keep_days == 30
    folder.settings_file.write_text("[storage]\nkeep_days = 7\n")
    with pytest.raises(MingjianError) as caught:
        load_settings(folder, demo=False)
    assert caught.value.field == "storage.keep_days"
    assert "第十九条第七项" in caught.value.say("zh")
    assert load_settings(folder, demo=True).keep_days == 7


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[storage]\nkeep_dayz = 30\n", "storage.keep_dayz"),
        ("[storage]\nkeep_days = '30'\n", "storage.keep_days"),
        ("[web]\nlock_after_s = 301\n", "web.lock_after_s"),
        ("[storage]\nkeep_days = true\n", "storage.keep_days"),
        ("[storage]\ndigest = 'md5'\n", "storage.digest"),
        ("[disk]\n", "disk"),
        ("[storage]\nvolumes = [1]\n", "storage.volumes"),
        ("[storage\n", "mingjian.toml"),
        ("[sources]\npush_port = -1\n", "sources.push_port"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, field: str) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=CLOCK)
    folder.settings_file.write_text(text)
    with pytest.raises(MingjianError) as caught:
        load_settings(folder, demo=False)
    assert caught.value.field == field


def test_only_one_supervisor_runs_on_a_folder(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=CLOCK)
    assert supervisor_pid(folder) is None
    with RunLock(folder):
        assert supervisor_pid(folder) is not None
        with pytest.raises(MingjianError) as caught, RunLock(folder):
            raise AssertionError("a second lock was given")
        assert caught.value.code == "already_running"
    assert supervisor_pid(folder) is None
