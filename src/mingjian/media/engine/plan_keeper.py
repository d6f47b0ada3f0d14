"""The plan in force: read from plan.json when it changes, kept beside it as the last good one."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from mingjian.files.whole import replace_file
from mingjian.kernel.errors import MingjianError
from mingjian.media.watched_file import WatchedFile
from mingjian.ports.plan import EnginePlan, plan_from_json, plan_to_json

_LOG = logging.getLogger(__name__)


class PlanKeeper:
    """`poll` about twice a second. A broken plan, or one older than that in force, changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = path.with_name("last-good.json")
        self._file: WatchedFile[EnginePlan] = WatchedFile(path, plan_from_json)
        self.plan: EnginePlan | None = None

    def begin(self) -> EnginePlan | None:
        """The plan to start with: plan.json, else the last good one."""
        plan = self.poll()
        if plan is not None or not self._kept.exists() or not self._path.exists():
            return plan
        try:
            self.plan = plan_from_json(json.loads(self._kept.read_bytes()))
            _LOG.error("the plan is unusable: going on with the last good one")
        except (OSError, ValueError, MingjianError) as error:
            _LOG.error("no plan can be used: %r", error)
        return self.plan

    def poll(self) -> EnginePlan | None:
        """A plan that has just come into force, None when nothing changed."""
        plan = self._file.poll()
        if plan is None:
            return None
        if self.plan is not None and plan.version < self.plan.version:
            _LOG.error("plan %d is older than plan %d in force and is ignored", plan.version, self.plan.version)
            return None
        self.plan = plan
        self._keep(plan)
        return plan

    def again(self) -> None:
        """Look at the file at the next poll even if it has not changed."""
        self._file.forget()

    def _keep(self, plan: EnginePlan) -> None:
        try:  # not waited for: this is the event loop, and the plan itself is on the platter
            replace_file(self._kept, json.dumps(plan_to_json(plan), ensure_ascii=False).encode(), 0o600, durable=False)
        except OSError as error:
            _LOG.error("the plan could not be kept: %s", error)
