"""The answers once more, and what happens when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from intake.forms.asking import AskForm
from intake.models import Request, Slot
from intake.presenters import asking as words
from intake.services.asking import TokenTaken, submit_request
from intake.services.bookings import AlreadyBooked, BookingClosed, SlotTaken
from intake.views.asking.desk import Desk, answers_of
from intake.views.asking.files import file_context
from intake.views.asking.frame import frame
from intake.views.asking.pages import FROM_CHECK, sent_already

SLOT_GONE = "This slot has just gone. Choose another one."
NOT_YOURS = "This form was begun by somebody else. Start again from the product’s page."


def check_page(desk: Desk, extra: AskForm | None = None) -> HttpResponseBase:
    """Check your answers; posting sends them, once however often it is posted."""
    if desk.sent:
        if desk.request.method == "POST":
            return redirect(desk.url("sent", desk.sent))
        return sent_already(desk)
    form = desk.whole_form()
    is_valid = form.is_valid()
    if desk.request.method == "POST" and is_valid and desk.may_send(form):
        request = send(desk, form)
        if request is not None:
            return redirect(desk.url("sent", request.reference))
    asked = [(one, f"{desk.url('step', one.key)}?from={FROM_CHECK}") for one in desk.questions]
    lines = words.answer_lines(asked, form.cleaned_data, name=desk.name, slots=dict(desk.slots))
    is_post = desk.request.method == "POST"
    context = (
        frame(desk)
        | file_context(desk)
        | {
            "lines": lines,
            "form": form if is_post else None,
            "back_url": desk.url("all")
            if desk.shows_all
            else desk.url("step", desk.questions[-1].key),
        }
    )
    status = desk.refused_status if is_post else 200
    return render(desk.request, "intake/ask_check.html", context, status=status)


def send(desk: Desk, form: AskForm) -> Request | None:
    """Send what was answered; None: the form says why not."""
    cleaned = form.cleaned_data
    try:
        request = submit_request(
            product=desk.product,
            answers=answers_of(cleaned),
            visitor=desk.visitor(cleaned),
            token=desk.token,
            sending=desk.sending(_slot(desk, cleaned)),
            now=timezone.now(),
        )
    except TokenTaken:
        form.add_error(None, NOT_YOURS)
    except (Slot.DoesNotExist, SlotTaken, BookingClosed):
        form.add_error("slot", SLOT_GONE)
    except AlreadyBooked:
        form.add_error("slot", "You have a place in that session already. Choose no meeting.")
    else:
        desk.finish(request)
        return request
    return None


def _slot(desk: Desk, cleaned: Mapping[str, Any]) -> Slot | None:
    """The slot that was chosen among those on offer."""
    key = cleaned.get("slot")
    slots = Slot.objects.filter(session__product=desk.product).select_related("session__product")
    return slots.get(pk=int(key)) if key else None
