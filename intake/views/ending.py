"""How a session ends: cancelled, or closed; and who came."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.formats import count
from core.toasts import add_toast
from intake.enums import BookingState
from intake.forms.hours import CancelForm
from intake.models import Booking, Session
from intake.presenters import frame
from intake.presenters.session_page import unmapped_words
from intake.selectors.expected import present_bookings, waiting_places
from intake.services.bookings import BookingOver, mark_booking
from intake.services.ending import NotesUnmapped, NotYet, cancel_session, close_session
from intake.services.sessions import SessionOver
from intake.views.forms_in_pages import GET_OR_POST, confirm_page, posted
from intake.views.session_page import (
    after_change,
    find_session,
    refused,
    session_crumb,
    session_url,
)
from portfolio.policies import ProductRequest

CLOSED = "This session is closed already."
CANCELLED = "This session was cancelled."
TOO_EARLY = "This session has not begun yet."
NO_MARK = "Whether somebody came can be said once their slot has begun."


@require_http_methods(GET_OR_POST)
def session_cancel(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Cancel a session, saying why; everybody expected is told, and when to come instead."""
    session = find_session(request, session_id)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            cancel_session(
                session_id=session.pk,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except SessionOver:
            return refused(request, session, CLOSED)
        add_toast(request, "The session is cancelled. Everybody expected is told.")
        return redirect(session_url(session))
    people, waiting = len(present_bookings(session)), len(waiting_places(session))
    told = [
        f"{count(people, 'person', 'people')} with a place: told by mail, with the next free times",
        f"{count(waiting, 'person', 'people')} waiting: told by mail",
    ]
    return confirm_page(
        request,
        form=form,
        title=f"Cancel {session.title}",
        lede="It stays in the list as cancelled. This can't be taken back.",
        consequences=told,
        confirm_label="Cancel the session",
        cancel_url=session_url(session),
        crumbs=_crumbs(request, session, "Cancel"),
    )


@require_http_methods(GET_OR_POST)
def session_close(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Close a session, once every note has its place."""
    session = find_session(request, session_id)
    if request.method == "POST":
        try:
            close_session(session_id=session.pk, by=request.user, now=timezone.now())
        except NotesUnmapped as error:
            return refused(request, session, unmapped_words(error.notes))
        except NotYet:
            return refused(request, session, TOO_EARLY)
        except SessionOver:
            return refused(request, session, CANCELLED)
        return after_change(request, session, "The session is closed.")
    return confirm_page(
        request,
        title=f"Close {session.title}",
        lede="Whoever had a place counts as having come, unless you marked otherwise.",
        consequences=["its notes can no longer be added to or deleted"],
        danger=False,
        confirm_label="Close the session",
        cancel_url=session_url(session),
        crumbs=_crumbs(request, session, "Close"),
    )


@require_http_methods(GET_OR_POST)
def booking_mark(
    request: ProductRequest, slug: str, session_id: int, booking_id: int
) -> HttpResponse:
    """Say whether somebody came; `state` empty takes it back."""
    session = find_session(request, session_id)
    booking = get_object_or_404(Booking, pk=booking_id, session=session)
    state = request.POST.get("state", BookingState.BOOKED)
    if request.method == "POST":
        try:
            mark_booking(booking=booking, state=state, by=request.user, now=timezone.now())
        except (BookingOver, ValueError):
            return refused(request, session, NO_MARK)
        said = "The mark is taken back."
        if state != BookingState.BOOKED:
            said = f"{booking.name}: {BookingState(state).label.lower()}."
        return after_change(request, session, said)
    return redirect(session_url(session))


def _crumbs(request: ProductRequest, session: Session, last: str) -> list[tuple[str, str]]:
    return frame.intake_crumbs(request.product, "hours", session_crumb(session), (last, ""))
