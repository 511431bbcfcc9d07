"""Days off, and the sessions that fall on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core.periods import DAY, local_date
from intake.enums import SessionState
from intake.models import Holiday, Series, Session
from portfolio.models import Product


def local_day(session: Session) -> dt.date:
    """The day of a session on its own wall; one that was moved keeps the `day` of its series."""
    return local_date(session.starts_at, session.time_zone)


def holidays_ahead(today: dt.date) -> QuerySet[Holiday]:
    """Days off from today on, soonest first."""
    return Holiday.objects.filter(day__gte=today).order_by("day")


def holidays_past(today: dt.date) -> QuerySet[Holiday]:
    """Days off that have been, latest first."""
    return Holiday.objects.filter(day__lt=today).order_by("-day")


def sessions_on(days: Collection[dt.date], user: User) -> dict[dt.date, list[Session]]:
    """Open sessions of products that `user` may see, by the day off they fall on; one query."""
    if not days:
        return {}
    first = dt.datetime.combine(min(days) - DAY, dt.time.min, dt.UTC)
    last = dt.datetime.combine(max(days) + 2 * DAY, dt.time.min, dt.UTC)
    sessions: Any = Session.objects.filter(
        state=SessionState.OPEN,
        starts_at__gte=first,
        starts_at__lt=last,
        product__in=Product.objects.visible_to(user).order_by().values("pk"),
    )
    found: dict[dt.date, list[Session]] = {}
    for session in sessions.select_related("product").order_by("starts_at", "pk"):
        if (day := local_day(session)) in days:
            found.setdefault(day, []).append(session)
    return found


def holiday_names(sessions: Iterable[Session]) -> dict[int, str]:
    """The name of the day off on which a session falls, by its key; one query."""
    days = {session.pk: local_day(session) for session in sessions}
    named = dict(Holiday.objects.filter(day__in=set(days.values())).values_list("day", "name"))
    return {pk: named[day] for pk, day in days.items() if day in named}


def series_of(product: Product, today: dt.date) -> QuerySet[Series]:
    """Series of the product that are not over, by name."""
    running = Series.objects.filter(product=product).exclude(last_day__lt=today)
    return running.select_related("host", "product").order_by("title", "pk")
