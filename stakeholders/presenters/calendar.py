"""The next meeting as a file that every calendar opens.

It may be forwarded to the person: it says who talks to whom about which product and when, nothing
else.
"""

from __future__ import annotations

import datetime as dt
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from core.context import PRODUCT_NAME
from core.periods import DAY
from stakeholders.models import Placement
from stakeholders.selectors.due import Due

TYPE = "text/calendar; charset=utf-8"
FILE_NAME = "conversation.ics"


def meeting_file(placement: Placement, due: Due, now: dt.datetime, today: dt.date) -> bytes:
    """The next conversation as an all-day event: on the day it is due, today where that is over.

    Downloaded again it is the same event (one UID) until the conversation took place.

    Raises:
        ValueError: no personal contact is owed.
    """
    if due.next_due is None:
        raise ValueError("No personal contact is owed.")
    day = max(due.next_due, today)
    event = Event()
    # Of the contact before, but so that it can't be read back.
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'homegrown:{placement.pk}:{due.since}')}@homegrown")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + DAY)
    event.add("summary", f"{placement.product.name}: conversation with {placement.person.name}")
    event.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", f"-//{PRODUCT_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
