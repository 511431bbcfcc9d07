"""The host's page: who comes with what, notes and their places, marks, closing."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import OutboundMail
from intake.models import Evidence, Opportunity, RequestStep, Session, SessionNote
from tests.factories.intake import (
    NOW,
    BookingFactory,
    EvidenceFactory,
    HolidayFactory,
    OpportunityFactory,
    RequestFactory,
    SessionFactory,
    SessionNoteFactory,
    SlotFactory,
)
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.htmx import open_page, send, send_form

pytestmark = pytest.mark.django_db
BEGUN = dt.datetime(2026, 11, 26, 14, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def dana(client, product):
    person = PersonFactory(name="Dana", email="dana@example.org")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


@pytest.fixture
def session(product, dana):
    return SessionFactory(product=product, host=dana, place="Room 4")


@pytest.fixture
def booking(session):
    request = RequestFactory(product=session.product, reference="SP-1042", goal="Know who works")
    slot = SlotFactory(session=session)
    return BookingFactory(slot=slot, user=PersonFactory(name="Eva"), request=request)


def address(name, session, *more):
    return reverse(f"intake:{name}", args=[session.product.slug, session.pk, *more])


def note_address(name, note):
    return address(name, note.session, note.pk)


def test_the_page_shows_slot_visitor_and_request(client, session, booking):
    SessionNoteFactory(session=session, booking=booking, text="Prints the roster twice.")
    HolidayFactory(day="2026-11-26", name="Founders’ day")
    page = open_page(client, address("session_detail", session))
    for words in (
        "14:00 to 14:20",
        "Eva",
        "SP-1042",
        "Know who works",
        "Prints the roster twice.",
        "belongs nowhere yet",
        "It falls on a day off: Founders’ day",
        "Thu 26 Nov, 14:00 to 15:00",
        "Room 4",
    ):
        assert words in page.text
    assert page.soup.find("a", href="/requests/SP-1042/")


def test_a_stranger_finds_nothing_and_a_reader_may_not(client, session):
    client.force_login(PersonFactory(name="Eva"))
    assert client.get(address("session_detail", session)).status_code == 403
    other = SessionFactory()
    client.force_login(session.host)
    wrong = reverse("intake:session_detail", args=[session.product.slug, other.pk])
    assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("amount", [1, 3])
def test_the_page_costs_as_much_for_three(client, session, amount):
    for number in range(amount):
        slot = SlotFactory(session=session, starts_at=NOW + dt.timedelta(minutes=20 * number))
        place = BookingFactory(slot=slot, request=RequestFactory(product=session.product))
        note = SessionNoteFactory(session=session, booking=place, request=place.request)
        opportunity = OpportunityFactory(product=session.product)
        EvidenceFactory(note=note, field_note=None, opportunity=opportunity)
        SessionNoteFactory(session=session, by=session.host)
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address("session_detail", session)).status_code == 200
    assert len(captured) == 10, "\n".join(query["sql"][:120] for query in captured)


def test_a_note_is_added_in_the_page_once(client, session, booking):
    url = address("session_detail", session)
    page = open_page(client, url)
    link = page.soup.find("a", href=lambda href: href and "booking=" in href)
    page = send(client, page, link, "get", link["hx-get"], {"booking": booking.pk})
    sent = send_form(client, page, "#session form.form", text="Prints the roster twice.")
    note = SessionNote.objects.get()
    assert (note.text, note.booking, note.request) == (
        "Prints the roster twice.",
        booking,
        booking.request,
    )
    assert sent.url == url
    assert sent.part("#session") == open_page(client, url).part("#session")
    token = {"token": "b1b0c1f0-0000-4000-8000-000000000001", "text": "Once"}
    for _ in range(2):
        client.post(address("note_create", session), token)
    assert SessionNote.objects.filter(text="Once").count() == 1


def test_an_empty_note_is_refused_in_its_place(client, session):
    response = client.post(address("note_create", session), {"text": " "})
    assert response.status_code == 422
    assert "What was said is missing." in response.content.decode()
    assert not SessionNote.objects.exists()


def test_a_note_is_changed_and_nobody_loses_words(client, session):
    note = SessionNoteFactory(session=session, text="First")
    url = note_address("note_edit", note)
    assert client.post(url, {"text": "Second", "version": 1}).status_code == 302
    late = client.post(url, {"text": "Third", "version": 1})
    assert late.status_code == 409
    assert "Second" in late.content.decode()
    note.refresh_from_db()
    assert (note.text, note.version) == ("Second", 2)


def test_a_deleted_note_comes_back_with_its_evidence(client, session):
    note = SessionNoteFactory(session=session, text="Kept")
    proof = EvidenceFactory(note=note, field_note=None, why="So it is")
    loose = EvidenceFactory(note=note, field_note=None)
    key = note.pk
    loose.delete()
    assert client.post(note_address("note_delete", note)).status_code == 302
    assert not SessionNote.objects.exists()
    undo = client.get(address("session_detail", session)).content.decode()
    assert address("note_put_back", session, key) in undo
    for _ in range(2):
        assert client.post(address("note_put_back", session, key)).status_code == 302
    back = SessionNote.objects.get()
    assert (back.pk, back.text) == (key, "Kept")
    assert [(one.pk, one.why) for one in Evidence.objects.all()] == [(proof.pk, "So it is")]
    assert client.post(address("note_put_back", session, key + 1)).status_code == 404
    other = SessionFactory(product=session.product)
    assert client.post(address("note_put_back", other, key)).status_code == 404


def test_one_note_shows_several_problems_and_belongs_to_a_request(client, session, booking):
    note = SessionNoteFactory(session=session)
    known = OpportunityFactory(product=session.product, problem="Rosters change too late")
    url = note_address("note_map", note)
    assert client.post(url, {"opportunity": known.pk}).status_code == 302
    new = {"problem": "Nobody sees who swapped", "request": booking.request_id}
    token = {"token": "b1b0c1f0-0000-4000-8000-000000000001"}
    for _ in range(2):
        assert client.post(url, {**new, **token}).status_code == 302
    note.refresh_from_db()
    assert note.request == booking.request
    problems = Evidence.objects.filter(note=note).order_by("pk")
    assert [one.opportunity.problem for one in problems] == [
        "Rosters change too late",
        "Nobody sees who swapped",
    ]
    assert Opportunity.objects.count() == 2
    step = RequestStep.objects.get(kind="noted")
    assert (step.request, step.is_internal) == (booking.request, True)
    page = open_page(client, address("session_detail", session))
    assert "belongs to SP-1042 · Rosters change too late · Nobody sees who swapped" in page.text
    client.post(url, {"request": ""})
    note.refresh_from_db()
    assert note.request is None
    assert problems.count() == 2


def test_nothing_of_another_product_can_be_chosen(client, session):
    note = SessionNoteFactory(session=session)
    url = note_address("note_map", note)
    for sent in ({"opportunity": OpportunityFactory().pk}, {"request": RequestFactory().pk}):
        assert client.post(url, sent).status_code == 422
    both = {"opportunity": OpportunityFactory(product=session.product).pk, "problem": "New"}
    assert client.post(url, both).status_code == 422
    nothing = client.post(url, {})
    assert nothing.status_code == 422
    assert "Choose a request or a problem" in nothing.content.decode()
    assert not Evidence.objects.exists()


def test_marks_and_closing(client, session, booking):
    note = SessionNoteFactory(session=session)
    mark = address("booking_mark", session, booking.pk)
    assert client.post(mark, {"state": "no_show"}).status_code == 409  # not begun
    assert client.post(address("session_close", session)).status_code == 409
    with time_machine.travel(BEGUN, tick=False):
        client.force_login(session.host)
        assert client.post(mark, {"state": "no_show"}).status_code == 302
        assert client.post(mark, {"state": "cancelled"}).status_code == 409
        refused = client.post(address("session_close", session))
        assert refused.status_code == 409
        assert "1 note of this session belongs nowhere yet." in refused.content.decode()
        client.post(note_address("note_map", note), {"problem": "Nobody knows"})
        assert "Close the session" in client.get(address("session_close", session)).content.decode()
        assert client.post(address("session_close", session)).status_code == 302
        page = open_page(client, address("session_detail", session))
        assert "Add a note" not in page.text
        assert client.post(note_address("note_delete", note)).status_code == 409
        assert client.post(address("note_create", session), {"text": "Late"}).status_code == 409
    booking.refresh_from_db()
    session.refresh_from_db()
    assert (booking.state, session.state) == ("no_show", "closed")


def test_cancelling_asks_for_a_reason(client, session, booking):
    url = address("session_cancel", session)
    page = open_page(client, url)
    assert "1 person with a place: told by mail" in page.text
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Dana is ill"}).status_code == 302
    assert OutboundMail.objects.filter(kind="intake.session_cancelled").count() == 1
    assert Session.objects.get().state == "cancelled"
    assert "Dana is ill" in open_page(client, address("session_detail", session)).text
    assert client.get(address("session_edit", session)).status_code == 409
