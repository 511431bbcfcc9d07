"""What an inbox may be narrowed to, and in which order it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from accounts.models import User
from accounts.selectors import organisation
from core.periods import local_date
from intake.enums import Status
from intake.models import Holiday
from intake.models.requests import LANGUAGE
from intake.querysets import RequestQuerySet
from intake.rules.ageing import AMBER_AFTER, RED_AFTER, Calendar, waiting_since

WAITING = "waiting"
AGES = {"amber": AMBER_AFTER, "red": RED_AFTER}
OPEN = [Status.NEW, Status.UNDERSTOOD, Status.LINKED, Status.DECIDED]
# Here a request waits for the team: nobody has said yet which problem it belongs to.
UNLINKED = [Status.NEW, Status.UNDERSTOOD]


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """As far as the address makes sense; `mine`: looked after by whoever looks."""

    show: str = WAITING
    text: str = ""
    age: str = ""
    source: str = ""
    product: str = ""
    mine: bool = False
    sort: str = "oldest"

    @property
    def is_narrow(self) -> bool:
        """Whether anything beyond the part of the inbox was asked for."""
        return any((self.text, self.age, self.source, self.product, self.mine))


@dataclass(frozen=True, slots=True)
class Clock:
    """What an inbox needs to know of now: the organisation's zone, day and working days."""

    now: dt.datetime
    zone: str
    today: dt.date
    calendar: Calendar


def clock(now: dt.datetime) -> Clock:
    """Now, as the organisation's calendar sees it."""
    zone = organisation().time_zone
    holidays = frozenset(Holiday.objects.values_list("day", flat=True))
    return Clock(now, zone, local_date(now, zone), Calendar(ZoneInfo(zone), holidays))


def shows(today: dt.date) -> dict[str, Q]:
    """What each part of an inbox holds."""
    snoozed = Q(snoozed_until__gt=today)
    here = ~Q(status=Status.CLOSED) & (Q(snoozed_until=None) | Q(snoozed_until__lte=today))
    free = here & Q(needs_info=False)
    return {
        WAITING: free & Q(status__in=UNLINKED),
        "new": free & Q(status=Status.NEW),
        "understood": free & Q(status=Status.UNDERSTOOD),
        "asked": here & Q(needs_info=True),
        "snoozed": ~Q(status=Status.CLOSED) & snoozed,
        "linked": here & Q(status=Status.LINKED),
        "decided": here & Q(status=Status.DECIDED),
        "closed": Q(status=Status.CLOSED),
    }


def narrowed(
    requests: RequestQuerySet, filters: InboxFilters, clock: Clock, user: User
) -> RequestQuerySet:
    """The requests that pass everything but `show`."""
    found = requests
    if filters.product:
        found = found.filter(product__slug=filters.product)
    if filters.source:
        found = found.filter(source=filters.source)
    if filters.mine:
        found = found.filter(assignee=user)
    if filters.age in AGES:
        limit = waiting_since(AGES[filters.age], clock.now, clock.calendar)
        found = found.filter(created_at__lte=limit)
    if filters.text:
        query = SearchQuery(filters.text, config=LANGUAGE, search_type="websearch")
        found = found.filter(Q(search=query) | Q(reference__istartswith=filters.text))
    return found
