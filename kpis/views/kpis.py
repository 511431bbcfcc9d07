"""The KPIs of a product, and one of them with its plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import today
from core.as_of import AsOf, asked_day
from core.formats import count
from core.forms import clean_text
from core.htmx import address_to_push, swaps
from core.policies import allows
from core.toasts import add_toast
from kpis import presenters, selectors, services
from kpis.forms import DeletionForm, KpiForm, MeasurementForm, PlanForm
from kpis.models import Kpi, Metric
from kpis.notes import notes_on
from kpis.presenters.inline import aims, editable_facts
from kpis.presenters.reviews import still_right
from kpis.views.chart import chart_context
from kpis.views.requests import GET_OR_POST, day_in, find_kpi, kpi_crumbs, posted, segment_of
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context

PANEL = "kpis"


@require_safe
def kpi_list(request: ProductRequest, slug: str) -> HttpResponse:
    """Every KPI of the product as of a day: newest value, against plan, last 26 weeks."""
    when = asked_day(request.GET, today(timezone.now()))
    context = product_context(request, request.product, PANEL, when)
    if when.problem:
        return render(request, "kpis/kpi_list.html", context, status=422)
    rows = selectors.kpi_rows(request.product, when.day)
    notes = notes_on(request.product, [row.kpi for row in rows], when)
    may_change = when.is_today and allows("product.edit", request.user, request.product)
    context |= {
        "cards": [
            (
                presenters.kpi_card(row, notes.get(row.kpi.pk, ())),
                aims(row, request.path if may_change else ""),
            )
            for row in rows
        ],
        "summary": presenters.list_summary(rows),
        "may_add_note": may_change,
    }
    return render(request, "kpis/kpi_list.html", context)


@require_safe
def kpi_detail(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """One KPI: the answer, the chart, the values, the plan and what was corrected.

    htmx asks for another period of the chart alone.
    """
    kpi = find_kpi(request, kpi_id)
    return render_chart(request, kpi) if swaps(request, "chart") else render_kpi(request, kpi)


def render_chart(request: ProductRequest, kpi: Kpi) -> HttpResponse:
    """The chart of the period that the address names, as a part of the page."""
    day, _ = selectors.date_bounds(timezone.now())
    row = selectors.kpi_row(kpi, day)
    row.kpi.product = request.product
    chart = chart_context(request, kpi, row)
    context = {"kpi": kpi, "metric": kpi.metric, "product": request.product, **chart}
    status = 200 if chart["asked"].period else 422
    response = render(request, "kpis/chart.html", context, status=status)
    response["HX-Push-Url"] = address_to_push(request)
    return response


def render_kpi(
    request: ProductRequest, kpi: Kpi, *, form: MeasurementForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a KPI, or for htmx the part of it that changes with a value."""
    part = "#kpi" if swaps(request, "kpi") else ""
    context = kpi_context(request, kpi, form)
    if not part:
        context |= product_context(request, request.product, PANEL)
        context["crumbs"] = kpi_crumbs(request.product, (kpi.metric.name, ""))
    context["is_swap"] = bool(part)
    if context["asked"].period is None:
        status = 422
    return render(request, f"kpis/kpi_detail.html{part}", context, status=status)


def kpi_context(request: ProductRequest, kpi: Kpi, form: MeasurementForm | None) -> dict[str, Any]:
    """Everything the page of a KPI says."""
    day, bounds = selectors.date_bounds(timezone.now())
    row = selectors.kpi_row(kpi, day)
    row.kpi.product = request.product
    before = day_in(request, "before")
    page = selectors.measurement_page(kpi, (before, segment_of(request)) if before else None)
    return {
        "kpi": kpi,
        "metric": kpi.metric,
        "product": request.product,
        "card": presenters.kpi_card(row),
        "notes": notes_on(request.product, [row.kpi], AsOf(day, day)).get(kpi.pk, []),
        **chart_context(request, kpi, row),
        "plan_facts": _plan_facts(request, row),
        "still_right": still_right(kpi, day),
        "metric_facts": presenters.metric_facts(kpi.metric),
        "values": presenters.value_lines(kpi, page, day),
        "older_url": presenters.older_url(kpi, page),
        "newest_url": kpi.get_absolute_url() if before else "",
        "changes": presenters.change_lines(kpi, selectors.recent_changes(kpi), day),
        "exemptions": presenters.exemption_lines(
            kpi, selectors.exemptions_of(kpi), day, request.user
        ),
        "weights": selectors.weights_of(kpi),
        "form": form or MeasurementForm(None, kpi=kpi, bounds=bounds, initial={"date": day}),
        "may_edit": allows("product.edit", request.user, request.product),
        "may_manage": allows("product.manage", request.user, request.product),
    }


def _plan_facts(request: ProductRequest, row: selectors.KpiRow) -> list[tuple[str, str]]:
    """The plan; some of it is changed where it stands by whoever may."""
    facts = presenters.plan_facts(row)
    if not allows("product.edit", request.user, request.product):
        return facts
    return editable_facts(facts, row, row.kpi.get_absolute_url())


