"""Deciding about an opportunity, and taking a decision back."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from intake.enums import Decision
from intake.forms.opportunities.deciding import DecisionForm, ReopenForm
from intake.models import Opportunity
from intake.presenters.opportunities.words import gate_words
from intake.selectors.independence import bases_of
from intake.services import deciding as services
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

STANDING = {"to": "decision", "reason": "decision_reason"}


@or_404
@require_http_methods(GET_OR_POST)
def opportunity_decide(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Now, next, later or no, with a reason; `?to=` is what was aimed at on the board."""
    row = find(request, opportunity_id)
    basis = bases_of([row.pk])[row.pk]
    aimed = request.GET.get("to", "")
    initial = {"to": aimed if aimed in Decision.values else row.decision, "version": row.version}
    form = DecisionForm(posted(request), initial=initial, is_gated=not basis.is_independent)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            if _decide(request, row, form):
                label = Decision(form.cleaned_data["to"]).label
                news = f"Decided: {label}. Everybody who asked hears of it."
                return done(request, find(request, row.pk), news)
            status = 409
        except services.NotGated:
            form.refuse()
            status = 422
    title, lede = "Decide", f"{row.problem} {gate_words(basis)}".strip()
    return form_page(request, row, form, title=title, submit="Decide", lede=lede, status=status)


def _decide(request: ProductRequest, row: Opportunity, form: DecisionForm) -> bool:
    """Do it; False: somebody was faster.

    Raises:
        NotGated: *now* is closed.
    """
    asked = form.cleaned_data
    return saved(
        form,
        partial(
            services.decide,
            opportunity=row,
            version=form.read_version,
            decision=asked["to"],
            reason=asked["reason"],
            favour_reason=asked.get("favour_reason", ""),
            by=request.user,
            now=timezone.now(),
        ),
        STANDING,
    )


@or_404
@require_http_methods(GET_OR_POST)
def opportunity_reopen(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Take the decision back."""
    row = find(request, opportunity_id)
    form = ReopenForm(posted(request), initial={"version": row.version})
    status = 0
    if request.method == "POST" and form.is_valid():
        undecide = partial(
            services.undecide,
            opportunity=row,
            version=form.read_version,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        if saved(form, undecide, {}):
            return done(request, find(request, row.pk), "It is undecided again.")
        status = 409
    return form_page(
        request,
        row,
        form,
        title="Open it again",
        submit="Open again",
        lede=row.problem,
        status=status,
    )
