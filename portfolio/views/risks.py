"""One risk of a product: noting it, changing it, how it ended. The list is `views.needed`'s."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import organisation, today
from core.periods import local_date
from core.policies import allows
from core.toasts import add_toast
from portfolio import presenters as words
from portfolio import selectors, services
from portfolio.enums import RiskState
from portfolio.forms import RiskEndForm, RiskForm, risk_initial
from portfolio.models import Risk
from portfolio.policies import ProductRequest
from portfolio.views.entry_forms import GET_OR_POST, entry_page, posted, save
from portfolio.views.needed import PANEL


@require_safe
def risk_detail(request: ProductRequest, slug: str, risk_id: int) -> HttpResponse:
    """One risk, with what became of it for those who work on the product."""
    product, zone = request.product, organisation().time_zone
    day = local_date(timezone.now(), zone)
    risk = _find(request, risk_id)
    may_edit = allows("product.edit", request.user, product)
    context = {
        **words.product_context(request, product, PANEL),
        "risk": risk,
        "line": words.risk_line(product, risk, day),
        "is_open": risk.state == RiskState.OPEN,
        "state": words.state_chip(RiskState(risk.state)),
        "ended_day": words.ended_day(risk, day, zone),
        "plan": words.paragraphs(risk.plan),
        "outcome": words.paragraphs(risk.outcome),
        "history": selectors.history_of(risk) if may_edit else [],
    }
    return render(request, "portfolio/risk_detail.html", context)


@require_http_methods(GET_OR_POST)
def risk_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Note a risk. Sent twice it is one."""
    product, now = request.product, timezone.now()
    form = RiskForm(posted(request), today=today(now), initial={"token": uuid4()})
    if form.is_bound and form.is_valid():
        risk = services.note_risk(
            product=product,
            fields=form.written,
            by=request.user,
            now=now,
            token=form.cleaned_data["token"],
        )
        risk.product = product
        add_toast(request, f"“{risk}” is noted.")
        return redirect(risk)
    return entry_page(
        request,
        form,
        title="New risk",
        submit_label="Note the risk",
        cancel_url=reverse("portfolio:needed_list", args=[slug]),
    )


@require_http_methods(GET_OR_POST)
def risk_edit(request: ProductRequest, slug: str, risk_id: int) -> HttpResponse:
    """Change a risk; whoever saves second reads what the other saved and keeps their typing."""
    now = timezone.now()
    risk = _find(request, risk_id)
    form = RiskForm(posted(request), today=today(now), initial=risk_initial(risk))
    is_sent = form.is_bound and form.is_valid()
    if is_sent:
        saved = save(
            request,
            form,
            lambda: services.change_risk(
                risk=risk, version=form.read_version, fields=form.written,
                by=request.user, now=now,
            ),
            initial=risk_initial,
            said="“{}” is saved.",
        )  # fmt: skip
        if saved is not None:
            return saved
    return entry_page(
        request, form, is_late=is_sent, title="Edit risk",
        submit_label="Save changes", cancel_url=risk.get_absolute_url(),
    )  # fmt: skip


@require_http_methods(GET_OR_POST)
def risk_end(request: ProductRequest, slug: str, risk_id: int) -> HttpResponse:
    """Say that it is over or has happened; the toast's Undo opens it again."""
    risk = _find(request, risk_id)
    label = "What became of it"
    form = RiskEndForm(posted(request), initial=risk_initial(risk), outcome_label=label)
    is_sent = form.is_bound and form.is_valid()
    if is_sent:
        saved = save(
            request,
            form,
            lambda: services.end_risk(
                risk=risk, version=form.read_version, **form.ended,
                by=request.user, now=timezone.now(),
            ),
            initial=risk_initial,
            said="“{}” is closed.",
            undo_url=reverse("portfolio:risk_reopen", args=[slug, risk_id]),
        )  # fmt: skip
        if saved is not None:
            return saved
    return entry_page(
        request, form, is_late=is_sent, title="Close the risk", lede=risk.what,
        submit_label="Save", cancel_url=risk.get_absolute_url(),
    )  # fmt: skip


@require_POST
def risk_reopen(request: ProductRequest, slug: str, risk_id: int) -> HttpResponse:
    """Open the risk again."""
    risk = _find(request, risk_id)
    services.reopen_risk(risk=risk, by=request.user, now=timezone.now())
    add_toast(request, f"“{risk}” is open again.")
    return redirect(risk)


def _find(request: ProductRequest, risk_id: int) -> Risk:
    risk: Risk = get_object_or_404(Risk.objects.filter(product=request.product), pk=risk_id)
    risk.product = request.product
    return risk
