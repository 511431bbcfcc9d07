"""The next meeting as a file that every calendar opens.

It may be forwarded to the person: it says who talks to whom about which product and when, nothing
else.
"""

from __future__ import annotations

import datetime as dt

from django.utils.crypto import salted_hmac

from core.calendars import Entry, calendar_file
from core.periods import DAY
from stakeholders.models import Placement
from stakeholders.selectors.due import Due

FILE_NAME = "conversation.ics"


def meeting_file(placement: Placement, due: Due, now: dt.datetime, today: dt.date) -> bytes:
    """The next conversation as an all-day event: on the day it is due, today where that is over.

    Downloaded again it is the same event, and so is the next conversation with the same person:
    the UID speaks of the place alone, and only the installation's secret makes it.

    Raises:
        ValueError: no personal contact is owed.
    """
    if due.next_due is None:
        raise ValueError("No personal contact is owed.")
    day = max(due.next_due, today)
    entry = Entry(
        uid=_uid(placement),
        starts=day,
        ends=day + DAY,
        stamp=now,
        summary=f"{placement.product.name}: conversation with {placement.person.name}",
    )
    return calendar_file([entry])


def _uid(placement: Placement) -> str:
    """Without the secret nobody can try out keys or days: with the day of the contact before, a
    forwarded file would tell the interval, and with it the animal.
    """
    # Django keys it with SECRET_KEY; the salt keeps it apart from every other signature.
    digest = salted_hmac("stakeholders.meeting_file.uid", str(placement.pk), algorithm="sha256")
    return f"{digest.hexdigest()[:32]}@homegrown"
