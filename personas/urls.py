"""Addresses of the personas app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import path

from personas.views import audiences, coverage, fits, overlaps, people, personas, work

app_name = "personas"

PERSONA = "personas/<int:persona_id>/"
PRODUCT = "products/<slug:slug>/personas/"

urlpatterns = [
    path("personas/", personas.persona_list, name="persona_list"),
    path("personas.csv", personas.persona_export, name="persona_export"),
    path("personas/new/", personas.persona_create, name="persona_create"),
    path(PERSONA, personas.persona_detail, name="persona_detail"),
    path(f"{PERSONA}edit/", personas.persona_edit, name="persona_edit"),
    path(f"{PERSONA}delete/", personas.persona_delete, name="persona_delete"),
    path(f"{PERSONA}history/", personas.persona_history, name="persona_history"),
    path(f"{PERSONA}goals/new/", work.goal_create, name="goal_create"),
    path(f"{PERSONA}goals/<int:goal_id>/edit/", work.goal_edit, name="goal_edit"),
    path(f"{PERSONA}goals/<int:goal_id>/delete/", work.goal_delete, name="goal_delete"),
    path(f"{PERSONA}goals/<int:goal_id>/tasks/new/", work.task_create, name="task_create"),
    path(f"{PERSONA}tasks/<int:task_id>/edit/", work.task_edit, name="task_edit"),
    path(f"{PERSONA}tasks/<int:task_id>/delete/", work.task_delete, name="task_delete"),
    path(f"{PERSONA}people/new/", people.head_count_create, name="head_count_create"),
    path(
        f"{PERSONA}people/<int:count_id>/delete/",
        people.head_count_delete,
        name="head_count_delete",
    ),
    path(f"{PERSONA}evidence/new/", people.evidence_create, name="evidence_create"),
    path(
        f"{PERSONA}evidence/<int:evidence_id>/delete/",
        people.evidence_delete,
        name="evidence_delete",
    ),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage.csv", coverage.coverage_export, name="coverage_export"),
    path("coverage/overlaps/", overlaps.overlaps, name="overlaps"),
    path(
        "coverage/overlaps/personas/<int:persona_id>/<int:other_id>/dismiss/",
        overlaps.shared_persona_dismiss,
        name="shared_persona_dismiss",
    ),
    path(
        "coverage/overlaps/personas/<int:persona_id>/<int:other_id>/take-back/",
        overlaps.shared_persona_take_back,
        name="shared_persona_take_back",
    ),
    path(
        f"{PRODUCT}overlaps/<slug:other>/dismiss/",
        overlaps.duplicate_dismiss,
        name="duplicate_dismiss",
    ),
    path(
        f"{PRODUCT}overlaps/<slug:other>/take-back/",
        overlaps.duplicate_take_back,
        name="duplicate_take_back",
    ),
    path(PRODUCT, fits.product_personas, name="product_personas"),
    path(f"{PRODUCT}audiences/new/", audiences.audience_create, name="audience_create"),
    path(
        f"{PRODUCT}audiences/<int:audience_id>/edit/",
        audiences.audience_edit,
        name="audience_edit",
    ),
    path(
        f"{PRODUCT}audiences/<int:audience_id>/delete/",
        audiences.audience_delete,
        name="audience_delete",
    ),
    path(f"{PRODUCT}<int:goal_id>/fit/", fits.fit_edit, name="fit_edit"),
]
