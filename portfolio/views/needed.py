"""Decisions needed and risks of a product on one page; one decision, asking for it, changing it."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import organisation, today
from core.as_of import AsOf
from core.paging import list_page
from core.periods import local_date
from core.policies import allows
from core.toasts import add_toast
from portfolio import presenters as words
from portfolio import selectors, services
from portfolio.enums import DecisionState
from portfolio.forms import NeededForm, needed_initial
from portfolio.models import DecisionNeeded, Product
from portfolio.policies import ProductRequest
from portfolio.views.entry_forms import GET_OR_POST, entry_page, posted, save

PANEL = "needed"
PAGE_SIZE = 20


def needed_summary(request: HttpRequest, product: Product, as_of: AsOf) -> SafeString | None:
    """What is due soon and what would stop people, for the product's own page; only of today."""
    if not as_of.is_today:
        return None
    found = selectors.pressing(product, as_of.today)
    if not found.needed and not found.risks:
        return None
    context = {
        "product": product,
        "needed": words.needed_lines(product, found.needed, as_of.today),
        "risks": words.risk_lines(product, found.risks, as_of.today),
    }
    return render_to_string("portfolio/needed_summary.html", context, request=request)


@require_safe
def needed_list(request: ProductRequest, slug: str) -> HttpResponse:
    """What waits for a decision, what may go wrong, and below what has ended."""
    product, zone = request.product, organisation().time_zone
    day = local_date(timezone.now(), zone)
    needed = list_page(
        selectors.open_needed(product), request, noun="decision", size=PAGE_SIZE, key="needed"
    )
    risks = list_page(
        selectors.open_risks(product), request, noun="risk", size=PAGE_SIZE, key="risks"
    )
    ended = list_page(
        selectors.ended_entries(product), request, noun="entry", plural="entries", size=PAGE_SIZE
    )
    context = {
        **words.product_context(request, product, PANEL),
        "needed": needed,
        "needed_lines": words.needed_lines(product, needed.rows, day),
        "risks": risks,
        "risk_lines": words.risk_lines(product, risks.rows, day),
        "ended": ended,
        "ended_lines": words.ended_lines(product, ended.rows, day, zone),
    }
    return render(request, "portfolio/needed_list.html", context)


@require_safe
def needed_detail(request: ProductRequest, slug: str, needed_id: int) -> HttpResponse:
    """One decision, with what became of it for those who work on the product."""
    product, zone = request.product, organisation().time_zone
    day = local_date(timezone.now(), zone)
    needed = find_needed(request, needed_id)
    may_edit = allows("product.edit", request.user, product)
    context = {
        **words.product_context(request, product, PANEL),
        "needed": needed,
        "line": words.needed_line(product, needed, day),
        "is_open": needed.state == DecisionState.OPEN,
        "state": words.state_chip(DecisionState(needed.state)),
        "ended_day": words.ended_day(needed, day, zone),
        "why": words.paragraphs(needed.why),
        "outcome": words.paragraphs(needed.outcome),
        "history": selectors.history_of(needed) if may_edit else [],
    }
    return render(request, "portfolio/needed_detail.html", context)


@require_http_methods(GET_OR_POST)
def needed_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Ask for a decision. Sent twice it is one."""
    product, now = request.product, timezone.now()
    form = NeededForm(posted(request), today=today(now), initial={"token": uuid4()})
    if form.is_bound and form.is_valid():
        needed = services.ask_for_decision(
            product=product,
            fields=form.written,
            by=request.user,
            now=now,
            token=form.cleaned_data["token"],
        )
        needed.product = product
        add_toast(request, f"“{needed}” is asked for.")
        return redirect(needed)
    return entry_page(
        request,
        form,
        title="New decision needed",
        submit_label="Ask for the decision",
        cancel_url=reverse("portfolio:needed_list", args=[slug]),
    )


@require_http_methods(GET_OR_POST)
def needed_edit(request: ProductRequest, slug: str, needed_id: int) -> HttpResponse:
    """Change a decision; whoever saves second reads what the other saved and keeps their typing."""
    now = timezone.now()
    needed = find_needed(request, needed_id)
    form = NeededForm(posted(request), today=today(now), initial=needed_initial(needed))
    is_sent = form.is_bound and form.is_valid()
    if is_sent:
        saved = save(
            request,
            form,
            lambda: services.change_needed(
                needed=needed, version=form.read_version, fields=form.written,
                by=request.user, now=now,
            ),
            initial=needed_initial,
            said="“{}” is saved.",
        )  # fmt: skip
        if saved is not None:
            return saved
    return entry_page(
        request, form, is_late=is_sent, title="Edit decision needed",
        submit_label="Save changes", cancel_url=needed.get_absolute_url(),
    )  # fmt: skip


def find_needed(request: ProductRequest, needed_id: int) -> DecisionNeeded:
    """The decision of the product in the address; anything else is a 404."""
    rows = DecisionNeeded.objects.filter(product=request.product)
    needed: DecisionNeeded = get_object_or_404(rows, pk=needed_id)
    needed.product = request.product
    return needed
