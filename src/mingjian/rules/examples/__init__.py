"""The example tables, one file a subject."""

from __future__ import annotations

from mingjian.rules.example import Example
from mingjian.rules.examples import (
    builders,
    filing,
    kept,
    looking,
    measures,
    misconduct,
    monitoring,
    ordered_deletion,
    outsourcing,
    penalties,
    places,
    planning,
    prohibited,
    project,
    public_release,
    public_report,
    refusal,
    retention,
    retrieval,
    scope,
    signs_and_obstruction,
)

EXAMPLES: tuple[Example, ...] = (
    *scope.EXAMPLES,
    *planning.EXAMPLES,
    *places.EXAMPLES,
    *builders.EXAMPLES,
    *prohibited.EXAMPLES,
    *project.EXAMPLES,
    *filing.EXAMPLES,
    *signs_and_obstruction.EXAMPLES,
    *retention.EXAMPLES,
    *kept.EXAMPLES,
    *monitoring.EXAMPLES,
    *ordered_deletion.EXAMPLES,
    *retrieval.EXAMPLES,
    *looking.EXAMPLES,
    *measures.EXAMPLES,
    *refusal.EXAMPLES,
    *public_release.EXAMPLES,
    *public_report.EXAMPLES,
    *outsourcing.EXAMPLES,
    *misconduct.EXAMPLES,
    *penalties.EXAMPLES,
)
