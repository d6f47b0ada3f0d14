"""What actions of the register check alike: text, dates from and to, positions, organisations within reach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.dates import check_date
from mingjian.web.geography.datum import Position, read_position
from mingjian.web.http.problem import refused
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.judging import today

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Dated(Protocol):
    """What holds from `since_date` on, and on `until_date` no longer."""

    since_date: str
    until_date: str


def clean(text: str, field: str, shortest: int, longest: int) -> str:
    """Trimmed and within its bounds, without control characters. Raises MingjianError `invalid`."""
    text = text.strip()
    if not shortest <= len(text) <= longest or _CONTROL.search(text):
        raise MingjianError(
            "invalid",
            Text(
                zh=f"应为 {shortest} 到 {longest} 个字符，不含控制字符",
                en=f"{field} has {shortest} to {longest} characters and no control characters",
            ),
            fault=Fault.USER,
            field=field,
        )
    return text


def span(since: str, until: str) -> tuple[str, str]:
    """Two dates of the register, the second not before the first. Raises MingjianError `invalid`."""
    check_date(since, "since_date")
    check_date(until, "until_date")
    if since and until and until < since[: len(until)]:
        raise refused("until_date", "结束日期早于开始日期", "it ends before it begins")
    return since, until


def past_day(text: str, field: str) -> str:
    """A day that has come: the register says what is, not what is meant to be. Raises MingjianError `invalid`."""
    day = check_date(text, field, exact=True)
    if day > today().isoformat():
        raise refused(field, "日期不得晚于今天", "the day has not come yet")
    return day


def span_or_since_today(values: Mapping[str, Any]) -> tuple[str, str]:
    """`since_date` (default today) and `until_date` ("": it lasts), both exact and not to come. Raises as past_day."""
    since = past_day(values.get("since_date") or today().isoformat(), "since_date")
    until = values.get("until_date", "")
    return span(since, past_day(until, "until_date") if until else "")


def overlap(row: Dated, since: str, until: str) -> bool:
    """Whether a dated row and a span have a day in common; neither has the day of its own end, "" has none."""
    return row.since_date < (until or "9999") and since < (row.until_date or "9999")


def division_of(division_id: str, field: str = "division") -> Division:
    """The division. Raises MingjianError `invalid`."""
    row = Division.objects.filter(pk=division_id).first()
    if row is None:
        raise refused(field, "没有这个行政区划", "there is no such division")
    return row


def organisation_of(organisation_id: str, field: str = "organisation") -> Organisation:
    """The organisation. Raises MingjianError `invalid`."""
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise refused(field, "没有这个单位", "there is no such organisation")
    return row


def placed(position: Mapping[str, Any] | None, field: str = "position") -> dict[str, Any]:
    """`lon_e7`, `lat_e7` and `given` of {datum, lon, lat} as it came; None for nothing given: no position."""
    if position is None:
        return {"lon_e7": None, "lat_e7": None, "given": None}
    found: Position = read_position(position["datum"], position["lon"], position["lat"], field)
    given = {key: str(position[key]).strip() for key in ("datum", "lon", "lat")}
    return {"lon_e7": found.lon_e7, "lat_e7": found.lat_e7, "given": given}
