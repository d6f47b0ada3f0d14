"""The days the examples speak of."""

from __future__ import annotations

import datetime as dt

OLD_TEXT = dt.date(2020, 8, 22)  # the last day of the municipal text that is not held
MUNICIPAL_ONLY = dt.date(2021, 6, 1)  # before the national regulation
LAST_MUNICIPAL_ONLY = dt.date(2025, 3, 31)
FIRST_BOTH = dt.date(2025, 4, 1)
BOTH = dt.date(2025, 6, 2)
