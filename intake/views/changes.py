"""What a visitor does about their place in office hours, with an account or without."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from core.calendars import CONTENT_TYPE, PUBLISH
from core.formats import zone_words
from core.forms import VersionedForm
from core.toasts import add_toast
from core.versions import Conflict
from intake.enums import BookingState
from intake.forms.booking import TAKEN, SlotForm
from intake.models import Booking, WaitingPlace
from intake.presenters.addresses import booking_path
from intake.presenters.bookings import booking_page, is_open
from intake.presenters.zones import zone_of_visitor
from intake.selectors.hours import zone_of
from intake.selectors.openings import open_slots
from intake.services import bookings as services
from intake.services import calendars
from intake.services.waiting import leave_waiting

CHOICES = 40
OFFER_GOES = "It is offered to whoever waits next."
OVER = "Nothing of this booking can be changed any more."
CHANGED = "This booking was changed meanwhile. Look at it as it stands now, then try again."

WHY: dict[type[Exception], str] = {
    services.AlreadyBooked: "You have another place in those office hours.",
    services.BookingOver: OVER,
    Conflict: CHANGED,
}


def show(request: HttpRequest, booking: Booking) -> HttpResponse:
    """When, where and with whom; what can still be done about it."""
    page = booking_page(booking, zone_of_reader(booking), timezone.now())
    context = {"page": page, "booking": booking, "crumbs": _crumbs(booking)}
    return render(request, "intake/booking_detail.html", context)


def ics(booking: Booking) -> HttpResponse:
    """The entry for one's calendar.

    Raises:
        Http404: the booking is over or was cancelled.
    """
    now = timezone.now()
    if not is_open(booking, now):
        raise Http404("Nothing of it belongs into a calendar.")
    data = calendars.entry(booking, PUBLISH, now=now)
    response = HttpResponse(data, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{calendars.FILE_NAME}"'
    return response


def zone_of_reader(booking: Booking) -> str:
    """The clock of whoever comes."""
    return zone_of(booking.user) if booking.user else zone_of_visitor(booking)


def move(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Choose another free time of the product."""
    now = timezone.now()
    if not is_open(booking, now):
        return _back(request, booking, OVER)
    form = _move_form(request, booking)
    if request.method != "POST" or not form.is_valid():
        return _move_page(request, booking, form)
    try:
        services.move_booking(
            booking=booking,
            version=form.read_version,
            slot=form.slots[form.cleaned_data["slot"]],
            by=booking.user,
            now=now,
        )
    except (services.SlotTaken, services.BookingClosed):
        form = _move_form(request, booking)
        form.is_valid()
        form.add_error("slot", TAKEN)
        return _move_page(request, booking, form, status=409)
    except (services.AlreadyBooked, services.BookingOver, Conflict) as refused:
        return _back(request, booking, WHY[type(refused)])
    add_toast(request, "Your place has moved. A mail with the new calendar entry is on its way.")
    return redirect(booking_path(booking))


def _move_form(request: HttpRequest, booking: Booking) -> SlotForm:
    now = timezone.now()
    return SlotForm(
        request.POST if request.method == "POST" else None,
        openings=open_slots(booking.session.product, now, CHOICES),
        zone=zone_of_reader(booking),
        now=now,
        initial={"version": booking.version},
    )


def _move_page(
    request: HttpRequest, booking: Booking, form: SlotForm, status: int = 0
) -> HttpResponse:
    zone = zone_of_reader(booking)
    context = {
        "form": form,
        "page": booking_page(booking, zone, timezone.now()),
        "title": "Move your place",
        "submit_label": "Move my place",
        "zone": zone_words(zone),
        "crumbs": _crumbs(booking, "Move"),
        "cancel_url": booking_path(booking),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "intake/booking_move.html", context, status=status or wrong)


def cancel(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Give a place back, or let an offer go; the deadline hinders nobody."""
    form = VersionedForm(request.POST or None, initial={"version": booking.version})
    if request.method != "POST" or not form.is_valid():
        return _cancel_page(request, booking, form)
    if booking.state == BookingState.OFFERED:
        return _let_go(request, booking)
    try:
        services.cancel_booking(
            booking=booking, version=form.read_version, by=booking.user, now=timezone.now()
        )
    except (services.BookingOver, Conflict) as refused:
        return _back(request, booking, WHY[type(refused)])
    add_toast(request, "Your place is cancelled.", undo_url=booking_path(booking, "booking_again"))
    return redirect(_after(booking))


def _after(booking: Booking) -> str:
    """The list of all; a guest has this one."""
    return reverse("intake:my_bookings") if booking.user_id else booking_path(booking)


def _cancel_page(request: HttpRequest, booking: Booking, form: VersionedForm) -> HttpResponse:
    page = booking_page(booking, zone_of_reader(booking), timezone.now())
    if not page.cancel_url:
        return _back(request, booking, OVER)
    is_offer = booking.state == BookingState.OFFERED
    context = {
        "form": form,
        "title": "Let this place go" if is_offer else "Cancel your place",
        "lede": f"{page.product}, {page.when} ({page.zone}).",
        "consequences": [OFFER_GOES if is_offer else _consequence(booking)],
        "confirm_label": "Let it go" if is_offer else "Cancel my place",
        "cancel_url": booking_path(booking),
        "crumbs": _crumbs(booking, "Cancel"),
    }
    return render(request, "components/confirm_page.html", context)


def _consequence(booking: Booking) -> str:
    if booking.session.closes_at <= timezone.now():
        return "It is late: booking has closed, so nobody else can take your place."
    return "Your place is offered to whoever waits for one."


def _let_go(request: HttpRequest, booking: Booking) -> HttpResponse:
    place = WaitingPlace.objects.filter(booking=booking).first()
    if place is None:
        return _back(request, booking, OVER)
    leave_waiting(place=place, by=booking.user, now=timezone.now())
    add_toast(request, "The place goes to whoever waits next.")
    return redirect(_after(booking))


def again(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Undo of a cancellation, while the slot has room."""
    try:
        services.book_again(booking=booking, by=booking.user, now=timezone.now())
    except services.SlotTaken:
        return _back(request, booking, "Somebody else has the place by now. Choose another time.")
    except services.BookingClosed as closed:
        return _back(request, booking, str(closed))
    except services.AlreadyBooked as known:
        add_toast(request, "You have another place there.", level=messages.INFO)
        return redirect(booking_path(known.booking))
    add_toast(request, "You have your place again.")
    return redirect(booking_path(booking))


def _back(request: HttpRequest, booking: Booking, words: str) -> HttpResponse:
    add_toast(request, words, level=messages.ERROR)
    return redirect(booking_path(booking))


def _crumbs(booking: Booking, word: str = "") -> list[tuple[str, str]]:
    """The way from the list of all, which a guest has not."""
    if booking.user_id is None:
        return []
    way, title = [("Your bookings", reverse("intake:my_bookings"))], booking.session.title
    return [*way, (title, booking_path(booking)), (word, "")] if word else [*way, (title, "")]
