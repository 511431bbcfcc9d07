"""Addresses of the health app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import path

from health import views
from health.views import start

app_name = "health"

urlpatterns = [
    path("", views.board, name="board"),
    path("board.csv", views.board_export, name="board_export"),
    path("start/", start.start, name="start"),
    path("start/put-away/", start.start_put_away, name="start_put_away"),
    path("start/put-back/", start.start_put_back, name="start_put_back"),
    path("compare/", views.compare, name="compare"),
    path("compare.csv", views.compare_export, name="compare_export"),
    path("settings/health/", views.settings, name="settings"),
    path("settings/health/preview/", views.settings_preview, name="settings_preview"),
    path("settings/health/apply/", views.settings_apply, name="settings_apply"),
    path("settings/health/history/", views.settings_history, name="settings_history"),
    path("settings/health/recompute/", views.recompute, name="recompute"),
    path("products/<slug:slug>/health/", views.product_health, name="product_health"),
]
