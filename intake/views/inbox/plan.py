"""When somebody hears of new requests."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from core.formats import zone_words
from core.toasts import add_toast
from intake.forms.inbox.times import TimesForm, shown
from intake.selectors.hours import zone_of
from intake.selectors.inbox.batches import times_of
from intake.services.batches import set_times

LEDE = (
    "One mail at each of these times, in {zone}, if something new waits for you: never a mail for "
    "every request. Twice a day is what we suggest."
)


@require_http_methods(["GET", "HEAD", "POST"])
def inbox_plan(request: SignedInRequest) -> HttpResponse:
    """Choose the times, or none."""
    posted = request.POST if request.method == "POST" else None
    form = TimesForm(posted, initial={"times": shown(times_of(request.user))})
    if posted is not None and form.is_valid():
        plan = set_times(times=form.cleaned_data["times"], by=request.user, now=timezone.now())
        times = shown(plan.times)
        add_toast(request, f"You hear of new requests at {times}." if times else "No more mails.")
        return redirect("intake:inbox")
    context = {
        "title": "When you hear of new requests",
        "lede": LEDE.format(zone=zone_words(zone_of(request.user))),
        "form": form,
        "submit_label": "Save",
        "cancel_url": reverse("intake:inbox"),
        "crumbs": [("Inbox", reverse("intake:inbox")), ("When you hear of it", "")],
    }
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)
