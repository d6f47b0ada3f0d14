"""What the law says of a proof (qd204 19(6), 19(7), 20(3); sc799 15.1, 17)."""

from __future__ import annotations

import datetime as dt

from mingjian.rules import kept, misconduct
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.kept import ProvedFacts, StoredQuality, default_profile
from mingjian.rules.kept import QualityProfile as AskedQuality
from mingjian.rules.law import Law
from mingjian.web.authority.applying import applying
from mingjian.web.registry.keeping import Governed, judge_setting_of
from mingjian.web.retention.models import ProvedDay, QualityProfile
from mingjian.web.retention.names import JUDGED

judge_kept = applying(kept.judge_kept, by=JUDGED)
judge_original = applying(kept.judge_original, by=JUDGED)
judge_deed = applying(misconduct.judge_deed, by=JUDGED)
judge_stored_quality = applying(kept.judge_stored_quality, by=JUDGED)

BROKEN = frozenset({Verdict.FAIL, Verdict.BLOCKED})


def judged(
    law: Law, row: ProvedDay, keep_days: int, profile: QualityProfile | None, governed: Governed
) -> dict[str, Judgement]:
    """By subject: kept, original, quality, floor. As of the day after the window, on which the certificate was due."""
    day = dt.date.fromisoformat(row.day)
    on = day + dt.timedelta(days=1)
    facts = ProvedFacts(
        day,
        dt.date.fromisoformat(row.deleted_until) if row.deleted_until else None,
        row.decodes,
        row.altered,
        row.missing,
    )
    asked = default_profile(law)
    if profile is not None:
        asked = AskedQuality(profile.height, profile.fps_milli, profile.bitrate_bps, profile.basis)
    return {
        "kept": judge_kept(law, facts, governed.kinds, governed.listed, on),
        "original": judge_original(law, facts, governed.listed, on),
        "quality": judge_stored_quality(law, measured(row), asked, on),
        "floor": judge_setting_of(law, keep_days, governed, on),
    }


def measured(row: ProvedDay) -> StoredQuality | None:
    """The measures; None when there was nothing to measure. Footage that does not decode has no quality at all."""
    if row.height is None or row.fps_milli is None or row.bitrate_bps is None:
        return None
    return StoredQuality(0, 0, 0) if row.decodes is False else StoredQuality(row.height, row.fps_milli, row.bitrate_bps)


def found(judgements: dict[str, Judgement]) -> list[str]:
    """The subjects on which the law is broken."""
    return [name for name, judgement in judgements.items() if judgement.verdict in BROKEN]
