"""Every process knows every audit name and hears every signal once Django is up: no URL has to be loaded first."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import mingjian.web

_CALL = re.compile(r'register\(\s*"([a-z_.]+)"')
_ROOT = Path(mingjian.web.__file__).parent
_CODE = """
import json, django
django.setup()
from mingjian.web.accounts.signals import account_closed, signed_out
from mingjian.web.audit.names import all_names
from mingjian.web.registry.signals import camera_closed
print(json.dumps([[len(s.receivers) for s in (account_closed, signed_out, camera_closed)], list(all_names())]))
"""


def test_names_and_receivers_without_any_url_loaded() -> None:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT.parents[1])}
    run = subprocess.run([sys.executable, "-c", _CODE], env=environment, capture_output=True, text=True, check=True)
    receivers, names = json.loads(run.stdout)
    written = {name for path in _ROOT.rglob("*.py") for name in _CALL.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 20
    assert written == set(names)
    assert receivers == [2, 1, 1]
