"""Addresses of the health app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import path

from health import views

app_name = "health"

urlpatterns = [
    path("", views.board, name="board"),
    path("board.csv", views.board_export, name="board_export"),
    path("compare/", views.compare, name="compare"),
    path("compare.csv", views.compare_export, name="compare_export"),
    path("products/<slug:slug>/health/", views.product_health, name="product_health"),
]
