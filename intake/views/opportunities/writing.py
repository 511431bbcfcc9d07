"""Writing an opportunity down and changing it; the goals it concerns."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.toasts import add_toast
from intake.forms.opportunities.writing import GoalsForm, NewOpportunityForm, OpportunityForm
from intake.presenters.frame import intake_crumbs
from intake.selectors.offers import goal_choices
from intake.services import opportunities as services
from intake.services.goals import set_goals
from intake.views.opportunities.frame import (
    GET_OR_POST,
    done,
    find,
    form_page,
    or_404,
    posted,
    saved,
)
from portfolio.policies import ProductRequest

FIELDS = ("problem", "why", "alignment", "alignment_why", "version")


@require_http_methods(GET_OR_POST)
def opportunity_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Write a problem down; sending the form twice does it once."""
    form = NewOpportunityForm(posted(request), initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        made = services.create_opportunity(
            product=request.product, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        add_toast(request, "The opportunity is written down.")
        return redirect(made)
    title = "Write an opportunity down"
    context = {
        "form": form,
        "title": title,
        "lede": "A problem worth solving. What people ask for hangs on it; only it is decided.",
        "submit_label": "Write it down",
        "cancel_url": reverse("intake:opportunity_list", args=[slug]),
        "crumbs": intake_crumbs(request.product, "opportunities", (title, "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


@or_404
@require_http_methods(GET_OR_POST)
def opportunity_edit(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """The problem, why it matters, how it fits the mission."""
    row = find(request, opportunity_id)
    initial = {name: getattr(row, name) for name in FIELDS}
    form = OpportunityForm(posted(request), initial=initial)
    status = 0
    if request.method == "POST" and form.is_valid():
        change = partial(
            services.change_opportunity,
            opportunity=row,
            version=form.read_version,
            fields=form.written,
            by=request.user,
            now=timezone.now(),
        )
        if saved(form, change, {name: name for name in FIELDS}):
            return done(request, find(request, row.pk), "The opportunity is saved.")
        status = 409
    lede = f"The mission: {row.product.mission}" if row.product.mission else ""
    title = "Change the opportunity"
    return form_page(request, row, form, title=title, submit="Save", lede=lede, status=status)


@or_404
@require_http_methods(GET_OR_POST)
def opportunity_goals(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """The goals of personas that the problem stands in the way of."""
    row = find(request, opportunity_id)
    stand = list(row.goals.values_list("goal_id", flat=True))
    form = GoalsForm(posted(request), goal_choices(), initial={"goals": stand})
    if request.method == "POST" and form.is_valid():
        set_goals(opportunity=row, goal_ids=form.cleaned_data["goals"], now=timezone.now())
        return done(request, row, "The goals are saved.")
    lede = "What people want to get done, and can’t as long as the problem is there."
    return form_page(request, row, form, title="Goals of personas", submit="Save", lede=lede)
