"""Single sessions: planned, moved with whoever has a place, cancelled with word to everybody."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest
from icalendar import Calendar

from core.models import OutboundMail
from core.versions import Conflict
from intake.models import Session
from intake.services.ending import (
    NotesUnmapped,
    NotYet,
    cancel_session,
    close_session,
)
from intake.services.sessions import InThePast, SessionOver, change_session, create_session
from intake.services.slots import SeatsTaken, Timing
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    BookingFactory,
    EvidenceFactory,
    RequestFactory,
    SessionNoteFactory,
    WaitingPlaceFactory,
)
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db
THURSDAY = dt.date(2026, 11, 26)
AT_TWO = Timing(THURSDAY, dt.time(14, 0), 3)


def fields(**changes):
    return {
        "title": "Office hours",
        "place": "Room 4",
        "link": "",
        "about": "",
        "host": None,
        "time_zone": "Europe/London",
        "slot_minutes": 20,
        "capacity": 1,
        "deadline_hours": 2,
    } | changes


@pytest.fixture
def dana():
    return UserFactory(name="Dana", email="dana@example.org")


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def session(product, dana):
    return create_session(
        product=product, fields=fields(host=dana), timing=AT_TWO, by=dana, now=NOW
    )


def change(session, dana, timing=AT_TWO, version=1, **changes):
    return change_session(
        session_id=session.pk,
        version=version,
        fields=fields(host=dana, **changes),
        timing=timing,
        by=dana,
        now=NOW,
    )


def mails(kind):
    found = OutboundMail.objects.filter(kind=kind).order_by("pk")
    return [email.message_from_bytes(bytes(m.raw), policy=email.policy.default) for m in found]


def entry_of(mail):
    file = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(file.get_payload(decode=True))
    return calendar["method"], calendar.walk("VEVENT")[0]


def text_of(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_a_session_has_its_slots(session):
    assert [f"{slot.starts_at:%H:%M}" for slot in session.slots.all()] == [
        *("14:00", "14:20", "14:40")
    ]
    assert session.day == THURSDAY


def test_one_form_makes_one_and_the_past_none(product, dana):
    token = "b1b0c1f0-0000-4000-8000-000000000001"
    sent = {"product": product, "fields": fields(), "timing": AT_TWO, "by": dana, "now": NOW}
    assert create_session(**sent, token=token) == create_session(**sent, token=token)
    with pytest.raises(InThePast):
        create_session(**sent | {"now": NOW + dt.timedelta(days=7)})
    assert Session.objects.count() == 1


def test_whoever_has_a_place_goes_with_their_slot(session, dana):
    booking = BookingFactory(slot=session.slots.all()[1])
    moved = change(session, dana, Timing(THURSDAY, dt.time(15, 0), 3), slot_minutes=30)
    booking.refresh_from_db()
    assert f"{booking.slot.starts_at:%H:%M}" == "15:30"
    assert (booking.sequence, moved.version) == (1, 2)
    (mail,) = mails("intake.session_changed")
    method, event = entry_of(mail)
    assert method == "REQUEST"
    assert event["sequence"] == 1
    assert event["uid"] == f"{booking.uid}@homegrown"
    assert event["dtstart"].dt == booking.slot.starts_at
    assert "15:30 to 16:00" in text_of(mail)


def test_nobody_is_told_what_no_calendar_shows(session, dana):
    booking = BookingFactory(slot=session.slots.first())
    change(session, dana, capacity=4, deadline_hours=5)
    booking.refresh_from_db()
    assert booking.sequence == 0
    assert not OutboundMail.objects.exists()


def test_a_shift_by_one_slot_meets_nobody(session, dana):
    change(session, dana, Timing(THURSDAY, dt.time(14, 20), 3))
    change(session, dana, Timing(THURSDAY, dt.time(13, 40), 4), version=2)
    assert [f"{slot.starts_at:%H:%M}" for slot in session.slots.all()] == [
        *("13:40", "14:00", "14:20", "14:40")
    ]


def test_no_place_is_lost(session, dana):
    BookingFactory(slot=session.slots.all()[2])
    with pytest.raises(SeatsTaken):
        change(session, dana, Timing(THURSDAY, dt.time(14, 0), 2))
    BookingFactory(slot=session.slots.all()[0], seat=2)
    with pytest.raises(SeatsTaken):
        change(session, dana, place="Room 5")  # there is one seat a slot


def test_a_cancelled_place_keeps_its_page(session, dana):
    booking = BookingFactory(slot=session.slots.all()[2], state="cancelled")
    change(session, dana, Timing(THURSDAY, dt.time(14, 0), 1))
    booking.refresh_from_db()
    assert session.slots.get() == booking.slot


def test_second_is_told_and_same_is_no_change(session, dana):
    change(session, dana, place="Room 5")
    change(session, dana, place="Room 5")
    with pytest.raises(Conflict):
        change(session, dana, place="Room 6")
    with pytest.raises(InThePast):
        change(session, dana, Timing(dt.date(2026, 11, 1), dt.time(14, 0), 3), version=2)


def test_cancelling_tells_everybody_and_says_when_to_come_instead(session, product, dana):
    later = create_session(
        product=product,
        fields=fields(capacity=2),
        timing=Timing(dt.date(2026, 12, 3), dt.time(10, 0), 2),
        by=dana,
        now=NOW,
    )
    booking = BookingFactory(slot=session.slots.all()[0])
    BookingFactory(slot=session.slots.all()[1], state="cancelled")
    waiting = WaitingPlaceFactory(session=session)
    cancelled = cancel_session(session_id=session.pk, reason="Dana is ill", by=dana, now=NOW)
    cancel_session(session_id=session.pk, reason="Again", by=dana, now=NOW)
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "Dana is ill")
    booking.refresh_from_db()
    waiting.refresh_from_db()
    assert (booking.state, booking.sequence, waiting.state) == ("cancelled", 1, "lapsed")
    told, waited = mails("intake.session_cancelled")
    assert (told["To"], waited["To"]) == (booking.email, waiting.email)
    assert told["Reply-To"] == "dana@example.org"
    method, event = entry_of(told)
    assert (method, event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert not list(waited.iter_attachments())
    for mail in (told, waited):
        assert "Dana is ill" in text_of(mail)
        assert "Thu 3 Dec 2026, 10:00 to 10:40, 4 places of 4 free" in text_of(mail)
        assert f"/products/shift-planner/hours/{later.pk}/book/" in text_of(mail)


@pytest.mark.parametrize("address", ["erased@invalid", "", "nobody@nowhere@twice"])
def test_whom_no_mail_reaches_stops_nothing(session, dana, address):
    slots = list(session.slots.all())
    BookingFactory(slot=slots[0], user=None, email=address)
    BookingFactory(slot=slots[1], user=None, email="bo@example.org")
    WaitingPlaceFactory(session=session, user=None, email=address)
    change(session, dana, Timing(THURSDAY, dt.time(15, 0), 3))
    cancel_session(session_id=session.pk, reason="Dana is ill", by=dana, now=NOW)
    for kind in ("intake.session_changed", "intake.session_cancelled"):
        assert [mail["To"] for mail in mails(kind)] == ["bo@example.org"]


def test_a_session_closes_once_all_that_was_said_has_its_place(session, dana):
    after = NOW + dt.timedelta(days=4)
    came = BookingFactory(slot=session.slots.all()[0])
    missed = BookingFactory(slot=session.slots.all()[1], state="no_show")
    mapped = SessionNoteFactory(session=session, request=RequestFactory(product=session.product))
    proved = EvidenceFactory(note=SessionNoteFactory(session=session), field_note=None).note
    loose = SessionNoteFactory(session=session)
    with pytest.raises(NotYet):
        close_session(session_id=session.pk, by=dana, now=NOW)
    with pytest.raises(NotesUnmapped) as refused:
        close_session(session_id=session.pk, by=dana, now=after)
    assert refused.value.notes == [loose]
    loose.delete()
    for _ in range(2):
        assert close_session(session_id=session.pk, by=dana, now=after).closed_at == after
    assert mapped.request_id
    assert proved.pk
    for booking in (came, missed):
        booking.refresh_from_db()
    assert (came.state, missed.state) == ("attended", "no_show")
    with pytest.raises(SessionOver):
        cancel_session(session_id=session.pk, reason="", by=dana, now=after)
    with pytest.raises(SessionOver):
        change(session, dana, place="Room 5")
