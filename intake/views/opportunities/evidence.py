"""What speaks for an opportunity: requests, notes, KPIs; attached and taken off again."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.versions import Conflict
from intake.forms.opportunities.evidence import EvidenceForm, LinkForm
from intake.models import Evidence, Opportunity, Request
from intake.selectors.offers import evidence_choices, piece_of
from intake.selectors.similar import similar_to
from intake.services import evidence as services
from intake.services import linking, putting_back
from intake.services.requests import IsClosed
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

NOT_UNDERSTOOD = "{} has no problem statement yet. Write one in the inbox, then attach it."
IS_CLOSED = "{} is closed. Open it again in the inbox, then attach it."
MOST_SIMILAR = 10
UNKNOWN = "No request of this product has this reference."


@or_404
@require_http_methods(GET_OR_POST)
def evidence_create(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Attach a note or a KPI of the product."""
    row = find(request, opportunity_id)
    form = EvidenceForm(posted(request), evidence_choices(row))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        made = services.attach_evidence(
            opportunity=row,
            piece=piece_of(asked["piece"], row),
            why=asked["why"],
            by=request.user,
            now=timezone.now(),
        )
        undo = reverse("intake:evidence_delete", args=[slug, row.pk, made.pk])
        return done(request, row, "The evidence is attached.", undo_url=undo)
    lede = "An interview, an observation, a note of office hours or a figure that shows it."
    return form_page(request, row, form, title="Attach evidence", submit="Attach it", lede=lede)


@or_404
@require_POST
def evidence_delete(
    request: ProductRequest, slug: str, opportunity_id: int, evidence_id: int
) -> HttpResponse:
    """Take a piece off; what it is about stays where it is."""
    row = find(request, opportunity_id)
    piece = Evidence.objects.filter(pk=evidence_id).first()
    if piece is None:
        return done(request, row, "The evidence is taken off.")
    if piece.opportunity_id != row.pk:
        raise Http404
    services.detach_evidence(evidence=piece, now=timezone.now())
    undo = reverse("intake:evidence_restore", args=[slug, row.pk, evidence_id])
    return done(request, row, "The evidence is taken off.", undo_url=undo)


@or_404
@require_POST
def evidence_restore(
    request: ProductRequest, slug: str, opportunity_id: int, evidence_id: int
) -> HttpResponse:
    """Attach again what was taken off."""
    row = find(request, opportunity_id)
    if Evidence.objects.filter(pk=evidence_id).exclude(opportunity=row).exists():
        raise Http404
    put_back = putting_back.put_back_row(Evidence, evidence_id, opportunity_id=row.pk)
    if put_back is None:
        return refused(request, row, "It can’t be attached again: it is gone, or attached already.")
    return done(request, row, "The evidence is attached again.")


@or_404
@require_http_methods(GET_OR_POST)
def opportunity_request_create(
    request: ProductRequest, slug: str, opportunity_id: int
) -> HttpResponse:
    """Attach a request by its reference; those that sound like the problem are offered."""
    row = find(request, opportunity_id)
    form = LinkForm(posted(request), _offer(request, row))
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"]
        wish = Request.objects.filter(product=row.product, reference__iexact=reference).first()
        problem = _link(request, row, wish) if wish else UNKNOWN
        if wish is not None and not problem:
            undo = reverse("intake:opportunity_request_delete", args=[slug, row.pk, wish.pk])
            return done(request, row, f"{wish.reference} is attached.", undo_url=undo)
        form.add_error("reference", problem)
    title, lede = "Attach a request", row.problem
    return form_page(request, row, form, title=title, submit="Attach it", lede=lede)


def _offer(request: ProductRequest, row: Opportunity) -> list[tuple[str, str]]:
    """Requests that sound like the problem and do not hang on it yet."""
    linked = set(row.links.values_list("request__reference", flat=True))
    found = similar_to(row.problem, product=row.product, user=request.user, limit=MOST_SIMILAR)
    return [
        (one.reference, f"{one.reference}: {one.text}")
        for one in found
        if one.kind == "request" and one.reference not in linked
    ]


def _link(request: ProductRequest, row: Opportunity, wish: Request) -> str:
    """Do it; in words why not."""
    try:
        linking.link_request(
            request=wish,
            version=wish.version,
            opportunity=row,
            by=request.user,
            now=timezone.now(),
        )
    except linking.NotUnderstood:
        return NOT_UNDERSTOOD.format(wish.reference)
    except IsClosed:
        return IS_CLOSED.format(wish.reference)
    except Conflict:
        return f"{wish.reference} was changed just now. Try again."
    return ""


@or_404
@require_POST
def opportunity_request_delete(
    request: ProductRequest, slug: str, opportunity_id: int, request_id: int
) -> HttpResponse:
    """Take a request out of the opportunity; with `?again=1` put it back in."""
    row = find(request, opportunity_id)
    wish = get_object_or_404(Request, product=row.product, pk=request_id)
    here = reverse("intake:opportunity_request_delete", args=[slug, row.pk, wish.pk])
    if request.GET.get("again"):
        problem = _link(request, row, wish)
        if problem:
            return refused(request, row, problem)
        return done(request, row, f"{wish.reference} is attached again.")
    linking.unlink_request(request=wish, opportunity=row, by=request.user, now=timezone.now())
    return done(request, row, f"{wish.reference} is taken off.", undo_url=f"{here}?again=1")
