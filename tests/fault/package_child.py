"""One data folder with footage, ledger and records of web; a worker is forked, killed at a random moment, and judged.

python -m tests.fault.package_child DATA SEED COUNT
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.recorded import record

from mingjian.app.data_folder import DataFolder
from mingjian.app.evidence_keys import anchor_text
from mingjian.app.web_setup import bring_up_web, migrate
from mingjian.kernel.clock import NS_PER_S, ManualClock, SystemClock
from mingjian.kernel.ids import new_id
from mingjian.verify.command import check_file
from mingjian.verify.package_report import Verdict

CAMERAS = ("gate", "hall", "yard")
SECONDS = 30
AGO_NS = 3600 * NS_PER_S


def fill(root: Path) -> tuple[DataFolder, int, int]:
    """Footage of an hour ago in its store, signed; when it begins and ends (UTC ns)."""
    clock = ManualClock(SystemClock().now_ns() - AGO_NS, 5 * NS_PER_S)
    made = record(root, clock, CAMERAS, SECONDS)
    assert made.store.close()
    (made.folder.root / "anchor.txt").write_text(anchor_text(made.folder, "ed25519"))
    return made.folder, made.from_ns, made.to_ns


class Records:
    """What web holds: one unit, its cameras, a person, and retrievals of a copy that are being executed."""

    def __init__(self, from_ns: int, to_ns: int) -> None:
        from mingjian.web.accounts.actions import create_user
        from mingjian.web.authority.actor import local_person
        from mingjian.web.organisations.models import Division, Organisation
        from mingjian.web.registry.models import Camera

        self._span = from_ns, to_ns
        self.user = create_user(
            local_person("t"),
            name="custodian",
            password="Lantern-Harbour-42",
            role="member",
            must_change_password=False,
        )
        Division.objects.create(id="east", level="district", code="370202", name="东湖区")
        Organisation.objects.create(id="mall", kind="managing_unit", division_id="east", name="商场", created_ns=0)
        for name in CAMERAS:
            Camera.objects.create(
                id=name, name=name, keep_days=30, planned_from_ns=0, organisation_id="mall", division_id="east",
                created_ns=0,
            )  # fmt: skip

    def want(self) -> Any:
        """A retrieval that is executed, and its package wanted."""
        from mingjian.web.retrievals.models import Retrieval, RetrievalExtent, RetrievalPackage

        now_ns = SystemClock().now_ns()
        row = Retrieval.objects.create(
            id=new_id(now_ns), way="public_security", state="executed", organisation_id="mall", holder_id="mall",
            division_id="east", requester=self.user, requester_name="t", purpose="侦办案件", form="copy",
            created_ns=now_ns, expires_ns=now_ns + 10**15,
        )  # fmt: skip
        for name in CAMERAS:
            RetrievalExtent.objects.create(
                retrieval=row, camera_id=name, from_ns=self._span[0], to_ns=self._span[1], granted=True
            )
        return RetrievalPackage.objects.create(
            id=new_id(now_ns), retrieval=row, wanted_by=self.user, wanted_by_name="t", wanted_ns=now_ns, retry_ns=now_ns
        )


def work_until_killed(after_s: float | None) -> tuple[bool, float]:
    """A worker in a process of its own; whether it came to its end, and how long it ran."""
    from django.db import connections

    connections.close_all()
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            from mingjian.web.retrievals.packaging import PACKAGES

            PACKAGES.adopt()
            while PACKAGES.make_next():
                pass
            status = 0
        finally:
            os._exit(status)
    if after_s is not None:
        time.sleep(after_s)  # the random moment itself
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    ended = os.WIFEXITED(status)
    assert not ended or os.WEXITSTATUS(status) == 0
    return ended, time.monotonic() - began


def judge(folder: DataFolder) -> str:
    """Whatever has a name is whole; a ready row has its file with its digest; each access was opened and ended once."""
    from mingjian.ledger.leaf import AccessEnd, AccessOpening, decode
    from mingjian.web.ledger.models import PendingLeaf
    from mingjian.web.retrievals.models import RetrievalPackage

    row = RetrievalPackage.objects.order_by("-wanted_ns", "-pk")[0]
    evidence = folder.root / "evidence"
    files = {path.stem: path for path in evidence.iterdir()} if evidence.exists() else {}
    for path in files.values():
        assert check_file(path, [folder.root / "anchor.txt"]).verdict is Verdict.PASS, path
    assert row.state in ("wanted", "making", "ready"), (row.state, row.problem_zh)
    if row.state == "ready":
        assert hashlib.sha256(files[row.pk].read_bytes()).hexdigest() == row.sha256
        assert row.retrieval.handed[0]["digest"] == row.sha256
    leaves = [decode(bytes(one.data)) for one in PendingLeaf.objects.all()]
    opened = [leaf.access for leaf in leaves if isinstance(leaf, AccessOpening) and leaf.access.startswith(row.pk)]
    ended = [leaf.access for leaf in leaves if isinstance(leaf, AccessEnd) and leaf.access.startswith(row.pk)]
    assert len(opened) == len(set(opened))
    assert len(ended) == len(set(ended))
    assert not files.get(row.pk) or len(opened) == len(CAMERAS), "footage left before its leaves were there"
    assert row.state != "ready" or sorted(opened) == sorted(ended)
    return str(row.state)


def main() -> int:
    root, seed, count = Path(sys.argv[1]) / "data", int(sys.argv[2]), int(sys.argv[3])
    folder, from_ns, to_ns = fill(root)
    bring_up_web(folder)
    migrate()
    records, chance = Records(from_ns, to_ns), random.Random(seed)
    records.want()
    ended, whole_s = work_until_killed(None)
    assert ended
    assert judge(folder) == "ready"
    figures = {"package_kills": 0, "killed_while_making": 0, "packages": 1}
    wanted = None
    while figures["package_kills"] < count:
        wanted = records.want() if wanted is None else wanted
        ended, _ = work_until_killed(chance.uniform(0, 1.2 * whole_s))
        state = judge(folder)
        figures["package_kills"] += not ended
        figures["killed_while_making"] += state == "making"
        if state == "ready":
            figures["packages"] += 1
            (folder.root / "evidence" / f"{wanted.pk}.zip").unlink()  # so that the disk holds many
            type(wanted).objects.filter(pk=wanted.pk).update(state="cancelled")
            wanted = None
    if wanted is not None:
        assert work_until_killed(None)[0]
        assert judge(folder) == "ready"
        assert {path.stem for path in (folder.root / "evidence").iterdir()} >= {wanted.pk}
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
