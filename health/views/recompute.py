"""Working kept days out again: two days, perhaps one product, a reason; seen before it is done."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from accounts.selectors import today as local_today
from accounts.settings_tabs import tab_links
from core.paging import list_page
from core.periods import DAY
from core.queues import nudge
from core.toasts import add_toast
from health import selectors, services
from health.forms import RecomputeForm
from health.presenters import recompute as words
from health.tasks import recompute_days


@require_http_methods(["GET", "HEAD", "POST"])
def recompute(request: SignedInRequest) -> HttpResponse:
    """Asks for the days, says how many there are, then writes the wish down; a worker does it."""
    if request.method != "POST":
        return _page(request, RecomputeForm(initial={"token": uuid.uuid4()}))
    form = RecomputeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = dict(form.cleaned_data)
    if given["last"] >= local_today(timezone.now()):
        form.add_error("last", words.NOT_OVER)
        return _page(request, form, status=422)
    if request.POST.get("step") != "confirm":
        product = given["product"]
        extent = selectors.extent_of(given["first"], given["last"], product and product.pk)
        return _page(request, form, extent=extent)
    services.ask_recompute(**given, by=request.user, now=timezone.now())
    nudge(recompute_days)
    add_toast(request, "These days are being worked out again.")
    return redirect("health:recompute")


def _page(
    request: HttpRequest,
    form: RecomputeForm,
    *,
    extent: selectors.Extent | None = None,
    status: int = 200,
) -> HttpResponse:
    page = list_page(selectors.recomputes(), request, noun="time", size=20)
    context: dict[str, Any] = {
        "tabs": tab_links("health"),
        "form": form,
        "yesterday": local_today(timezone.now()) - DAY,
        "extent": words.extent_words(extent) if extent else "",
        "may_confirm": bool(extent and extent.snapshots),
        "page": page,
        "lines": words.recompute_lines(page.rows, selectors.progress_of(page.rows)),
    }
    return render(request, "health/recompute.html", context, status=status)
