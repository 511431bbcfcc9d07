"""Exemptions: asked for by whoever works on the product, decided by whoever manages it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import today
from core.toasts import add_toast
from kpis import presenters, services
from kpis.enums import ExemptionState
from kpis.forms.exemptions import AskForm, DecisionForm
from kpis.models import Exemption, Kpi
from kpis.views.requests import GET_OR_POST, find_kpi, kpi_crumbs, posted
from portfolio.policies import ProductRequest

LATE = "Somebody else has decided it, or it was taken back."


@require_http_methods(GET_OR_POST)
def exemption_ask(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """Ask that the KPI may not count for some days."""
    kpi = find_kpi(request, kpi_id)
    now = timezone.now()
    form = AskForm(posted(request), instance=Exemption(kpi=kpi, created_at=now))
    if request.method == "POST" and form.is_valid():
        services.ask_exemption(kpi=kpi, by=request.user, now=now, **form.cleaned_data)
        add_toast(request, "Asked. Whoever manages the product finds it under Reviews.")
        return redirect(kpi)
    context = {
        "title": f"Ask to exempt {kpi.metric}",
        "lede": "On these days it would count neither for nor against the product. A product "
        "manager or the portfolio's lead decides; until then it counts as usual.",
        "form": form,
        "submit_label": "Ask for it",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": _crumbs(kpi, "Ask to exempt"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


@require_http_methods(GET_OR_POST)
def exemption_decide(
    request: ProductRequest, slug: str, kpi_id: int, exemption_id: int
) -> HttpResponse:
    """Approve or refuse, with words; what was decided already is only shown."""
    kpi = find_kpi(request, kpi_id)
    rows = kpi.exemptions.select_related("asked_by", "approver")
    exemption = get_object_or_404(rows, pk=exemption_id)
    form = DecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if _decided(request, exemption, form):
            return redirect(kpi)
        exemption = get_object_or_404(rows, pk=exemption_id)
    context = {
        "title": f"Exempt {kpi.metric}?",
        "kpi": kpi,
        "line": presenters.exemption_lines(kpi, [exemption], today(timezone.now()))[0],
        "is_open": exemption.state == ExemptionState.ASKED,
        "form": form,
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": _crumbs(kpi, "Exemption"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "kpis/exemption_decide.html", context, status=status)


def _decided(request: ProductRequest, exemption: Exemption, form: DecisionForm) -> bool:
    """Whether it is decided now; why not stands in the form."""
    try:
        row = services.decide_exemption(
            exemption=exemption,
            is_approved=form.is_approved,
            answer=form.cleaned_data["answer"],
            by=request.user,
            now=timezone.now(),
        )
    except services.OwnRequest:
        form.add_error(None, "You asked for it yourself: somebody else has to decide.")
        return False
    except services.DecidedMeanwhile:
        form.add_error(None, LATE)
        return False
    words = (
        "It does not count on these days. Health is being worked out."
        if form.is_approved
        else "Refused: it counts as usual."
    )
    address = [request.product.slug, row.kpi_id, row.pk]
    can_undo = not form.is_approved or row.starts_on >= today(timezone.now())
    undo_url = reverse("kpis:exemption_reopen", args=address) if can_undo else ""
    add_toast(request, words, undo_url=undo_url)
    return True


@require_POST
def exemption_reopen(
    request: ProductRequest, slug: str, kpi_id: int, exemption_id: int
) -> HttpResponse:
    """Undo of a decision: the request waits again."""
    kpi = find_kpi(request, kpi_id)
    exemption = get_object_or_404(kpi.exemptions, pk=exemption_id)
    try:
        services.reopen_exemption(exemption=exemption, by=request.user, now=timezone.now())
    except services.PastCounts:
        words = "It already counts for days that are over; end it instead."
        add_toast(request, words, level=messages.ERROR)
    except services.DecidedMeanwhile:
        add_toast(request, "This can no longer be undone.", level=messages.ERROR)
    else:
        add_toast(request, "The decision is taken back; the request waits again.")
    return redirect(kpi)


@require_http_methods(GET_OR_POST)
def exemption_withdraw(
    request: ProductRequest, slug: str, kpi_id: int, exemption_id: int
) -> HttpResponse:
    """Ask no longer; only for whoever asked. Taking it back twice changes nothing."""
    kpi = find_kpi(request, kpi_id)
    exemption = Exemption.objects.filter(pk=exemption_id).first()
    if exemption is not None and exemption.kpi_id != kpi.pk:
        raise Http404
    if exemption is not None and exemption.asked_by_id != request.user.pk:
        exemption = None  # theirs to take back alone
    if request.method == "POST" or exemption is None:
        if exemption is not None and not _withdrawn(request, exemption):
            add_toast(request, LATE, level=messages.ERROR)
        return redirect(kpi)
    context = {
        "title": f"Take back the request to exempt {kpi.metric}",
        "lede": f"{exemption.reason} Nobody will be asked to decide it any longer.",
        "confirm_label": "Take it back",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": _crumbs(kpi, "Take back"),
    }
    return render(request, "components/confirm_page.html", context)


def _withdrawn(request: ProductRequest, exemption: Exemption) -> bool:
    try:
        services.withdraw_exemption(exemption=exemption, by=request.user, now=timezone.now())
    except services.DecidedMeanwhile:
        return False
    add_toast(request, "You no longer ask for it.")
    return True


def _crumbs(kpi: Kpi, last: str) -> list[tuple[str, str]]:
    return kpi_crumbs(kpi.product, (kpi.metric.name, kpi.get_absolute_url()), (last, ""))
