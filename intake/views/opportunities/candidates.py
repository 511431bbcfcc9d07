"""Ways to solve a problem: written in the page of the opportunity."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from intake.forms.opportunities.trying import CandidateForm, NewCandidateForm
from intake.models import Candidate, Opportunity
from intake.services import candidates as services
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


def _find(row: Opportunity, candidate_id: int) -> Candidate:
    found: Candidate = get_object_or_404(Candidate, opportunity=row, pk=candidate_id)
    return found


@or_404
@require_http_methods(GET_OR_POST)
def candidate_create(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Another way."""
    row = find(request, opportunity_id)
    form = NewCandidateForm(posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_candidate(opportunity=row, now=timezone.now(), **form.cleaned_data)
        return done(request, row, "The candidate is added.")
    return form_page(request, row, form, title="Another way to solve it", submit="Add it")


@or_404
@require_http_methods(GET_OR_POST)
def candidate_edit(
    request: ProductRequest, slug: str, opportunity_id: int, candidate_id: int
) -> HttpResponse:
    """Say what a candidate would mean."""
    row = find(request, opportunity_id)
    candidate = _find(row, candidate_id)
    initial = {"what": candidate.what, "version": candidate.version}
    form = CandidateForm(posted(request), initial=initial)
    status = 0
    if request.method == "POST" and form.is_valid():
        change = partial(
            services.change_candidate,
            candidate=candidate,
            version=form.read_version,
            what=form.cleaned_data["what"],
            now=timezone.now(),
        )
        if saved(form, change, {"what": "what"}):
            return done(request, row, f"“{candidate}” is saved.")
        status = 409
    return form_page(request, row, form, title=str(candidate), submit="Save", status=status)


@or_404
@require_POST
def candidate_choose(
    request: ProductRequest, slug: str, opportunity_id: int, candidate_id: int
) -> HttpResponse:
    """Choose this one; with `chosen=no` none."""
    row = find(request, opportunity_id)
    candidate = _find(row, candidate_id)
    is_chosen = request.POST.get("chosen") != "no"
    services.choose_candidate(candidate=candidate, is_chosen=is_chosen, now=timezone.now())
    return done(request, row, f"“{candidate}” is {'chosen' if is_chosen else 'no longer chosen'}.")


@or_404
@require_POST
def candidate_delete(
    request: ProductRequest, slug: str, opportunity_id: int, candidate_id: int
) -> HttpResponse:
    """Take one away that somebody added; sending it twice does it once."""
    row = find(request, opportunity_id)
    candidate = Candidate.objects.filter(pk=candidate_id).first()
    if candidate is not None and candidate.opportunity_id != row.pk:
        raise Http404
    if candidate is not None:
        services.remove_candidate(candidate=candidate, now=timezone.now())
    return done(request, row, "The candidate is taken away.")
