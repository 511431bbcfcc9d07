"""A whole week by hand, for operators: written for good, or only to look at."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.selectors import organisation
from core.locks import retry_on_deadlock
from digests.enums import DeliveryState
from digests.models import DigestDelivery
from digests.rules.weeks import Week
from digests.selectors.due import Due, database_now, known_zone, zones_in_use
from digests.services.drafting import TooEarly, draft_issues
from digests.services.planning import insert_planned
from digests.services.writing import BATCH, write_alone_if_need_be, write_due
from stakeholders.models import Person


def send_week(*, week: Week, now: dt.datetime | None = None) -> Counter[str]:
    """Plan and write what is due of a week, after drafting what it lacks; how many mails there are
    by what became of them. Twice is once, and nobody gets theirs before 09:00.

    Raises:
        TooEarly: the Friday of the week has not come.
    """
    now = now or database_now()
    draft_issues(week=week, now=now)
    with transaction.atomic():
        zone = organisation().time_zone
        insert_planned([due for due in _dues(week, zone) if due.due_at <= now], now, zone)
    while write_due(now=now) >= BATCH:
        pass
    return states_of(week)


def look_at_week(*, week: Week, now: dt.datetime | None = None) -> Iterator[tuple[int, bytes]]:
    """Every mail of the week as bytes, each with the key of its reader; nothing of it is kept.

    Everybody's, whether it is nine there or not; those that were written are as they were. So many
    people at a time, and what they needed is undone before their mails are handed out: whoever
    takes their time over them keeps nobody from writing the real ones.

    Raises:
        TooEarly: the Friday of the week has not come.
    """
    now = now or database_now()
    zone = organisation().time_zone
    if now < week.draft_at(zone):
        raise TooEarly
    dues = _dues(week, zone)
    last = 0
    while people := _next_people(last):
        yield from _look(week, dues, zone, people, now)
        last = people[-1]


def _next_people(after: int) -> list[int]:
    """The next so many keys of people; those who read nothing are among them."""
    rows = Person.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


@retry_on_deadlock
@transaction.atomic
def _look(
    week: Week, dues: Sequence[Due], zone: str, people: Sequence[int], now: dt.datetime
) -> list[tuple[int, bytes]]:
    """The mails of these people; whatever it takes to write them is undone."""
    draft_issues(week=week, now=now)
    insert_planned(dues, now, zone, people)
    rows = _of(week).filter(person__in=people)
    write_alone_if_need_be(list(rows.filter(state=DeliveryState.PLANNED)), now)
    mails = rows.exclude(mail=None).values_list("person_id", "mail__raw")
    found = [(person_id, bytes(raw)) for person_id, raw in mails]
    transaction.set_rollback(True)
    return found


def states_of(week: Week) -> Counter[str]:
    """How many deliveries of a week are in each state; one that is written in that of its mail."""
    rows = _of(week).order_by().values_list("state", "mail__state")
    return Counter(mail or state for state, mail in rows)


def _of(week: Week) -> QuerySet[DigestDelivery]:
    return DigestDelivery.objects.filter(week=week.monday).order_by(F("due_at"), "pk")


def _dues(week: Week, default: str) -> list[Due]:
    zones = {stored: known_zone(stored) for stored in zones_in_use(default)}
    return [
        Due(stored, zone.key, week.monday, week.local_due(zone)) for stored, zone in zones.items()
    ]
