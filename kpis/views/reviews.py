"""Reviews: the KPIs of a product after its stage changed, one plan, and all that is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.paging import list_page
from core.toasts import add_toast
from kpis.forms.reviews import ReviewForm
from kpis.presenters import reviews as words
from kpis.rules import DateOutOfBounds
from kpis.selectors import exemptions, reviews
from kpis.selectors.reviews import StageReview
from kpis.services import KpiConflict
from kpis.services.reviews import StageMoved, finish_review, plan_next_review
from kpis.stages import current_factors
from kpis.views.requests import GET_OR_POST, day_in, find_kpi, kpi_crumbs, posted
from portfolio.policies import ProductRequest
from portfolio.selectors import stale_records

PAGE_SIZE = 25
BACK = "list"  # `?back=list`: the answer leads to the list from which it came


@require_http_methods(GET_OR_POST)
def review(request: ProductRequest, slug: str) -> HttpResponse:
    """What counts now that the stage has changed: weigh the KPIs, add what is missing, done."""
    product, day = request.product, today(timezone.now())
    found = reviews.stage_review(product, current_factors())
    initial = {"stage": product.stage, "next_review": day + words.UNTIL}
    form = ReviewForm(posted(request), rows=found.rows, today=day, initial=initial)
    if request.method == "POST" and form.is_valid() and _finished(request, form):
        add_toast(request, "Done. The next review stands in each plan.")
        return redirect("kpis:kpi_list", slug)
    context = _context(request, found, form, day)
    return render(request, "kpis/review.html", context, status=422 if form.is_bound else 200)


def _finished(request: ProductRequest, form: ReviewForm) -> bool:
    """Whether it is kept; why not stands in the form."""
    data = form.cleaned_data
    try:
        finish_review(
            product=request.product,
            stage=data["stage"],
            weights=form.weights(),
            next_review=data["next_review"],
            note=data["note"],
            by=request.user,
            now=timezone.now(),
        )
    except StageMoved:
        form.data = {**form.data.dict(), "stage": request.product.stage}  # type: ignore[attr-defined]  # a QueryDict
        form.add_error(None, "The stage has changed meanwhile. Look again, then press Done.")
    except KpiConflict as conflict:
        kpi = conflict.theirs
        form.data = {**form.data.dict(), f"version_{kpi.pk}": str(kpi.version)}  # type: ignore[attr-defined]  # a QueryDict
        form.add_error(
            None,
            f"{conflict.who} changed the plan of {kpi.metric} while you were here: its weight is "
            f"{kpi.weight} now. Press Done again to keep yours.",
        )
    else:
        return True
    return False


def _context(
    request: ProductRequest, found: StageReview, form: ReviewForm, day: dt.date
) -> dict[str, Any]:
    product = request.product
    return {
        "product": product,
        "lede": words.review_lede(product, found, day),
        "last": words.last_review_words(reviews.last_review(product), day),
        "form": form,
        "rows": [(words.review_line(row), *form.fields_of(row)) for row in found.rows],
        "missing": [words.missing_line(product, one) for one in found.missing],
        "cancel_url": reverse("kpis:kpi_list", args=[product.slug]),
        "crumbs": kpi_crumbs(product, ("Review", "")),
    }


@require_POST
def kpi_confirm(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """“Still right until …”: 13 weeks from today, or the day in the address, which Undo sends."""
    kpi, now = find_kpi(request, kpi_id), timezone.now()
    until = day_in(request, "until") if "until" in request.GET else today(now) + words.UNTIL
    before = kpi.next_review.isoformat() if kpi.next_review else ""
    try:
        moved = plan_next_review(kpi=kpi, until=until, by=request.user, now=now)
    except DateOutOfBounds as error:
        add_toast(request, str(error), level=messages.ERROR)
    else:
        address = reverse("kpis:kpi_confirm", args=[slug, kpi_id], query={"until": before})
        told = (
            f"The next review of {kpi.metric} is on {until:%-d %B %Y}." if until else "As before."
        )
        add_toast(request, told, undo_url=address if moved and until else "")
    return redirect("kpis:review_list") if request.GET.get("back") == BACK else redirect(kpi)


@require_safe
def review_list(request: SignedInRequest) -> HttpResponse:
    """Everything that waits for a look of the person who asks."""
    user, now = request.user, timezone.now()
    day = today(now)
    lists = [
        ("exemptions", "Exemptions to decide", "exemption", exemptions.waiting_for(user)),
        ("stages", "Stages that changed", "product", reviews.stage_reviews(user, day)),
        ("plans", "Plans to look over", "KPI", reviews.plan_reviews(user, day)),
        ("asked", "What you asked for", "exemption", exemptions.asked_by(user, now)),
    ]
    sections = [
        (key, title, page, words.todo_lines(page.rows, day))
        for key, title, noun, rows in lists
        if (page := list_page(rows, request, noun=noun, size=PAGE_SIZE, key=key)).total
    ]
    context = {"sections": sections, "stale": stale_records(user, day).count(), "back": BACK}
    return render(request, "kpis/review_list.html", context)
