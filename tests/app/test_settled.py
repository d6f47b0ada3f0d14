"""A process that has loaded sets aside what stays: told by the collector itself, in a process of its own."""

import subprocess
import sys


def test_what_is_loaded_is_looked_through_no_more() -> None:
    script = (
        "import gc, django.db.models, mingjian.app.settled as settled\n"
        "settled.settle(settled.YOUNG)\n"
        "print(gc.get_freeze_count(), len(gc.get_objects()), gc.get_threshold()[0])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    frozen, looked_through, young = map(int, told.stdout.split())
    assert frozen > 20_000
    assert looked_through < frozen // 20
    assert young == 5_000
