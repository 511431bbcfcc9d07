"""One mail: where it stands and why, what is in it, once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest
from core.mail import sending_state
from core.toasts import add_toast
from digests.enums import Told
from digests.models import DigestDelivery
from digests.presenters.operating import delivery as words
from digests.presenters.operating import states
from digests.presenters.operating.weeks import week_name, week_url
from digests.selectors import deliveries
from digests.services.resending import Unwanted, try_again
from digests.views.operating.frame import frame


@require_safe
def delivery_detail(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Where it stands, why, what the server said, what is in it."""
    delivery = _find(delivery_id)
    told, sending = deliveries.told_state(delivery), sending_state()
    crumbs = ((week_name(delivery.week), week_url(delivery.week)), (delivery.person.name, ""))
    context = {
        **frame(*crumbs, state=sending),
        "delivery": delivery,
        "person": delivery.person,
        "state": states.state_chip(told),
        "why": states.why(delivery, told, is_paused=sending.is_paused),
        "facts": words.delivery_facts(delivery, told),
        "mail_facts": words.mail_facts(delivery, told),
        "parts": words.part_lines(deliveries.parts_of(delivery)),
        "may_retry": told == Told.FAILED,
        "person_url": reverse("digests:delivery_person", args=[delivery.person_id]),
    }
    return render(request, "digests/delivery_detail.html", context)


@require_POST
def delivery_retry(request: SignedInRequest, delivery_id: int) -> HttpResponse:
    """Try again what failed, in writing or in sending; twice is once."""
    delivery = _find(delivery_id)
    try:
        is_begun = try_again(delivery=delivery, by=request.user, now=timezone.now())
    except Unwanted:
        news = "No mail goes to them any more, so nothing was done."
        add_toast(request, news, level=messages.ERROR)
    else:
        news = "It is tried again." if is_begun else "It had not failed, so nothing was done."
        add_toast(request, news, level=messages.SUCCESS if is_begun else messages.INFO)
    return redirect("digests:delivery_detail", delivery.pk)


def _find(delivery_id: int) -> DigestDelivery:
    rows = deliveries.without_bytes(DigestDelivery.objects.all())
    return get_object_or_404(rows, pk=delivery_id)