@require_http_methods(GET_OR_POST)
def kpi_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Measure something new on the product; `?metric=` chooses it beforehand."""
    product = request.product
    wanted = Metric.objects.filter(code=clean_text(request.GET.get("metric", ""))).first()
    form = KpiForm(posted(request), product=product, initial={"metric": wanted})
    if request.method == "POST" and form.is_valid():
        kpi = _created(request, form)
        if kpi is not None:
            add_toast(request, f"{kpi.metric} is measured now. Record its first value.")
            return redirect(kpi)
    context = {
        "title": f"Add a KPI to {product}",
        "lede": f"A metric on {product}, with the plan you hold it to.",
        "form": form,
        "submit_label": "Add KPI",
        "cancel_url": reverse("kpis:kpi_list", args=[slug]),
        "crumbs": kpi_crumbs(product, ("Add a KPI", "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


def _created(request: ProductRequest, form: KpiForm) -> Kpi | None:
    """The new KPI; None, with the reason in the form, where there can't be one."""
    metric = form.cleaned_data["metric"]
    try:
        return services.create_kpi(
            product=request.product,
            metric=metric,
            plan=form.plan(metric),
            by=request.user,
            now=timezone.now(),
        )
    except services.PlanRefused as error:
        form.refuse(error)
    except services.KpiExists as error:
        form.add_error("metric", str(error))
    return None


@require_http_methods(GET_OR_POST)
def kpi_edit(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """Change the plan; somebody else's change meanwhile is shown, nothing is lost."""
    kpi = find_kpi(request, kpi_id)
    form = PlanForm(posted(request), product=request.product, kpi=kpi, initial=plan_initial(kpi))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_kpi(
                kpi_id=kpi.pk,
                version=form.cleaned_data["version"] or 0,
                plan=form.plan(kpi.metric),
                by=request.user,
                now=timezone.now(),
            )
        except services.PlanRefused as error:
            form.refuse(error)
        except services.KpiConflict as conflict:
            return _conflict_page(request, kpi, form, conflict)
        else:
            add_toast(request, f"The plan of {kpi.metric} is saved. Health is being worked out.")
            return redirect(kpi)
    status = 422 if form.is_bound else 200
    context = {**_edit_context(request, kpi), "form": form}
    return render(request, "kpis/kpi_form.html", context, status=status)


def plan_initial(kpi: Kpi) -> dict[str, Any]:
    """The plan as the form shows it."""
    names = [*presenters.PLAN_LABELS, "version"]
    return {name: getattr(kpi, name) for name in names} | {"owner": kpi.owner_id}


def _edit_context(request: ProductRequest, kpi: Kpi) -> dict[str, Any]:
    first = selectors.default_baseline_date(kpi)
    return {
        "title": f"Plan of {kpi.metric}",
        "kpi": kpi,
        "lede": presenters.baseline_words(kpi, first),
        "submit_label": "Save plan",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": kpi_crumbs(
            request.product, (kpi.metric.name, kpi.get_absolute_url()), ("Plan", "")
        ),
    }


def _conflict_page(
    request: ProductRequest, kpi: Kpi, form: PlanForm, conflict: services.KpiConflict
) -> HttpResponse:
    """Both versions side by side; the form holds what was typed, ready to go on top of theirs."""
    form.data = {**form.data.dict(), "version": str(conflict.theirs.version)}  # type: ignore[attr-defined]  # a QueryDict
    mine = form.plan(kpi.metric).as_fields()
    context = {
        **_edit_context(request, kpi),
        "title": "Somebody else saved first",
        "lede": "",
        "form": form,
        "who": conflict.who,
        "when": conflict.when,
        "differences": presenters.plan_differences(conflict.theirs, mine),
        "submit_label": "Save mine on top",
    }
    return render(request, "kpis/kpi_form.html", context, status=409)


@require_http_methods(GET_OR_POST)
def kpi_delete(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """Delete a KPI for good, after its name was typed under the list of what goes with it."""
    kpi = find_kpi(request, kpi_id)
    form = DeletionForm(posted(request), name=kpi.metric.name)
    if request.method == "POST" and form.is_valid():
        services.delete_kpi(kpi=kpi, by=request.user, now=timezone.now())
        add_toast(request, f"The KPI {kpi.metric} is deleted. Health is being worked out.")
        return redirect("kpis:kpi_list", slug)
    context = {
        "title": f"Delete {kpi.metric}",
        "lede": "This can't be undone. The values stay in the history of the product.",
        "consequences": [
            "the KPI and its plan",
            count(selectors.count_values(kpi), "value"),
            count(kpi.exemptions.count(), "exemption"),
        ],
        "form": form,
        "danger": True,
        "confirm_label": "Delete for good",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": kpi_crumbs(
            request.product, (kpi.metric.name, kpi.get_absolute_url()), ("Delete", "")
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/confirm_page.html", context, status=status)
