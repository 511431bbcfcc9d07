"""One part of a KPI's plan, changed where it stands, with what that does seen beforehand."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import today
from core.htmx import swaps
from core.inline import page_behind
from core.toasts import add_toast
from core.versions import standing
from kpis import selectors, services
from kpis.forms.inline import INLINE_PARTS, PartForm
from kpis.models import Kpi
from kpis.presenters.inline import WORDS, part_id, part_url, part_words, shown_part
from kpis.previews import outlooks
from kpis.views.requests import GET_OR_POST, find_kpi, kpi_crumbs, posted
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def kpi_field(request: ProductRequest, slug: str, kpi_id: int, field: str) -> HttpResponse:
    """Change owner, target or target date. `do=preview` says what it would do and saves nothing."""
    if field not in INLINE_PARTS:
        raise Http404
    kpi = find_kpi(request, kpi_id)
    if "leave" in request.GET and _is_part(request, kpi, field):
        row = selectors.kpi_row(kpi, today(timezone.now()))
        row.kpi.product = request.product
        return HttpResponse(shown_part(row, field, _back(request)))
    form = PartForm(posted(request), part=field, kpi=kpi, product=request.product)
    if request.method != "POST" or not form.is_valid():
        return _page(request, kpi, form, 422 if form.is_bound else 200)
    answer = _again(request, kpi, form)
    if answer is not None:
        return answer
    add_toast(request, f"The {WORDS[field]} of {kpi.metric} is saved.")
    if _is_part(request, kpi, field):  # words and charts all over the page speak of it
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(_back(request))


def _is_part(request: ProductRequest, kpi: Kpi, part: str) -> bool:
    return swaps(request, part_id(kpi, part))


def _back(request: ProductRequest) -> str:
    return page_behind(request, request.product.get_absolute_url())


def _page(
    request: ProductRequest,
    kpi: Kpi,
    form: PartForm,
    status: int,
    outlook: list[str] | None = None,
) -> HttpResponse:
    """The part being changed: in its place, or as a page."""
    part, back = form.part, _back(request)
    url = part_url(kpi, part, back)
    title = f"{WORDS[part].capitalize()} of {kpi.metric}"
    context: dict[str, Any] = {
        "form": form,
        "field": form[part],
        "element": part_id(kpi, part),
        "url": url,
        "leave_url": f"{url}&leave=1",
        "has_preview": part != "owner",
        "outlook": outlook,
        "title": title,
        "submit_label": "Save",
        "cancel_url": back,
        "crumbs": kpi_crumbs(
            request.product, (kpi.metric.name, kpi.get_absolute_url()), (title, "")
        ),
    }
    template = "part_form" if _is_part(request, kpi, part) else "part_page"
    return render(request, f"kpis/{template}.html", context, status=status)


def _again(request: ProductRequest, kpi: Kpi, form: PartForm) -> HttpResponse | None:
    """The form once more: with what it would do, or why it is not saved; None: it is."""
    try:
        if request.POST.get("do") == "preview":
            return _page(request, kpi, form, 200, _outlook(kpi, form))
        _save(request, kpi, form)
    except services.PlanRefused as refusal:
        form.refuse(refusal)
        return _page(request, kpi, form, 422)
    except services.KpiConflict as conflict:
        _stand_on(form, conflict.theirs)
        return _page(request, kpi, form, 409)
    return None


def _outlook(kpi: Kpi, form: PartForm) -> list[str]:
    """What saving would do today, in sentences.

    Raises:
        PlanRefused: the plan cannot be.
    """
    changes, now = {form.part: form.cleaned_data[form.part]}, timezone.now()
    plan = services.KpiPlan.of(kpi, **changes)
    services.check_plan(plan, kpi.metric, selectors.default_baseline_date(kpi))
    words = outlooks(kpi.product, kpi, changes, today(now)) if form.part != "owner" else []
    return words or ["Health would stay as it is."]


def _save(request: ProductRequest, kpi: Kpi, form: PartForm) -> None:
    services.change_part(
        kpi_id=kpi.pk,
        part=form.part,
        value=form.cleaned_data[form.part],
        was=form.cleaned_data["was"],
        by=request.user,
        now=timezone.now(),
    )


def _stand_on(form: PartForm, theirs: Kpi) -> None:
    row = selectors.kpi_row(theirs, today(timezone.now()))
    words = f"It is “{part_words(row, form.part)}” meanwhile. Save again to keep yours."
    form.stand_on(standing(theirs, form.part), words)
