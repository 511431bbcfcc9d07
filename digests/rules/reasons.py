"""Why somebody got no mail for a Monday, in words that operators read. Nobody is named in them."""

from __future__ import annotations

import datetime as dt

GONE = "Their record is no longer in use."
DEACTIVATED = "Their account was deactivated."
UNSUBSCRIBED = "They have unsubscribed."
SUPPRESSED = "Nothing is sent to their address any more."
NO_ADDRESS = "Their address can’t take mail."
MUTED = "They have muted every product that they read."
NOT_TOLD = "None of the products that they read is told of."
NOT_DRAFTED = "There was no issue of the products that they read."
NOTHING = "Nothing material happened in the products that they read."

_WEEKS = {1: "every week", 2: "every two weeks", 4: "every four weeks"}


def too_soon(every: int, last: dt.date, week: dt.date) -> str:
    """Why none is due on the Monday `week`; "" where one is.

    Weeks are counted from the Monday of their last mail.
    """
    following = last + dt.timedelta(days=7 * every)
    if week >= following:
        return ""
    chosen = _WEEKS.get(every, f"every {every} weeks")
    return (
        f"They chose a mail {chosen}: the last was for {_day(last)}, "
        f"the next is for {_day(following)}."
    )


def unwritten(trace: str) -> str:
    """Why it failed: what happened stands in the log beside `trace`."""
    return f"It could not be written. Trace {trace}."


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
