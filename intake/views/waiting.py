"""Waiting for a place in office hours, and taking the one that became free."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.formats import zone_words
from core.forms import TextField
from core.toasts import add_toast
from intake.models import Session
from intake.policies import BookingRequest, WaitingRequest
from intake.presenters.times import span_words
from intake.selectors.bookings import own_request
from intake.selectors.hours import zone_of
from intake.services import waiting as services
from intake.services.seats import AlreadyBooked, BookingClosed
from intake.services.visitors import visitor_of
from intake.views.bookings import GET_OR_POST, closed_words, find_session
from portfolio.policies import ProductRequest


class WaitingForm(forms.Form):
    """Nothing to fill in: the form's own token, and the request that it is about."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    request = TextField(widget=forms.HiddenInput, required=False, max_length=24)


@require_http_methods(GET_OR_POST)
def waiting_create(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Wait for a place in a session that is full."""
    session = find_session(request, session_id)
    first = {"token": uuid4(), "request": request.GET.get("request", "")[:24]}
    form = WaitingForm(request.POST if request.method == "POST" else None, initial=first)
    book_url = reverse("intake:booking_create", args=[slug, session_id])
    if request.method != "POST" or not form.is_valid():
        return _waiting_page(request, session, form, book_url)
    try:
        services.join_waiting(
            session=session,
            visitor=visitor_of(request.user),
            by=request.user,
            now=timezone.now(),
            request=own_request(request.user, request.product, form.cleaned_data["request"]),
            token=form.cleaned_data["token"],
        )
    except services.SeatsFree:
        add_toast(request, "There are free places: choose one.", level=messages.INFO)
        return redirect(book_url)
    except AlreadyBooked as known:
        add_toast(request, "You have a place in these office hours.", level=messages.INFO)
        return redirect(known.booking)
    except BookingClosed:
        return redirect(book_url)
    add_toast(request, "You are on the waiting list. A mail tells you when a place is free.")
    return redirect("intake:my_bookings")


def _waiting_page(
    request: ProductRequest, session: Session, form: WaitingForm, book_url: str
) -> HttpResponse:
    if closed_words(session):
        return redirect(book_url)
    now, zone = timezone.now(), zone_of(request.user)
    when = span_words(session.starts_at, session.ends_at, zone, now)
    context = {
        "form": form,
        "title": "Wait for a place",
        "lede": f"{request.product.name}, {when} ({zone_words(zone)}).",
        "consequences": [
            "When a place becomes free, it is kept for a day for whoever waits longest.",
            "A mail tells you, and you take it or let it go.",
        ],
        "confirm_label": "Wait for a place",
        "cancel_url": book_url,
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def offer_take(request: BookingRequest, uid: object) -> HttpResponse:
    """Have the place that was kept."""
    try:
        services.take_offer(booking=request.booking, by=request.user, now=timezone.now())
    except services.OfferLapsed:
        words = "The offer has lapsed; the place went to the next."
        add_toast(request, words, level=messages.ERROR)
    else:
        add_toast(request, "The place is yours. A mail with the calendar entry is on its way.")
    return redirect(request.booking)


@require_http_methods(GET_OR_POST)
def waiting_leave(request: WaitingRequest, uid: object) -> HttpResponse:
    """Wait no more."""
    place, user = request.waiting, request.user
    if request.method == "POST":
        services.leave_waiting(place=place, by=user, now=timezone.now())
        add_toast(request, "You are no longer on the waiting list.")
        return redirect("intake:my_bookings")
    session, zone = place.session, zone_of(user)
    when = span_words(session.starts_at, session.ends_at, zone, timezone.now())
    context = {
        "title": "Leave the waiting list",
        "lede": f"{session.product.name}, {when} ({zone_words(zone)}).",
        "confirm_label": "Leave the list",
        "cancel_url": reverse("intake:my_bookings"),
        "crumbs": [("Your bookings", reverse("intake:my_bookings")), ("Leave", "")],
    }
    return render(request, "components/confirm_page.html", context)
