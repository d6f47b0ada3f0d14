"""The daily retention proof as a duty of the worker: a thread of its own, at the lowest priority, with a bounded share.

It begins a few minutes after midnight in China, or as soon as the worker runs, and goes on where a death broke it off.
What failed is tried again after a pause.
"""

from __future__ import annotations

import logging
import os
import threading

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import CurrentSigner
from mingjian.app.settings import RETENTION_FLOOR_DAYS, Settings
from mingjian.kernel.clock import DAY_NS, NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.retention.daily import SHARE, run_pass
from mingjian.media.retention.prover import ProofRule
from mingjian.ports.retention import proofs_folder

_LOG = logging.getLogger(__name__)

AFTER_MIDNIGHT_NS = 300 * NS_PER_S
"""What was recorded before midnight is on disk by then, and gaps are explained."""
EVERY_NS = 600 * NS_PER_S
_IDLE_PRIORITY = 19


def rule_of(folder: DataFolder) -> ProofRule:
    """The figures of a data folder: a demo keeps less than the law's days, and owes what was ordered."""
    identity = folder.identity()
    return ProofRule(identity.instance, 1 if identity.demo else RETENTION_FLOOR_DAYS)


class RetentionProver:
    """Call `step` about once a second, `close` at the end."""

    def __init__(self, folder: DataFolder, settings: Settings, clock: Clock) -> None:
        self._folder = folder
        self._roots = settings.volumes
        self._clock = clock
        self._rule = rule_of(folder)
        self._signer = CurrentSigner(folder)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._due_ns = clock.mono_ns()

    def step(self) -> None:
        """Begin a pass when one is due; returns at once."""
        running = self._thread is not None and self._thread.is_alive()
        of_day_ns = (self._clock.now_ns() + self._rule.day_offset_s * NS_PER_S) % DAY_NS
        if running or self._clock.mono_ns() < self._due_ns or of_day_ns < AFTER_MIDNIGHT_NS:
            return
        self._due_ns = self._clock.mono_ns() + EVERY_NS
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Break off behind the camera under proof. False when that took too long (a daemon thread: it ends with us)."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _IDLE_PRIORITY)  # Linux: of this thread alone
        try:
            done = run_pass(
                self._roots, proofs_folder(self._folder.root), self._rule, self._clock, self._signer,
                share=SHARE, stop=self._stop.is_set, sleep=self._rest,
            )  # fmt: skip
        except (MingjianError, OSError) as error:
            _LOG.error("the retention proof did not run: %s", error)
            return
        if done.made or done.problems:
            told = {"made": done.made, "met": done.met, "left": done.left, "problems": len(done.problems)}
            _LOG.info("retention proved", extra={"data": told})

    def _rest(self, seconds: float) -> None:
        self._stop.wait(seconds)
