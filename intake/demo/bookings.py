"""A full session of the demo company, for which two wait: cancel a place, and one is offered it."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from intake.models import Booking, Session, WaitingPlace
from intake.selectors.openings import open_slots_of

PRODUCT = "price-desk"
COMES, WAIT = "lucas", ("sofia", "tomas")


def seed(now: dt.datetime) -> None:
    """Fills the next session and its waiting list, without a mail that nobody would read."""
    made = WaitingPlace.objects.filter(session__series__is_demo=True)
    if made.exists() or len(_people()) < len((COMES, *WAIT)):
        return
    ahead = Session.objects.filter(series__is_demo=True, product__slug=PRODUCT, closes_at__gt=now)
    session = ahead.order_by("starts_at").first()
    if session is None:
        return
    # All slots but one were filled with the session.
    for opening in open_slots_of(session, now)[:1]:
        Booking.objects.create(
            session=session, slot=opening.slot, seat=1, created_at=now, **_visitor(COMES)
        )
    for key in WAIT:
        WaitingPlace.objects.create(session=session, joined_at=now, **_visitor(key))


def _people() -> dict[str, User]:
    found = User.objects.filter(is_demo=True)
    known = {person.email.partition("@")[0]: person for person in found}
    return {key: known[key] for key in (COMES, *WAIT) if key in known}


def _visitor(key: str) -> dict[str, object]:
    person = _people()[key]
    return {"user": person, "name": person.name, "email": person.email}


def remove() -> None:
    """They go with their session."""
    WaitingPlace.objects.filter(session__series__is_demo=True).delete()
