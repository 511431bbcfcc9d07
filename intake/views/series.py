"""Series of office hours: announce one, change it, end it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import organisation
from core.periods import local_date
from core.toasts import add_toast
from core.versions import Conflict
from intake.forms.hours import SeriesEndForm, SeriesForm
from intake.models import Series
from intake.presenters import frame
from intake.presenters import offering as words
from intake.selectors.hosts import hosts_of
from intake.services.series import change_series, create_series, end_series
from intake.views.forms_in_pages import GET_OR_POST, form_page, posted, stand_on_theirs
from portfolio.policies import ProductRequest

AHEAD = "Sessions are made eight weeks ahead; days off are left out."
FOLLOW = "Sessions to come follow, but for those that somebody has booked."


@require_http_methods(GET_OR_POST)
def series_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Announce a weekly pattern; sending it twice makes one."""
    product, now, house = request.product, timezone.now(), organisation()
    day = local_date(now, house.time_zone)
    initial = {
        "token": uuid4(),
        "time_zone": house.time_zone,
        "host": request.user.pk,
        "first_day": day,
    }
    hosts = hosts_of(product, request.user.pk)
    form = SeriesForm(posted(request), hosts=hosts, today=day, initial=initial)
    if request.method == "POST" and form.is_valid():
        series = create_series(
            product=product,
            fields=_fields(form),
            by=request.user,
            now=now,
            token=form.cleaned_data["token"],
        )
        add_toast(request, f"{series.title} is announced, eight weeks ahead.")
        return redirect(_back(request))
    return _page(request, form, "Announce a series", "Announce series", lede=AHEAD)


def _fields(form: SeriesForm) -> dict[str, Any]:
    return {name: value for name, value in form.written.items() if name != "token"}


@require_http_methods(GET_OR_POST)
def series_edit(request: ProductRequest, slug: str, series_id: int) -> HttpResponse:
    """Change a series; its sessions follow, but for those that somebody has booked."""
    series = _find(request, series_id)
    form = SeriesForm(
        posted(request),
        hosts=hosts_of(request.product, series.host_id, request.user.pk),
        today=series.first_day,
        initial=words.series_initial(series),
    )
    if request.method == "POST" and form.is_valid():
        try:
            change = change_series(
                series_id=series.pk,
                version=form.read_version,
                fields=_fields(form),
                by=request.user,
                now=timezone.now(),
            )
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            stand_on_theirs(form, theirs, words.series_initial(theirs))
            return _page(
                request, form, f"Change {series.title}", "Save series", lede=FOLLOW, status=409
            )
        add_toast(request, words.change_words(change.followed, change.gone, change.kept))
        return redirect(_back(request))
    return _page(request, form, f"Change {series.title}", "Save series", lede=FOLLOW)


@require_http_methods(GET_OR_POST)
def series_end(request: ProductRequest, slug: str, series_id: int) -> HttpResponse:
    """Say after which day a series meets no more."""
    series = _find(request, series_id)
    day = local_date(timezone.now(), series.time_zone)
    form = SeriesEndForm(posted(request), initial={"last_day": day})
    if request.method == "POST" and form.is_valid():
        change = end_series(
            series_id=series.pk,
            last_day=form.cleaned_data["last_day"],
            by=request.user,
            now=timezone.now(),
        )
        add_toast(request, words.change_words(change.followed, change.gone, change.kept))
        return redirect(_back(request))
    lede = "Sessions that somebody has booked stay; cancel those one by one."
    return _page(request, form, f"End {series.title}", "End series", lede=lede)


def _find(request: ProductRequest, series_id: int) -> Series:
    found: Series = get_object_or_404(Series, pk=series_id, product=request.product)
    return found


def _back(request: ProductRequest) -> str:
    return reverse("intake:session_list", args=[request.product.slug])


def _page(
    request: ProductRequest, form: Any, title: str, label: str, *, lede: str, status: int = 0
) -> HttpResponse:
    return form_page(
        request,
        form,
        status=status,
        title=title,
        lede=lede,
        submit_label=label,
        cancel_url=_back(request),
        crumbs=frame.intake_crumbs(request.product, "hours", (title, "")),
    )
