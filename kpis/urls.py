"""Addresses of the kpis app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

import datetime as dt

from django.urls import path, register_converter

from kpis import views
from kpis.views import grid, inline


class DayConverter:
    """A day as 2026-11-21."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        """Raises ValueError, which Django answers with 404, where there is no such day."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        """The day in an address."""
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "kpis"

PRODUCT = "products/<slug:slug>/"
KPI = f"{PRODUCT}kpis/<int:kpi_id>/"
EXEMPTION = f"{KPI}exemptions/<int:exemption_id>/"
ANNOTATIONS = f"{PRODUCT}annotations/"
ANNOTATION = f"{ANNOTATIONS}<int:annotation_id>/"

urlpatterns = [
    path(f"{PRODUCT}kpis/", views.kpi_list, name="kpi_list"),
    path(f"{PRODUCT}kpis/new/", views.kpi_create, name="kpi_create"),
    path(f"{PRODUCT}kpis/templates/", views.template_list, name="template_list"),
    path(f"{PRODUCT}kpis/review/", views.review, name="review"),
    path("reviews/", views.review_list, name="review_list"),
    path(f"{PRODUCT}record/", views.record, name="record"),
    path(KPI, views.kpi_detail, name="kpi_detail"),
    path(f"{KPI}edit/", views.kpi_edit, name="kpi_edit"),
    path(f"{KPI}field/<str:field>/", inline.kpi_field, name="kpi_field"),
    path(f"{KPI}confirm/", views.kpi_confirm, name="kpi_confirm"),
    path(f"{KPI}delete/", views.kpi_delete, name="kpi_delete"),
    path(f"{KPI}record/", views.measurement_create, name="measurement_create"),
    path(f"{KPI}chart.csv", views.chart_export, name="chart_export"),
    path(f"{KPI}values.csv", views.measurement_export, name="measurement_export"),
    path(f"{KPI}values/<day:day>/edit/", views.measurement_edit, name="measurement_edit"),
    path(f"{KPI}values/<day:day>/delete/", views.measurement_delete, name="measurement_delete"),
    path(
        f"{KPI}changes/<int:change_id>/put-back/",
        views.measurement_put_back,
        name="measurement_put_back",
    ),
    path(f"{KPI}exemptions/new/", views.exemption_create, name="exemption_create"),
    path(f"{KPI}exemptions/<int:exemption_id>/end/", views.exemption_end, name="exemption_end"),
    path(f"{KPI}exemptions/ask/", views.exemption_ask, name="exemption_ask"),
    path(f"{EXEMPTION}decide/", views.exemption_decide, name="exemption_decide"),
    path(f"{EXEMPTION}reopen/", views.exemption_reopen, name="exemption_reopen"),
    path(f"{EXEMPTION}withdraw/", views.exemption_withdraw, name="exemption_withdraw"),
    path(f"{KPI}segments/", views.segment_weights, name="segment_weights"),
    path(ANNOTATIONS, views.annotation_list, name="annotation_list"),
    path(f"{ANNOTATIONS}new/", views.annotation_create, name="annotation_create"),
    path(f"{ANNOTATION}edit/", views.annotation_edit, name="annotation_edit"),
    path(f"{ANNOTATION}delete/", views.annotation_delete, name="annotation_delete"),
    path(f"{ANNOTATION}put-back/", views.annotation_put_back, name="annotation_put_back"),
    path("grid/", grid.grid, name="grid"),
    path("grid/cells/", grid.grid_save, name="grid_save"),
    path("grid/undo/<slug:batch>/", grid.grid_undo, name="grid_undo"),
    path("metrics/", views.metric_list, name="metric_list"),
    path("metrics/new/", views.metric_create, name="metric_create"),
    path("metrics/<slug:code>/", views.metric_detail, name="metric_detail"),
    path("metrics/<slug:code>/edit/", views.metric_edit, name="metric_edit"),
]
