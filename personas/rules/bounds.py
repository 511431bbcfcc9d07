"""What numbers and days people and files may give."""

from __future__ import annotations

import datetime as dt

FIRST_DAY = dt.date(2000, 1, 1)
DAYS_AHEAD = dt.timedelta(days=731)
"""How far ahead a head-count may begin."""
MOST_PEOPLE = 10_000_000
MOST_MINUTES = 10_000
MOST_TIMES = 10_000
