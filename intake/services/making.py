"""Making the sessions of series, some weeks ahead; as often as one likes."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import F, Q

from accounts.selectors import today
from core.periods import DAY, local_date, week_start
from intake.models import Holiday, Series, Session
from intake.models.hours import OFFERED
from intake.rules.slots import Pattern, days_of
from intake.services.slots import Timing, make_slots, times_of

WEEKS_AHEAD = 8
logger = structlog.get_logger(__name__)


def make_sessions(*, now: dt.datetime, until: dt.date | None = None) -> int:
    """Make what is missing of every series up to and with `until`, by default eight weeks ahead.

    Each series is a transaction of its own, and its row is held meanwhile: running twice, or twice
    at once, makes each session once. Days that have one, cancelled ones too, are left alone. How
    many were made.
    """
    last = until or ahead(today(now))
    behind = Series.objects.filter(
        Q(made_until__isnull=True) | Q(made_until__lt=last),
        Q(last_day__isnull=True) | Q(made_until__isnull=True) | Q(last_day__gt=F("made_until")),
        product__archived_on__isnull=True,
    )
    keys = behind.order_by("pk").values_list("pk", flat=True)
    return sum(_made_of(key, last, now) for key in list(keys))


def ahead(day: dt.date) -> dt.date:
    """The last day of the eighth week after that of `day`; the same for a week."""
    return week_start(day) + DAY * 7 * (WEEKS_AHEAD + 1) - DAY


def _made_of(series_id: int, until: dt.date, now: dt.datetime) -> int:
    try:
        return _make_of(series_id, until, now)
    except Exception:  # one series that fails holds up no other
        logger.exception("sessions_not_made", series_id=series_id)
        return 0


@transaction.atomic
def _make_of(series_id: int, until: dt.date, now: dt.datetime) -> int:
    rows = Series.objects.select_for_update(of=("self",), no_key=True)
    series: Series | None = rows.filter(pk=series_id).first()
    if series is None or (series.made_until is not None and series.made_until >= until):
        return 0  # somebody else was faster
    return make_sessions_of(series, until, now)


def make_sessions_of(series: Series, until: dt.date, now: dt.datetime) -> int:
    """The missing sessions of a series that is held; how many."""
    days = _missing_days(series, until, now)
    made = sum(_make(series, day, now) for day in days)
    Series.objects.filter(pk=series.pk).update(made_until=until)
    series.made_until = until
    return made


def _missing_days(series: Series, until: dt.date, now: dt.datetime) -> list[dt.date]:
    start = local_date(now, series.time_zone)
    holidays = Holiday.objects.filter(day__gte=start).values_list("day", flat=True)
    made = Session.objects.filter(series=series, day__gte=start).values_list("day", flat=True)
    taken = {*holidays, *made}
    return days_of(pattern_of(series), start=start, end=until + DAY, holidays=taken)


def pattern_of(series: Series) -> Pattern:
    """The days of a series as the rules take them."""
    return Pattern(
        frozenset(series.weekdays), series.every_weeks, series.first_day, series.last_day
    )


def timing_of(series: Series, day: dt.date) -> Timing:
    """When the series meets on `day`."""
    return Timing(day, series.starts_at, series.slots)


def _make(series: Series, day: dt.date, now: dt.datetime) -> int:
    """One session, unless it would already have begun."""
    stretches = timing_of(series, day).stretches(series.time_zone, series.slot_minutes)
    if stretches[0].start <= now:
        return 0
    session = Session.objects.create(
        **{name: getattr(series, name) for name in OFFERED},
        **times_of(stretches, series.deadline_hours),
        product_id=series.product_id,
        series=series,
        day=day,
        is_demo=series.is_demo,
        created_at=now,
    )
    make_slots(session, stretches)
    return 1
