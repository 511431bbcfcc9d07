"""Office hours of the demo company: two series, days off, and what was said lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.selectors import organisation
from core.periods import DAY, local_date
from intake.enums import BookingState, SessionState
from intake.models import Booking, Holiday, Series, Session, SessionNote
from intake.services.holidays import add_holidays
from intake.services.series import create_series
from intake.services.sessions import create_session
from intake.services.slots import Timing
from portfolio.models import Product

DAYS_OFF = ((12, 25, "Christmas Day"), (12, 26, "Boxing Day"), (1, 1, "New Year’s Day"))
WEEKS_BACK = 3


@dataclass(frozen=True, slots=True)
class _Series:
    """A weekly pattern of the demo."""

    product: str
    host: str
    weekday: int
    at: dt.time
    place: str
    about: str


SERIES = (
    _Series(
        "shift-planner",
        "dana",
        3,
        dt.time(14, 0),
        "Room Lighthouse, 2nd floor",
        "Bring a roster that did not work out, and what you did instead.",
    ),
    _Series(
        "price-desk",
        "mei",
        1,
        dt.time(10, 0),
        "By the printers, ground floor",
        "Prices that do not arrive, labels that do not fit, anything between the two.",
    ),
)
# Who came to the past sessions, in which week back, and what was said.
VISITS = (
    ("eva", 1, "She prints the roster twice because swaps do not show until Monday."),
    ("amara", 1, ""),
    ("lucas", 2, ""),
)
COMING = ("eva", "amara")


def seed(now: dt.datetime) -> None:
    """Announces the series; does nothing where they stand already."""
    if Series.objects.filter(is_demo=True).exists():
        return
    _add_days_off(now)
    for plan in SERIES:
        product = Product.objects.filter(is_demo=True, slug=plan.product).first()
        if product is not None:
            _announce(plan, product, now)


def _add_days_off(now: dt.datetime) -> None:
    years = (now.year, now.year + 1)
    days = {dt.date(year, month, day): name for year in years for month, day, name in DAYS_OFF}
    add_holidays(days=days, by=None, now=now, is_demo=True)


def _announce(plan: _Series, product: Product, now: dt.datetime) -> None:
    day = local_date(now, organisation().time_zone)
    host = _person(plan.host)
    offering = {
        "title": "Office hours",
        "host": host,
        "place": plan.place,
        "link": "",
        "about": plan.about,
        "time_zone": organisation().time_zone,
        "slot_minutes": 20,
        "capacity": 1,
        "deadline_hours": 2,
    }
    pattern = {
        "weekdays": [plan.weekday],
        "starts_at": plan.at,
        "slots": 3,
        "every_weeks": 1,
        "first_day": day,
        "last_day": None,
    }
    series = create_series(
        product=product, fields={**offering, **pattern}, by=None, now=now, is_demo=True
    )
    _fill_next(series, now)
    newest = day - DAY * ((day.weekday() - plan.weekday) % 7 or 7)
    for back in range(1, WEEKS_BACK + 1):
        timing = Timing(newest - DAY * 7 * (back - 1), plan.at, 3)
        session = create_session(
            product=product, fields=offering, timing=timing, by=None, now=now, is_demo=True
        )
        _remember(session, back, host)


def _fill_next(series: Series, now: dt.datetime) -> None:
    """Some have a place in the next session, without a mail that nobody would read."""
    session = series.sessions.filter(starts_at__gt=now).earliest("starts_at")
    for slot, key in zip(session.slots.all(), COMING, strict=False):
        _book(session, slot, key, BookingState.BOOKED, now)


def _remember(session: Session, back: int, host: User | None) -> None:
    """Who came, what was said; the latest session is still to be closed."""
    visits = [visit for visit in VISITS if visit[1] == back]
    for slot, (key, _, said) in zip(session.slots.all(), visits, strict=False):
        booking = _book(session, slot, key, BookingState.ATTENDED, session.starts_at)
        if said:
            SessionNote.objects.create(
                session=session, booking=booking, text=said, by=host, created_at=slot.ends_at
            )
    if back > 1:
        Session.objects.filter(pk=session.pk).update(
            state=SessionState.CLOSED, closed_at=session.ends_at
        )


def _book(
    session: Session, slot: Any, key: str, state: BookingState, now: dt.datetime
) -> Booking | None:
    person = _person(key)
    if person is None:
        return None
    booking: Booking = Booking.objects.create(
        session=session,
        slot=slot,
        seat=1,
        user=person,
        name=person.name,
        email=person.email,
        state=state,
        created_at=now,
    )
    return booking


def _person(key: str) -> User | None:
    found: User | None = User.objects.filter(is_demo=True, email__startswith=f"{key}@").first()
    return found


def remove() -> None:
    """Takes series, sessions and days off of the demo away, with places and notes."""
    made = Q(is_demo=True)
    Session.objects.filter(made | Q(series__is_demo=True)).delete()
    Series.objects.filter(made).delete()
    Holiday.objects.filter(made).delete()
