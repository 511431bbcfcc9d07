"""Writing series of office hours: what changes goes to the sessions that nobody has booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from activity.services import log_event
from core.periods import local_date
from core.versions import Conflict
from intake.enums import SessionState
from intake.models import Series, Session
from intake.models.hours import OFFERED, PATTERN
from intake.rules.slots import falls_on
from intake.selectors.expected import has_traces, is_expected
from intake.services import making
from intake.services.slots import (
    locked_session,
    move_slots,
    offered,
    times_of,
)
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """A changed series: the sessions that followed, those that went, and those that stayed as they
    were because somebody has booked them.
    """

    series: Series
    followed: int
    gone: int
    kept: list[Session]


@transaction.atomic
def create_series(
    *,
    product: Product,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Series:
    """A new series with its sessions of the coming eight weeks; one form (`token`) makes one.

    `fields` are those of an offering and of the pattern; `weekdays` go from 0 (Monday).
    """
    if (known := _of_form(product, token)) is not None:
        return known
    values = _values(fields)
    try:
        with transaction.atomic():
            series = Series.objects.create(
                **values, product=product, form_token=token, is_demo=is_demo, created_at=now
            )
    except IntegrityError:
        if (known := _of_form(product, token)) is not None:
            return known
        raise
    making.make_sessions_of(series, making.ahead(local_date(now, series.time_zone)), now)
    _tell(series, "announced", by, now)
    return series


def _of_form(product: Product, token: UUID | None) -> Series | None:
    return Series.objects.filter(product=product, form_token=token).first() if token else None


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    pattern = {name: fields[name] for name in PATTERN if name in fields}
    rest = {name: value for name, value in fields.items() if name not in PATTERN}
    return {**pattern, **offered(rest)}


@transaction.atomic
def change_series(
    *, series_id: int, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> SeriesChange:
    """Change the series that was read at `version`, and its sessions to come.

    Sessions that somebody has booked, or waits for, stay as they are.

    Raises:
        Series.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    series = _locked(series_id)
    values = _values(fields)
    if all(getattr(series, name) == value for name, value in values.items()):
        return SeriesChange(series, 0, 0, [])
    if series.version != version:
        raise Conflict(series)
    for name, value in values.items():
        setattr(series, name, value)
    series.version += 1
    series.save()
    change = _follow(series, now)
    making.make_sessions_of(series, making.ahead(local_date(now, series.time_zone)), now)
    _tell(series, "changed", by, now)
    return change


@transaction.atomic
def end_series(*, series_id: int, last_day: dt.date, by: User, now: dt.datetime) -> SeriesChange:
    """No session after `last_day` any more, but those that somebody has booked.

    Raises:
        Series.DoesNotExist: it is gone.
    """
    series = _locked(series_id)
    day = max(last_day, series.first_day)
    if series.last_day is not None and series.last_day <= day:
        return SeriesChange(series, 0, 0, [])
    series.last_day = day
    series.version += 1
    series.save()
    change = _follow(series, now)
    _tell(series, "ended", by, now)
    return change


def _locked(series_id: int) -> Series:
    rows = Series.objects.select_related("product")
    series: Series = rows.select_for_update(of=("self",), no_key=True).get(pk=series_id)
    return series


def _follow(series: Series, now: dt.datetime) -> SeriesChange:
    """Bring the sessions to come into line, in the order of their keys."""
    coming = Session.objects.filter(series=series, state=SessionState.OPEN, starts_at__gt=now)
    followed, gone, kept = 0, 0, []
    for key in list(coming.order_by("pk").values_list("pk", flat=True)):
        session = locked_session(key)
        if is_expected(session):
            kept.append(session)
        elif _bring(series, session, now):
            followed += 1
        else:
            _take_away(session)
            gone += 1
    return SeriesChange(series, followed, gone, kept)


def _bring(series: Series, session: Session, now: dt.datetime) -> bool:
    """Give a session what its series says now; whether there is one on its day at all."""
    if not falls_on(making.pattern_of(series), session.day):
        return False
    timing = making.timing_of(series, session.day)
    stretches = timing.stretches(series.time_zone, series.slot_minutes)
    if stretches[0].start <= now:
        return False
    move_slots(session, stretches, series.capacity)
    values = {name: getattr(series, name) for name in OFFERED}
    changes = {**values, **times_of(stretches, series.deadline_hours)}
    if any(getattr(session, name) != value for name, value in changes.items()):
        Session.objects.filter(pk=session.pk).update(
            **changes, sequence=F("sequence") + 1, version=F("version") + 1
        )
    return True


def _take_away(session: Session) -> None:
    """Without a trace, unless somebody once had a place there: their page says what happened."""
    if has_traces(session):
        Session.objects.filter(pk=session.pk).update(
            state=SessionState.CANCELLED,
            cancel_reason="The series was changed.",
            sequence=F("sequence") + 1,
            version=F("version") + 1,
        )
    else:
        session.delete()


def _tell(series: Series, verb: str, by: User | None, now: dt.datetime) -> None:
    """A line of the product's activity; the demo tells nothing of its own making."""
    if by is not None or not series.is_demo:
        log_event(
            verb=f"{verb} the series of office hours",
            subject=series,
            product_id=series.product_id,
            by=by,
            now=now,
        )
