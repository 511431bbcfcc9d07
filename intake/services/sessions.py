"""Writing single sessions of office hours: planned, changed; whoever has a place is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from activity.services import log_event
from core.calendars import REQUEST
from core.versions import Conflict
from intake.enums import SessionState
from intake.models import Booking, Session
from intake.selectors.expected import present_bookings
from intake.services.seats import reminded_at
from intake.services.session_mail import tell_of_change
from intake.services.slots import (
    Timing,
    locked_session,
    make_slots,
    move_slots,
    offered,
    times_of,
)
from intake.services.waiting import offer_free_seats
from portfolio.models import Product

# What stands in a visitor's calendar entry.
TOLD = ("title", "place", "link", "about")


class SessionOver(Exception):
    """The session is cancelled or closed: nothing of it changes any more."""


class InThePast(Exception):
    """The session would begin before now."""


@transaction.atomic
def create_session(
    *,
    product: Product,
    fields: Mapping[str, Any],
    timing: Timing,
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Session:
    """A session of its own; the same form (`token`) sent twice makes one.

    Raises:
        InThePast: it would have begun already.
    """
    if (known := _of_form(product, token)) is not None:
        return known
    values = offered(fields)
    stretches = timing.stretches(values["time_zone"], values["slot_minutes"])
    if stretches[0].start <= now and not is_demo:
        raise InThePast
    session = Session(
        **values,
        **times_of(stretches, values["deadline_hours"]),
        product=product,
        day=timing.day,
        form_token=token,
        is_demo=is_demo,
        created_at=now,
    )
    try:
        with transaction.atomic():
            session.save()
    except IntegrityError:
        if (known := _of_form(product, token)) is not None:
            return known
        raise
    make_slots(session, stretches)
    tell(session, "planned", by, now)
    return session


def _of_form(product: Product, token: UUID | None) -> Session | None:
    return Session.objects.filter(product=product, form_token=token).first() if token else None


@transaction.atomic
def change_session(
    *,
    session_id: int,
    version: int,
    fields: Mapping[str, Any],
    timing: Timing,
    by: User,
    now: dt.datetime,
) -> Session:
    """Change the session that was read at `version`; its slots move, and bookings with them.

    Whoever has a place gets a newer calendar entry if anything in it changes. A session of a
    series keeps the `day` for which the series made it.

    Raises:
        Session.DoesNotExist: it is gone.
        SessionOver: it is cancelled or closed.
        InThePast: its new time has passed.
        SeatsTaken: somebody has a place that would no longer exist.
        Conflict: somebody else was faster.
    """
    session = locked_session(session_id)
    if session.state != SessionState.OPEN:
        raise SessionOver
    values = offered(fields)
    stretches = timing.stretches(values["time_zone"], values["slot_minutes"])
    values |= times_of(stretches, values["deadline_hours"])
    if session.series_id is None:
        values["day"] = timing.day
    if all(getattr(session, name) == value for name, value in values.items()):
        return session
    if session.version != version:
        raise Conflict(session)
    if stretches[0].start <= now and stretches[0].start != session.starts_at:
        raise InThePast
    before = _entries(session)
    move_slots(session, stretches, values["capacity"])
    Session.objects.filter(pk=session.pk).update(**values, version=F("version") + 1)
    changed = Session.objects.select_related("product", "host", "series").get(pk=session.pk)
    _tell_booked(changed, before, now)
    offer_free_seats(session=changed, now=now)
    tell(changed, "changed", by, now)
    return changed


def _entries(session: Session) -> dict[int, tuple[Any, ...]]:
    """What each visitor's calendar says, by booking."""
    return {booking.pk: _entry(booking) for booking in present_bookings(session)}


def _entry(booking: Booking) -> tuple[Any, ...]:
    session, slot = booking.session, booking.slot
    return (slot.starts_at, slot.ends_at, *(getattr(session, name) for name in TOLD))


def _tell_booked(session: Session, before: Mapping[int, tuple[Any, ...]], now: dt.datetime) -> None:
    moved = [one for one in present_bookings(session) if _entry(one) != before.get(one.pk)]
    if not moved and before:
        return
    Session.objects.filter(pk=session.pk).update(sequence=F("sequence") + 1)
    for booking in moved:
        booking.sequence += 1
        booking.reminded_at = reminded_at(booking.slot.starts_at, now)
        booking.version += 1
        booking.save(update_fields=["sequence", "reminded_at", "version"])
        tell_of_change(booking, method=REQUEST, now=now)


def tell(session: Session, verb: str, by: User | None, now: dt.datetime) -> None:
    """A line of the product's activity; the demo tells nothing of its own making."""
    if by is not None or not session.is_demo:
        log_event(
            verb=f"{verb} office hours",
            subject=session,
            product_id=session.product_id,
            by=by,
            now=now,
        )
