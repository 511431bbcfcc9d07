"""Addresses of the stakeholders app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import URLPattern, path

from stakeholders.views import (
    cards,
    map_file,
    merges,
    overview,
    person,
    placements,
    plans,
    reads,
    settings,
    snoozes,
    suggestions,
    today,
)
from stakeholders.views import contacts as touchpoints
from stakeholders.views import map as animal_map
from stakeholders.views import people as directory
from stakeholders.views import privacy as privacy_views

app_name = "stakeholders"

MAP = "products/<slug:slug>/map/"
PLACEMENT = f"{MAP}<int:placement_id>/"
CONTACT = f"{PLACEMENT}contacts/<int:touchpoint_id>/"
PERSON = "stakeholders/people/<int:person_id>/"

# One list for each part of the app, so that each grows by itself.
leads: list[URLPattern] = [
    path("stakeholders/", overview.overview, name="overview"),
    path(PERSON, person.person_detail, name="person_detail"),
    path("stakeholders/reads/", reads.read_list, name="read_list"),
    path("stakeholders/settings/", settings.settings, name="settings"),
]
maps: list[URLPattern] = [
    path(MAP, animal_map.map_detail, name="map_detail"),
    path(f"{MAP}full/", animal_map.map_full, name="map_full"),
    path(f"{MAP}file/", map_file.map_export, name="map_export"),
    path(f"{MAP}history/", animal_map.map_history, name="map_history"),
    path(f"{MAP}new/", placements.placement_create, name="placement_create"),
    path(f"{PLACEMENT}move/", placements.placement_move, name="placement_move"),
    path(f"{PLACEMENT}edit/", placements.placement_edit, name="placement_edit"),
    path(f"{PLACEMENT}pin/", placements.placement_pin, name="placement_pin"),
    path(f"{PLACEMENT}unpin/", placements.placement_unpin, name="placement_unpin"),
    path(f"{PLACEMENT}review/", placements.placement_review, name="placement_review"),
    path(f"{PLACEMENT}remove/", placements.placement_remove, name="placement_remove"),
]
contacts: list[URLPattern] = [
    path(PLACEMENT, cards.placement_detail, name="placement_detail"),
    path(f"{PLACEMENT}meeting.ics", cards.meeting_ics, name="meeting_ics"),
    path(f"{PLACEMENT}plan/", plans.plan_edit, name="plan_edit"),
    path(f"{PLACEMENT}snooze/", snoozes.snooze_create, name="snooze_create"),
    path(f"{PLACEMENT}snooze/end/", snoozes.snooze_end, name="snooze_end"),
    path(f"{PLACEMENT}suggestion/", suggestions.suggestion_answer, name="suggestion_answer"),
    path(f"{PLACEMENT}contacts/new/", touchpoints.touchpoint_create, name="touchpoint_create"),
    path(f"{CONTACT}edit/", touchpoints.touchpoint_edit, name="touchpoint_edit"),
    path(f"{CONTACT}delete/", touchpoints.touchpoint_delete, name="touchpoint_delete"),
    path("stakeholders/today/", today.today, name="today"),
]
people: list[URLPattern] = [
    path("stakeholders/people/", directory.person_list, name="person_list"),
    path("stakeholders/people.csv", directory.person_export, name="person_export"),
    path("stakeholders/people/new/", directory.person_create, name="person_create"),
    path(f"{PERSON}edit/", directory.person_edit, name="person_edit"),
    path(f"{PERSON}merge/", merges.person_merge, name="person_merge"),
    path("stakeholders/merges/<int:merge_id>/undo/", merges.merge_undo, name="merge_undo"),
]
privacy: list[URLPattern] = [
    path(f"{PERSON}record/", privacy_views.person_record, name="person_record"),
    path(f"{PERSON}erase/", privacy_views.person_erase, name="person_erase"),
]

urlpatterns = [*leads, *maps, *contacts, *people, *privacy]
