"""Rows that turn a camera in use (qd204 20(1)): each needs an approved change of use, as a single change does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import Outcome
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import cited_reason
from mingjian.web.exchange.camera_drafts import file_of
from mingjian.web.exchange.columns import Problem
from mingjian.web.exchange.kinds import Finding
from mingjian.web.exchange.models import ImportRow
from mingjian.web.registry.archive.aiming import approval_of, give_approval_back, require_approval, turned
from mingjian.web.registry.archive.names import FILE_CHANGED
from mingjian.web.registry.models import Camera

MOST_ENTRIES = 50
"""Of one file: denied entries for rows that turn a camera without approval. The preview tells of every row."""

REMEDY = Text(
    "先在“值守管理”的“用途变更”中申请调整朝向，由本单位另一负责人批准后再导入；每次批准只能用一次",
    "ask for re-aiming among the changes of use and have another person in charge approve it first; each approval is"
    " used once",
)


class Turning:
    """Of one file."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._denied = 0

    def look(self, finding: Finding, camera: Camera) -> None:
        """Note a problem at the field that would turn the camera, when nobody has approved that."""
        fields = turned(camera.standing, vars(camera), finding.values)
        if not fields:
            return
        for said in approval_of(self._actor, camera):
            if said.verdict is not Verdict.PASS:
                finding.row.problems.append(Problem(fields[0], cited_reason(said), REMEDY))
                self._deny(camera, said)

    def take(self, camera: Camera, values: Mapping[str, Any]) -> list[Judgement]:
        """Use the approval up, in the transaction of the change. Raises RuledOut `change_needed`."""
        return require_approval(self._actor, camera) if turned(camera.standing, vars(camera), values) else []

    def give_back(self, camera: Camera, row: ImportRow) -> None:
        """The import whose `row` turned it is taken back: the approval that it used can be used again."""
        archive = file_of(camera)
        if turned(camera.standing, row.before or {}, row.values) and archive.moved_ns is not None:
            give_approval_back(camera, archive.moved_ns)

    def _deny(self, camera: Camera, said: Judgement) -> None:
        """What a single change leaves when it is refused."""
        if self._denied >= MOST_ENTRIES:
            return
        self._denied += 1
        with transaction.atomic():
            record(
                self._actor, FILE_CHANGED, kind="camera", object_id=camera.id, name=camera.name, judgements=[said],
                reason=said.reason.zh, outcome=Outcome.DENIED,
            )  # fmt: skip
