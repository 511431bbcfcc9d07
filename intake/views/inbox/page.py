"""The inbox: the list on the left, the chosen request on the right, everything by its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from core.forms import clean_text
from core.htmx import swaps
from intake.forms.inbox.filters import SHOWS, InboxForm
from intake.models import Request
from intake.presenters.frame import intake_context
from intake.presenters.inbox import head as heads
from intake.presenters.inbox import lines as words
from intake.presenters.inbox import request as about
from intake.presenters.inbox.addresses import InboxAddresses
from intake.presenters.times import told_moment
from intake.querysets import triaged_by
from intake.selectors.inbox.detail import detail_of
from intake.selectors.inbox.filters import WAITING, Clock, InboxFilters, clock
from intake.selectors.inbox.head import head_of
from intake.selectors.inbox.listing import inbox_page, requests_for, with_weight
from intake.views.inbox.tools import desk_of
from portfolio.models import Product
from portfolio.policies import ProductRequest

PART = "inbox"


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits in the inboxes of all the products that one works on."""
    return render_inbox(request, None)


@require_safe
def product_inbox(request: ProductRequest, slug: str) -> HttpResponse:
    """What waits in the inbox of one product."""
    return render_inbox(request, request.product)


@require_safe
def request_triage(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """The address of a request in its product's inbox, whatever has become of it."""
    get_object_or_404(Request, product=request.product, reference=reference)
    to = InboxAddresses(request.product, request.GET)
    return redirect(to.here(on=reference))


def render_inbox(
    request: SignedInRequest,
    product: Product | None,
    *,
    bound: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The inbox as the address says, as a page or for htmx as the part of it that changes.

    `bound` is a form about the chosen request that was sent and refused: it stands open.
    """
    to = InboxAddresses(product, request.GET)
    context = _context(request, to, bound)
    context["is_swap"] = swaps(request, PART)
    if context["is_swap"]:
        response = render(request, "intake/inbox_body.html", context, status=status)
        here = to.here()
        stands = request.headers.get("HX-Current-URL", "").endswith(here)
        response["HX-Push-Url"] = "false" if stands else here
        return response
    if product is not None:
        context = intake_context(request, product, PART) | context
        return render(request, "intake/inbox_product.html", context, status=status)
    head = head_of(request.user, context["clock"])
    context |= {
        "head": head,
        "summary": heads.summary(head),
        "beside": heads.beside(head),
        "head_lines": heads.head_lines(head),
    }
    return render(request, "intake/inbox.html", context, status=status)


def _context(request: SignedInRequest, to: InboxAddresses, bound: Any) -> dict[str, Any]:
    user, when = request.user, clock(timezone.now())
    products = [] if to.product else _products(request)
    form = InboxForm(request.GET, products if len(products) > 1 else [])
    filters = form.filters
    after = request.GET.get("after", "")
    page = inbox_page(user=user, product=to.product, filters=filters, clock=when, after=after)
    asked = clean_text(request.GET.get("on", ""))
    chosen = _chosen(request, to, page.rows, asked)
    context = {
        "to": to,
        "clock": when,
        "filter_form": form,
        "kept": [(name, request.GET[name]) for name in ("show",) if request.GET.get(name)],
        "parts": _parts(to, filters, page.counts),
        "lines": words.lines(page.rows, chosen, to, when),
        "older_url": to.here(after=page.older, on="") if page.older else "",
        "newer_url": "" if page.is_first else to.here(after="", on=""),
        "is_narrow": filters.is_narrow,
        "is_waiting": filters.show == WAITING,
        "is_asked": bool(asked) and chosen is not None,
        "clear_url": to.here(q="", age="", source="", product="", mine="", after="", on=""),
        "list_url": to.here(on=""),
        "bulk_url": reverse("intake:inbox_bulk"),
        "bulk_kept": to.kept_for_bulk(),
        "single_keys": user.single_keys,
        "chosen": chosen,
    }
    return context | (
        _about(request, chosen, to, when=when, rows=page.rows, bound=bound) if chosen else {}
    )


def _products(request: SignedInRequest) -> list[tuple[str, str]]:
    return [(one.slug, one.name) for one in triaged_by(request.user).order_by("name", "pk")[:500]]


def _chosen(
    request: SignedInRequest, to: InboxAddresses, rows: list[Request], asked: str
) -> Request | None:
    """The one of the address, though it be on another page; else the first of the list."""
    for row in rows:
        if row.reference == asked:
            return row
    found: Request | None = None
    if asked:
        mine = with_weight(requests_for(request.user, to.product))
        found = mine.select_related("product", "assignee").filter(reference=asked[:24]).first()
    return found or (rows[0] if rows else None)


def _parts(
    to: InboxAddresses, filters: InboxFilters, counts: dict[str, int]
) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": to.here(show="" if key == WAITING else key, after="", on=""),
            "count": counts[key],
            "is_current": key == filters.show,
        }
        for key, label in SHOWS.items()
    ]


def _about(
    request: SignedInRequest,
    chosen: Request,
    to: InboxAddresses,
    *,
    when: Clock,
    rows: list[Request],
    bound: Any,
) -> dict[str, Any]:
    """Everything beside the list."""
    detail = detail_of(chosen, request.user)
    before, after = words.neighbours(rows, chosen)
    zone = request.user.time_zone or when.zone
    following = after or before
    return {
        "detail": detail,
        "desk": desk_of(
            detail, to, when, following=following, bound=bound, opened=request.GET.get("do", "")
        ),
        "age": words.age_of(chosen, when),
        "state": words.state_of(chosen, when),
        "behind": words.behind_words(chosen),
        "answers": about.answers(chosen),
        "came": told_moment(chosen.created_at, zone, when.now),
        "voices": about.voice_lines(detail),
        "steps": about.step_lines(detail, when, zone),
        "similar": about.similar_lines(detail.similar, chosen),
        "same_url": to.act("request_duplicate", chosen, following),
        "link_url": to.act("request_link", chosen, following),
        "unlink_url": to.act("request_unlink", chosen, chosen.reference),
        "previous_url": to.here(on=before) if before else "",
        "next_url": to.here(on=after) if after else "",
    }
