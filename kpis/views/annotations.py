"""Annotations of a product's charts: the list, a new one, changed, deleted, put back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from kpis import presenters, selectors, services
from kpis.forms import AnnotationForm, annotation_initial
from kpis.models import Annotation, Kpi
from kpis.views.requests import GET_OR_POST, day_in, kpi_crumbs, posted
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context

PANEL = "kpis"


@require_safe
def annotation_list(request: ProductRequest, slug: str) -> HttpResponse:
    """Everything that was marked in the charts of a product, the newest day first."""
    product, (day, _) = request.product, selectors.date_bounds(timezone.now())
    after = request.GET.get("after", "")
    page = selectors.annotation_page(product, after)
    context = {
        **product_context(request, product, PANEL),
        "crumbs": kpi_crumbs(product, ("Annotations", "")),
        "lines": presenters.annotation_lines(product, page.rows, day),
        "older_url": f"?after={page.older}" if page.older else "",
        "newest_url": reverse("kpis:annotation_list", args=[slug]) if after else "",
    }
    return render(request, "kpis/annotation_list.html", context)


@require_http_methods(GET_OR_POST)
def annotation_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Mark a day; `?kpi=` and `?day=` fill the form beforehand. Sent twice it is one."""
    now = timezone.now()
    day, bounds = selectors.date_bounds(now)
    kpi = _kpi_in(request)
    initial = {"token": uuid4(), "kpi": kpi, "day": day_in(request, "day") or day}
    form = AnnotationForm(posted(request), product=request.product, bounds=bounds, initial=initial)
    if form.is_bound and form.is_valid():
        annotation = services.write_annotation(
            product=request.product,
            fields=form.written,
            by=request.user,
            now=now,
            token=form.cleaned_data["token"],
        )
        add_toast(request, f"“{annotation.text}” is marked.")
        return redirect(_back(request, kpi or annotation.kpi))
    return _form_page(request, form, kpi, "New annotation", "Mark the day")


@require_http_methods(GET_OR_POST)
def annotation_edit(request: ProductRequest, slug: str, annotation_id: int) -> HttpResponse:
    """Change an annotation; whoever saves second reads what the other saved first."""
    now = timezone.now()
    kpi, annotation = _kpi_in(request), _find(request, annotation_id)
    form = AnnotationForm(
        posted(request),
        product=request.product,
        bounds=selectors.date_bounds(now)[1],
        initial=annotation_initial(annotation),
    )
    is_late = False
    if form.is_bound and form.is_valid():
        try:
            after = services.change_annotation(
                annotation=annotation, version=form.read_version, fields=form.written,
                by=request.user, now=now,
            )  # fmt: skip
        except Conflict as conflict:
            is_late = _stand_on(form, conflict)
        else:
            add_toast(request, f"“{after.text}” is saved.")
            return redirect(_back(request, kpi))
    return _form_page(request, form, kpi, "Edit annotation", "Save changes", is_late=is_late)


@require_http_methods(GET_OR_POST)
def annotation_delete(request: ProductRequest, slug: str, annotation_id: int) -> HttpResponse:
    """Take a mark out of the charts; the toast's Undo puts it back."""
    kpi, annotation = _kpi_in(request), _find(request, annotation_id)
    if request.method == "POST":
        services.delete_annotation(annotation=annotation, by=request.user, now=timezone.now())
        undo_url = presenters.annotation_address("put_back", slug, annotation_id, kpi)
        add_toast(request, f"“{annotation.text}” is deleted.", undo_url=undo_url)
        return redirect(_back(request, kpi))
    context = {
        "title": "Delete an annotation",
        "lede": f"“{annotation.text}”. It stays in the history, and you can put it back.",
        "confirm_label": "Delete it",
        **_around(request, kpi, "Delete an annotation"),
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def annotation_put_back(request: ProductRequest, slug: str, annotation_id: int) -> HttpResponse:
    """Undo a deletion."""
    try:
        annotation = services.put_back_annotation(
            product=request.product,
            annotation_id=annotation_id,
            by=request.user,
            now=timezone.now(),
        )
    except Annotation.DoesNotExist:
        raise Http404("No such annotation.") from None
    add_toast(request, f"“{annotation.text}” is marked again.")
    return redirect(_back(request, _kpi_in(request)))


def _find(request: ProductRequest, annotation_id: int) -> Annotation:
    rows = Annotation.objects.filter(product=request.product)
    annotation: Annotation = get_object_or_404(rows, pk=annotation_id)
    annotation.product = request.product
    return annotation


def _kpi_in(request: ProductRequest) -> Kpi | None:
    """The KPI from whose page somebody came, as the address says; None without one."""
    asked = request.GET.get("kpi", "")
    if not (asked.isascii() and asked.isdigit()):
        return None
    found = Kpi.objects.select_related("metric").filter(product=request.product)
    kpi: Kpi | None = found.filter(pk=int(asked[:18])).first()
    return kpi


def _back(request: ProductRequest, kpi: Kpi | None) -> str:
    if kpi is None:
        return reverse("kpis:annotation_list", args=[request.product.slug])
    kpi.product = request.product
    return kpi.get_absolute_url()


def _stand_on(form: AnnotationForm, conflict: Conflict) -> bool:
    standing = Annotation.objects.get(pk=conflict.theirs.pk)
    theirs = annotation_initial(standing)
    who = selectors.last_annotator(standing)
    form.stand_on(theirs["version"], conflict_words(who, form.labels, theirs, form.written))
    return True


def _around(request: ProductRequest, kpi: Kpi | None, title: str) -> dict[str, Any]:
    listed = reverse("kpis:annotation_list", args=[request.product.slug])
    place = (kpi.metric.name, _back(request, kpi)) if kpi else ("Annotations", listed)
    return {
        "crumbs": kpi_crumbs(request.product, place, (title, "")),
        "cancel_url": place[1],
    }


def _form_page(
    request: ProductRequest,
    form: AnnotationForm,
    kpi: Kpi | None,
    title: str,
    submit_label: str,
    *,
    is_late: bool = False,
) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "submit_label": submit_label,
        **_around(request, kpi, title),
    }
    status = 409 if is_late else 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)
