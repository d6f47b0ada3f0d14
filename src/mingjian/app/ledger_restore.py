"""A restore that is declared: a leaf in both logs says who put back which backup, and why."""

from __future__ import annotations

import getpass

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import DIGEST_OF_SUITE, ledger_folder, origin_of
from mingjian.app.settings import load_settings
from mingjian.app.web_setup import bring_up_web, migrate
from mingjian.kernel.clock import Clock
from mingjian.ledger.leaf import Restore
from mingjian.media.custody.engine_log import append_declared


def declare_restore(folder: DataFolder, made_ns: int, reason: str, clock: Clock) -> None:
    """Add the leaves; the system must not run. Raises MingjianError `leaf_bad_field` for an empty reason."""
    identity = folder.identity()
    leaf = Restore(at_ns=clock.now_ns(), backup_at_ns=made_ns, person=getpass.getuser(), reason=reason)
    digest = DIGEST_OF_SUITE[load_settings(folder, demo=identity.demo).ledger.suite]
    append_declared(ledger_folder(folder) / "engine", origin_of(identity.instance, "engine"), digest, clock, leaf)
    bring_up_web(folder)
    migrate()
    from mingjian.web.ledger.actions import append_leaf, begin

    begin(digest)
    append_leaf(leaf)
