"""Taking a place in office hours, and its page."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import user_of
from core.formats import zone_words
from core.paging import list_page
from core.toasts import add_toast
from intake.forms.booking import TAKEN, SlotForm
from intake.models import Session
from intake.presenters import frame
from intake.presenters.bookings import booking_line, waiting_line
from intake.presenters.sessions import where_words
from intake.presenters.times import span_words
from intake.selectors.bookings import (
    booking_of_form,
    bookings_ahead,
    bookings_past,
    own_request,
    waits_of,
)
from intake.selectors.hours import zone_of
from intake.selectors.openings import OpenSlot, open_slots, open_slots_of
from intake.services import bookings as services
from intake.services.seats import check_open
from intake.services.visitors import visitor_of
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]
PAGE = 20


@require_http_methods(GET_OR_POST)
def booking_create(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Choose a time of a session; `?request=` names the request that it is about."""
    session, now = find_session(request, session_id), timezone.now()
    if known := booking_of_form(request.user, request.POST.get("token", "")):
        return redirect(known)
    form = _slot_form(request, session)
    if request.method != "POST" or not form.is_valid():
        return _create_page(request, session, form)
    wish = own_request(request.user, request.product, form.cleaned_data["request"])
    try:
        booking = services.book_slot(
            slot=form.slots[form.cleaned_data["slot"]],
            visitor=visitor_of(request.user),
            by=request.user,
            now=now,
            request=wish,
            token=form.cleaned_data["token"],
        )
    except services.SlotTaken:
        form = _slot_form(request, session)
        form.is_valid()
        form.add_error("slot", TAKEN)
        return _create_page(request, session, form, status=409)
    except services.BookingClosed as closed:
        return _create_page(request, session, form, words=str(closed), status=409)
    except services.AlreadyBooked as refused:
        add_toast(request, "You have a place in these office hours.", level=messages.INFO)
        return redirect(refused.booking)
    add_toast(request, "You have a place. A mail with the calendar entry is on its way.")
    return redirect(booking)


def _slot_form(request: ProductRequest, session: Session) -> SlotForm:
    """Bound to what was posted; a posted time that is no longer free is one that was taken."""
    now = timezone.now()
    first = {"token": uuid4(), "request": request.GET.get("request", "")[:24]}
    return SlotForm(
        request.POST if request.method == "POST" else None,
        openings=open_slots_of(session, now),
        zone=zone_of(request.user),
        now=now,
        initial=first,
    )


def _create_page(
    request: ProductRequest, session: Session, form: SlotForm, words: str = "", status: int = 0
) -> HttpResponse:
    now, zone = timezone.now(), zone_of(request.user)
    others = [one for one in open_slots(request.product, now) if one.session != session]
    context = frame.intake_context(request, request.product, "hours", ("Book a place", "")) | {
        "form": form,
        "session": session,
        "when": span_words(session.starts_at, session.ends_at, zone, now),
        "where": where_words(session),
        "zone": zone_words(zone),
        "closed": words or closed_words(session),
        "others": _others(request, others, zone),
        "wait_url": reverse("intake:waiting_create", args=[request.product.slug, session.pk]),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "intake/booking_create.html", context, status=status or wrong)


def _others(request: ProductRequest, openings: list[OpenSlot], zone: str) -> list[tuple[str, str]]:
    """Other sessions with free times, each once: (when, address)."""
    found = {one.session.pk: one.session for one in openings}
    return [
        (
            span_words(one.starts_at, one.ends_at, zone, timezone.now()),
            reverse("intake:booking_create", args=[request.product.slug, one.pk]),
        )
        for one in found.values()
    ]


def closed_words(session: Session) -> str:
    """Why nobody can book a session any more; empty while one can."""
    try:
        check_open(session, timezone.now())
    except services.BookingClosed as closed:
        return str(closed)
    return ""


def find_session(request: ProductRequest, session_id: int) -> Session:
    """The product's session.

    Raises:
        Http404: it has none with this number.
    """
    rows = Session.objects.select_related("host", "product")
    session: Session = get_object_or_404(rows, pk=session_id, product=request.product)
    return session


@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    """All of a person's places in office hours, of every product."""
    user, now = user_of(request), timezone.now()
    zone = zone_of(user)
    ahead = list_page(bookings_ahead(user, now), request, noun="booking", size=PAGE)
    past = list_page(bookings_past(user, now), request, noun="booking", size=PAGE, key="past")
    context = {
        "ahead": ahead,
        "ahead_lines": [booking_line(one, zone, now) for one in ahead.rows],
        "waiting_lines": [waiting_line(one, zone, now) for one in waits_of(user, now)[:PAGE]],
        "past": past,
        "past_lines": [booking_line(one, zone, now) for one in past.rows],
        "zone": zone_words(zone),
    }
    return render(request, "intake/my_bookings.html", context)
