"""Addresses of the portfolio app. `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import path

from portfolio.views import (
    bookmarks,
    bulk,
    catalogue,
    columns,
    feeds,
    fields,
    history,
    lifecycle,
    members,
    needed,
    needed_ends,
    people,
    products,
    records,
    releases,
    risks,
    saved,
    structure,
)

HISTORY = "products/<slug:slug>/history/"
RELEASES = "products/<slug:slug>/releases/"
RELEASE = f"{RELEASES}<int:release_id>/"
NEEDED = "products/<slug:slug>/needed/"
ONE_NEEDED = f"{NEEDED}<int:needed_id>/"
RISKS = "products/<slug:slug>/risks/"
RISK = f"{RISKS}<int:risk_id>/"
VIEW = "views/<int:view_id>/"

app_name = "portfolio"

urlpatterns = [
    path("products/", catalogue.product_list, name="product_list"),
    path("products.csv", catalogue.product_export, name="product_export"),
    path("products/new/", products.product_create, name="product_create"),
    path("products/bulk/", bulk.bulk_list, name="bulk_list"),
    path("products/bulk/edit/", bulk.bulk_edit, name="bulk_edit"),
    path("products/bulk/apply/", bulk.bulk_apply, name="bulk_apply"),
    path("products/bulk/<uuid:change_id>/", bulk.bulk_detail, name="bulk_detail"),
    path("products/bulk/<uuid:change_id>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("products/stale/", records.stale_list, name="stale_list"),
    path("products/<slug:slug>/", products.product_detail, name="product_detail"),
    path("products/<slug:slug>/field/<str:name>/", fields.product_field, name="product_field"),
    path("products/<slug:slug>/edit/", products.product_edit, name="product_edit"),
    path("products/<slug:slug>/confirm/", records.product_confirm, name="product_confirm"),
    path("products/<slug:slug>/archive/", lifecycle.product_archive, name="product_archive"),
    path("products/<slug:slug>/restore/", lifecycle.product_restore, name="product_restore"),
    path("products/<slug:slug>/delete/", lifecycle.product_delete, name="product_delete"),
    path(HISTORY, history.product_history_page, name="product_history"),
    path(f"{HISTORY}<str:source>/<str:entry>/", history.history_restore, name="history_restore"),
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
    path(RELEASES, releases.release_list, name="release_list"),
    path(f"{RELEASES}new/", releases.release_create, name="release_create"),
    path(RELEASE, releases.release_detail, name="release_detail"),
    path(f"{RELEASE}edit/", releases.release_edit, name="release_edit"),
    path(f"{RELEASE}publish/", releases.release_publish, name="release_publish"),
    path(f"{RELEASE}withdraw/", releases.release_withdraw, name="release_withdraw"),
    path(f"{RELEASE}delete/", releases.release_delete, name="release_delete"),
    path("feeds/releases/<str:release_token>.atom", feeds.release_feed, name="release_feed"),
    path(NEEDED, needed.needed_list, name="needed_list"),
    path(f"{NEEDED}new/", needed.needed_create, name="needed_create"),
    path(ONE_NEEDED, needed.needed_detail, name="needed_detail"),
    path(f"{ONE_NEEDED}edit/", needed.needed_edit, name="needed_edit"),
    path(f"{ONE_NEEDED}decide/", needed_ends.needed_decide, name="needed_decide"),
    path(f"{ONE_NEEDED}drop/", needed_ends.needed_drop, name="needed_drop"),
    path(f"{ONE_NEEDED}reopen/", needed_ends.needed_reopen, name="needed_reopen"),
    path(f"{RISKS}new/", risks.risk_create, name="risk_create"),
    path(RISK, risks.risk_detail, name="risk_detail"),
    path(f"{RISK}edit/", risks.risk_edit, name="risk_edit"),
    path(f"{RISK}end/", risks.risk_end, name="risk_end"),
    path(f"{RISK}reopen/", risks.risk_reopen, name="risk_reopen"),
    path("products/<slug:slug>/bookmark/", bookmarks.bookmark, name="bookmark"),
    path("views/", saved.view_list, name="view_list"),
    path("views/new/", saved.view_create, name="view_create"),
    path("views/columns/", columns.view_columns, name="view_columns"),
    path(VIEW, saved.view_open, name="view_open"),
    path(f"{VIEW}edit/", saved.view_edit, name="view_edit"),
    path(f"{VIEW}update/", saved.view_update, name="view_update"),
    path(f"{VIEW}delete/", saved.view_delete, name="view_delete"),
    path(f"{VIEW}restore/", saved.view_restore, name="view_restore"),
    path(f"{VIEW}default/", saved.view_default, name="view_default"),
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
