"""The engine's log as `app` wires it: where it lies, what it is called, which key signs."""

from __future__ import annotations

import logging

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import (
    DIGEST_OF_SUITE,
    CurrentSigner,
    ensure_key,
    finish_rotation,
    ledger_folder,
    origin_of,
)
from mingjian.app.settings import Settings
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.custody.engine_log import EngineLog
from mingjian.ports.retention import proofs_folder

_LOG = logging.getLogger(__name__)


def engine_log(folder: DataFolder, settings: Settings, clock: Clock) -> EngineLog:
    """The log, not started. A key that cannot be made or used is the log's alarm and never keeps the engine from recording."""
    try:
        finish_rotation(folder)
        ensure_key(folder, settings.ledger.suite)
    except (OSError, MingjianError) as error:
        _LOG.error("the ledger's key cannot be prepared: %s", error)
    origin = origin_of(folder.identity().instance, "engine")
    digest = DIGEST_OF_SUITE[settings.ledger.suite]
    return EngineLog(
        ledger_folder(folder) / "engine", origin, digest, clock, CurrentSigner(folder),
        proofs=proofs_folder(folder.root),
    )  # fmt: skip
