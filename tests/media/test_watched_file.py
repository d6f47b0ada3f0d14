"""A watched file keeps its last good value for who goes on with it, and says when there is none for who must not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mingjian.media.watched_file import WatchedFile


def write(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


def test_absent_broken_and_unchanged_are_told_apart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, aside = tmp_path / "plan.json", tmp_path / "aside"
    file: WatchedFile[int] = WatchedFile(path, lambda told: int(told["n"]), "nothing is shown")
    assert (file.poll(), file.usable) == (None, False)
    assert not caplog.records, "it has never been there"
    write(path, '{"n": 1}')
    assert (file.poll(), file.usable) == (1, True)
    assert (file.poll(), file.usable) == (None, True)
    path.rename(aside)
    assert (file.poll(), file.usable) == (None, False)
    aside.rename(path)  # the same file as before
    assert (file.poll(), file.usable) == (None, True)
    for broken in ("{", '{"m": 1}', '{"n": []}'):
        write(path, broken)
        caplog.clear()
        for _ in range(3):
            assert (file.poll(), file.usable) == (None, False)
        assert [
            record.message.startswith("plan.json cannot be used, nothing is shown") for record in caplog.records
        ] == [True], "told once"
    path.unlink()
    path.mkdir()  # it is there, and nothing can be read
    assert (file.poll(), file.usable) == (None, False)
    path.rmdir()
    write(path, json.dumps({"n": 2}))
    assert (file.poll(), file.usable) == (2, True)
    file.forget()
    assert (file.poll(), file.usable) == (2, True)
    os.utime(path, ns=(0, 0))
    assert file.poll() == 2
