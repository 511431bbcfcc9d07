"""Addresses of the stakeholders app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import URLPattern, path

from stakeholders.views import merges, overview, person, reads, settings
from stakeholders.views import people as directory

app_name = "stakeholders"

MAP = "products/<slug:slug>/map/"
PERSON = "stakeholders/people/<int:person_id>/"

# One list for each part of the app, so that each grows by itself.
leads: list[URLPattern] = [
    path("stakeholders/", overview.overview, name="overview"),
    path(PERSON, person.person_detail, name="person_detail"),
    path("stakeholders/reads/", reads.read_list, name="read_list"),
    path("stakeholders/settings/", settings.settings, name="settings"),
]
maps: list[URLPattern] = []
contacts: list[URLPattern] = []
people: list[URLPattern] = [
    path("stakeholders/people/", directory.person_list, name="person_list"),
    path("stakeholders/people.csv", directory.person_export, name="person_export"),
    path("stakeholders/people/new/", directory.person_create, name="person_create"),
    path(f"{PERSON}edit/", directory.person_edit, name="person_edit"),
    path(f"{PERSON}merge/", merges.person_merge, name="person_merge"),
    path("stakeholders/merges/<int:merge_id>/undo/", merges.merge_undo, name="merge_undo"),
]
privacy: list[URLPattern] = []

urlpatterns = [*leads, *maps, *contacts, *people, *privacy]
