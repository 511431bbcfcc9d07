"""The host's page of a session: slot by slot, who comes, with what, and what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from core.formats import count, zone_words
from intake.enums import BookingState, SessionState
from intake.models import Booking, Session, SessionNote
from intake.presenters.sessions import NO_PLACE, host_words
from intake.presenters.times import clock_words, span_words
from intake.selectors.session_page import SessionView


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note with its places: the request it belongs to, the problems it shows."""

    pk: int
    place: str
    text: str
    by: str
    request: tuple[str, str] | None
    problems: list[tuple[str, str]]
    is_mapped: bool
    edit_url: str
    delete_url: str
    map_url: str


@dataclass(frozen=True, slots=True)
class VisitorLine:
    """Somebody with a place, and the request they bring."""

    name: str
    state: str
    place: str
    goal: str
    request: tuple[str, str] | None
    notes: list[NoteLine]
    note_url: str
    mark_url: str
    marks: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A stretch of the session."""

    when: str
    visitors: list[VisitorLine]
    free: str


def slot_lines(found: SessionView, zone: str, now: dt.datetime) -> list[SlotLine]:
    """The slots in order, in the reader's zone."""
    notes = note_lines(found)
    return [
        SlotLine(
            when=f"{clock_words(slot.starts_at, zone)} to {clock_words(slot.ends_at, zone)}",
            visitors=[
                _visitor(found.session, booking, notes, begun=slot.starts_at <= now)
                for booking in found.bookings
                if booking.slot_id == slot.pk
            ],
            free=_free_words(found, slot.pk),
        )
        for slot in found.slots
    ]


def _free_words(found: SessionView, slot_id: int) -> str:
    taken = sum(booking.slot_id == slot_id for booking in found.bookings)
    free = found.session.capacity - taken
    is_over = found.session.state != SessionState.OPEN
    return "" if free <= 0 or is_over else f"{count(free, 'place')} free"


def _visitor(
    session: Session, booking: Booking, notes: dict[int | None, list[NoteLine]], *, begun: bool
) -> VisitorLine:
    args = [session.product.slug, session.pk]
    create = reverse("intake:note_create", args=args)
    request = booking.request
    return VisitorLine(
        name=booking.name,
        state=str(BookingState(booking.state).label),
        place=f"note-of-{booking.pk}",
        goal=request.goal if request else "",
        request=(request.reference, request.get_absolute_url()) if request else None,
        notes=notes.get(booking.pk, []),
        note_url=f"{create}?booking={booking.pk}",
        mark_url=reverse("intake:booking_mark", args=[*args, booking.pk]),
        marks=_marks(session, booking) if begun else [],
    )


def _marks(session: Session, booking: Booking) -> list[tuple[str, str]]:
    """What can still be said of whether somebody came: (value, words)."""
    if session.state == SessionState.CANCELLED or booking.state == BookingState.OFFERED:
        return []
    words = ((BookingState.ATTENDED, "Came"), (BookingState.NO_SHOW, "Did not come"))
    return [(value.value, label) for value, label in words if booking.state != value]


def note_lines(found: SessionView) -> dict[int | None, list[NoteLine]]:
    """The notes by the booking they are about; None: about nobody's slot."""
    lines: dict[int | None, list[NoteLine]] = {}
    present = {booking.pk for booking in found.bookings}
    for note in found.notes:
        key = note.booking_id if note.booking_id in present else None
        lines.setdefault(key, []).append(_note(found.session, note))
    return lines


def _note(session: Session, note: SessionNote) -> NoteLine:
    args = [session.product.slug, session.pk, note.pk]
    problems = [(one.opportunity.problem, _opportunity(session, one)) for one in _evidence(note)]
    request = note.request
    return NoteLine(
        pk=note.pk,
        place=f"note-{note.pk}",
        text=note.text,
        by=note.by.name if note.by else "",
        request=(request.reference, request.get_absolute_url()) if request else None,
        problems=problems,
        is_mapped=bool(problems) or request is not None,
        edit_url=reverse("intake:note_edit", args=args),
        delete_url=reverse("intake:note_delete", args=args),
        map_url=reverse("intake:note_map", args=args),
    )


def _evidence(note: Any) -> list[Any]:
    return list(note.evidence.all())


def _opportunity(session: Session, evidence: Any) -> str:
    return reverse(
        "intake:opportunity_detail", args=[session.product.slug, evidence.opportunity_id]
    )


def session_facts(found: SessionView, zone: str, now: dt.datetime) -> list[tuple[str, str]]:
    """When, where and with whom; in the session's own zone too where that is another."""
    session = found.session
    rows = [
        ("When", span_words(session.starts_at, session.ends_at, zone, now)),
        ("Time zone", zone_words(zone)),
        ("Place", session.place or ("" if session.link else NO_PLACE)),
        ("Call", session.link),
        ("Held by", host_words(session)),
        ("What it is for", session.about),
        ("State", session.get_state_display()),
        ("Why cancelled", session.cancel_reason),
        ("On the waiting list", count(found.waiting, "person", "people") if found.waiting else ""),
    ]
    if _is_elsewhere(session, zone):
        there = span_words(session.starts_at, session.ends_at, session.time_zone, now)
        rows.insert(2, ("There", f"{there}, {zone_words(session.time_zone)}"))
    return [(label, value) for label, value in rows if value]


def _is_elsewhere(session: Session, zone: str) -> bool:
    offsets = {
        session.starts_at.astimezone(ZoneInfo(z)).utcoffset() for z in (zone, session.time_zone)
    }
    return len(offsets) > 1


def unmapped_words(notes: Iterable[SessionNote]) -> str:
    """Why a session can't be closed yet."""
    left = len(list(notes))
    return f"{count(left, 'note')} of this session belong{'s' if left == 1 else ''} nowhere yet."
