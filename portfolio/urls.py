"""Addresses of the portfolio app. `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import path

from portfolio.views import catalogue, lifecycle, members, people, products, structure

app_name = "portfolio"

urlpatterns = [
    path("products/", catalogue.product_list, name="product_list"),
    path("products.csv", catalogue.product_export, name="product_export"),
    path("products/new/", products.product_create, name="product_create"),
    path("products/<slug:slug>/", products.product_detail, name="product_detail"),
    path("products/<slug:slug>/edit/", products.product_edit, name="product_edit"),
    path("products/<slug:slug>/archive/", lifecycle.product_archive, name="product_archive"),
    path("products/<slug:slug>/restore/", lifecycle.product_restore, name="product_restore"),
    path("products/<slug:slug>/delete/", lifecycle.product_delete, name="product_delete"),
    path("products/<slug:slug>/history/", lifecycle.product_history_page, name="product_history"),
    path("products/<slug:slug>/members/", members.product_members, name="product_members"),
    path("products/<slug:slug>/members/new/", members.membership_create, name="membership_create"),
    path(
        "products/<slug:slug>/members/<int:user_id>/edit/",
        members.membership_edit,
        name="membership_edit",
    ),
    path(
        "products/<slug:slug>/members/<int:user_id>/remove/",
        members.membership_delete,
        name="membership_delete",
    ),
    path("portfolios/", structure.portfolios, name="portfolio_list"),
    path("portfolios/new/", structure.portfolio_create, name="portfolio_create"),
    path("portfolios/<slug:slug>/", structure.portfolio_detail, name="portfolio_detail"),
    path("portfolios/<slug:slug>/edit/", structure.portfolio_edit, name="portfolio_edit"),
    path("portfolios/<slug:slug>/leads/new/", people.lead_create, name="lead_create"),
    path(
        "portfolios/<slug:slug>/leads/<int:lead_id>/remove/",
        people.lead_delete,
        name="lead_delete",
    ),
    path("teams/", structure.teams, name="team_list"),
    path("teams/new/", structure.team_create, name="team_create"),
    path("teams/<int:team_id>/edit/", structure.team_edit, name="team_edit"),
    path("functions/", structure.functions, name="function_list"),
    path("functions/new/", structure.function_create, name="function_create"),
    path("functions/<int:function_id>/edit/", structure.function_edit, name="function_edit"),
    path("people/<int:user_id>/hand-over/", people.hand_over_page, name="hand_over"),
    path("demo/remove/", people.demo_remove, name="demo_remove"),
]
