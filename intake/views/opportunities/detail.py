"""One opportunity: why it matters, what speaks for it, what was decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.viewers import house_zone
from core.policies import allows
from intake.forms.opportunities.deciding import DecisionForm
from intake.models import Opportunity
from intake.presenters.frame import intake_context
from intake.presenters.opportunities import page, story, words
from intake.selectors.independence import bases_of
from intake.selectors.opportunity import whole_of
from intake.selectors.shipping import releases_of_opportunity
from intake.views.opportunities.frame import short, today_here
from portfolio.policies import ProductRequest

FIRST_PIECES = 30


@require_safe
def opportunity_detail(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """The problem and all around it; who is not of the team reads no names and no words of others.

    What was merged leads to what it was merged into.
    """
    rows = Opportunity.objects.filter(product=request.product).select_related("product")
    row = get_object_or_404(rows.select_related("merged_into__product"), pk=opportunity_id)
    if row.merged_into is not None:
        return redirect(row.merged_into)
    is_team, day = allows("product.edit", request.user, request.product), today_here()
    context = {
        **intake_context(request, request.product, "opportunities", (short(row), "")),
        "opportunity": row,
        "is_team": is_team,
        "decision": words.decision_label(row.decision),
        "releases": releases_of_opportunity(row, day, for_team=is_team),
        **(_for_team(request, row, day) if is_team else _for_readers(row)),
    }
    return render(request, "intake/opportunity_detail.html", context)


def _for_readers(row: Opportunity) -> dict[str, Any]:
    return {"weight": page.weight(bases_of([row.pk])[row.pk])}


def _for_team(request: ProductRequest, row: Opportunity, day: dt.date) -> dict[str, Any]:
    whole, zone = whole_of(row, day), house_zone(request.user)
    pieces = story.pieces(whole, day, zone)
    shows_all = request.GET.get("all") == "1"
    return {
        "weight": page.weight(whole.basis),
        "team": page.team_weight(whole),
        "alignment": words.alignment_words(row.alignment),
        "pieces": pieces if shows_all else pieces[:FIRST_PIECES],
        "hidden": 0 if shows_all else max(0, len(pieces) - FIRST_PIECES),
        "candidates": page.candidate_views(row),
        "experiments": page.experiment_views(whole.experiments, day),
        "decisions": page.decision_lines(whole.decisions, day, zone),
        "goals": whole.goals,
        "merges": whole.merges,
        "may_decide": allows("product.manage", request.user, request.product),
        "decision_form": _decision_form(row, is_gated=not whole.basis.is_independent),
    }


def _decision_form(row: Opportunity, *, is_gated: bool) -> DecisionForm:
    initial = {"to": row.decision, "reason": row.decision_reason, "version": row.version}
    return DecisionForm(initial=initial, is_gated=is_gated)
