"""Times as people and programs write them: ISO 8601 in, always with an offset; UTC with Z out."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def parse_iso_ns(text: str, field: str = "time") -> int:
    """UTC nanoseconds of an ISO 8601 time such as 2026-11-23T20:00:00.250+08:00.

    Digits beyond microseconds are kept to the nanosecond. Raises MingjianError (fault: user) naming `field` when the
    text is not a time or lacks its offset: a time without an offset means a different instant on another machine.
    """
    body, nanos = _split_fraction(text.strip())
    try:
        moment = dt.datetime.fromisoformat(body)
    except ValueError:
        raise _bad_time(text, field) from None
    if moment.tzinfo is None:
        raise _bad_time(text, field)
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000_000 + delta.microseconds * 1000 + nanos


def format_iso_ns(ns: int) -> str:
    """UTC with Z, as short as exact: seconds, or 3, 6 or 9 digits of fraction."""
    seconds, fraction = divmod(ns, 1_000_000_000)
    base = (_EPOCH + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    if fraction == 0:
        return f"{base}Z"
    digits = f"{fraction:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{base}.{digits}Z"


def utc_day(ns: int) -> str:
    """The UTC day of an instant, YYYY-MM-DD."""
    return (_EPOCH + dt.timedelta(seconds=ns // 1_000_000_000)).strftime("%Y-%m-%d")


def _split_fraction(text: str) -> tuple[str, int]:
    """Cut the fraction of a second off and return it as nanoseconds: fromisoformat keeps only six digits."""
    dot = max(text.rfind("."), text.rfind(","))
    if dot < 0:
        return text, 0
    end = dot + 1
    while end < len(text) and text[end].isdigit():
        end += 1
    digits = text[dot + 1 : end]
    if not digits or len(digits) > 9:
        return text, 0
    return text[:dot] + text[end:], int(digits.ljust(9, "0"))


def _bad_time(text: str, field: str) -> MingjianError:
    return MingjianError(
        "bad_time",
        Text(
            zh=f"{field}：“{text[:64]}”不是带时区的 ISO 8601 时间，例如 2026-11-23T20:00:00+08:00",
            en=f"{field}: {text[:64]!r} is not an ISO 8601 time with an offset, such as 2026-11-23T20:00:00+08:00",
        ),
        fault=Fault.USER,
        field=field,
    )
