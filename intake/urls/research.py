"""Addresses of research."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.views import field_notes, research, suggestions

RESEARCH = "products/<slug:slug>/research/"
NOTE = f"{RESEARCH}<int:field_note_id>/"

urlpatterns: list[URLPattern] = [
    path(RESEARCH, research.field_note_list, name="field_note_list"),
    path(f"{RESEARCH}notes.csv", research.field_note_export, name="field_note_export"),
    path(f"{RESEARCH}new/", field_notes.field_note_create, name="field_note_create"),
    path(NOTE, research.field_note_detail, name="field_note_detail"),
    path(f"{NOTE}edit/", field_notes.field_note_edit, name="field_note_edit"),
    path(f"{NOTE}delete/", field_notes.field_note_delete, name="field_note_delete"),
    path(f"{NOTE}restore/", field_notes.field_note_restore, name="field_note_restore"),
    path(
        f"{NOTE}edge-cases/<int:edge_case_id>/",
        field_notes.edge_case_edit,
        name="edge_case_edit",
    ),
    path(
        "products/<slug:slug>/suggestions/new/",
        suggestions.suggestion_create,
        name="suggestion_create",
    ),
]
