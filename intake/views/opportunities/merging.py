"""Two opportunities that are one problem, and two again."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from intake.forms.opportunities.writing import MergeForm
from intake.models import Opportunity, OpportunityMerge
from intake.selectors.offers import merge_choices
from intake.services import merging as services
from intake.views.opportunities.frame import (
    GET_OR_POST,
    done,
    find,
    form_page,
    or_404,
    posted,
    refused,
)
from portfolio.policies import ProductRequest


@or_404
@require_http_methods(GET_OR_POST)
def opportunity_merge(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Say that it is the same problem as another one, which stays."""
    row = find(request, opportunity_id)
    form = MergeForm(posted(request), merge_choices(row))
    if request.method == "POST" and form.is_valid():
        kept = Opportunity.objects.select_related("product").get(pk=form.cleaned_data["kept"])
        try:
            merge = services.merge_opportunities(
                kept=kept, gone=row, by=request.user, now=timezone.now()
            )
        except services.CannotMerge as error:
            form.add_error(None, str(error))
        else:
            undo = reverse("intake:opportunity_unmerge", args=[slug, kept.pk, merge.pk])
            return done(request, kept, "The two are one opportunity now.", undo_url=undo)
    title = "Merge with another one"
    return form_page(request, row, form, title=title, submit="Merge them", lede=row.problem)


@or_404
@require_POST
def opportunity_unmerge(
    request: ProductRequest, slug: str, opportunity_id: int, merge_id: int
) -> HttpResponse:
    """Make them two again."""
    row = find(request, opportunity_id)
    merge = get_object_or_404(
        OpportunityMerge.objects.select_related("kept", "gone"), kept=row, pk=merge_id
    )
    try:
        services.unmerge_opportunities(merge=merge, by=request.user, now=timezone.now())
    except services.CannotMerge as error:
        return refused(request, row, str(error))
    return done(request, row, "They are two opportunities again.")
