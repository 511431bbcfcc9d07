"""Whether somebody still wants to see the first steps."""

from __future__ import annotations

import datetime as dt

from accounts.models import User


def put_start_away(*, is_away: bool, by: User, now: dt.datetime) -> None:
    """Take the first steps off one's own board, or put them back; twice is once."""
    User.objects.filter(pk=by.pk).exclude(start_put_away=is_away).update(start_put_away=is_away)
    by.start_put_away = is_away
