"""Leaving somebody alone for a while."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import today
from portfolio.policies import ProductRequest
from stakeholders.forms.plans import SnoozeForm
from stakeholders.services import plans as services
from stakeholders.views.confidential import confidential
from stakeholders.views.placements import GET_OR_POST, find_placement
from stakeholders.views.ways import after_change, form_page, posted


@confidential("a snooze")
@require_http_methods(GET_OR_POST)
def snooze_create(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Leave somebody alone until a day, with the reason."""
    placement, now = find_placement(request, placement_id), timezone.now()
    day = today(now)
    form = SnoozeForm(posted(request), today=day, initial={"until": day + dt.timedelta(days=14)})
    if request.method == "POST" and form.is_valid():
        until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
        services.snooze(placement=placement, until=until, reason=reason, by=request.user, now=now)
        return after_change(request, placement, f"{placement.person} is snoozed.")
    return form_page(
        request,
        placement,
        form,
        title=f"Snooze {placement.person}",
        lede="Until then no debt grows and the day's list leaves them out.",
        submit_label="Snooze",
    )


@confidential("a snooze")
@require_POST
def snooze_end(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Let days count again from today on."""
    placement = find_placement(request, placement_id)
    ended = services.end_snooze(placement=placement, by=request.user, now=timezone.now())
    news = f"{placement.person} is not snoozed any more."
    return after_change(request, placement, news if ended else "Nobody was snoozed here.")
