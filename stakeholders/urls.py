"""Addresses of the stakeholders app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "stakeholders"

MAP = "products/<slug:slug>/map/"
PERSON = "stakeholders/people/<int:person_id>/"

# One list for each part of the app, so that each grows by itself.
leads: list[URLPattern] = []
maps: list[URLPattern] = []
contacts: list[URLPattern] = []
people: list[URLPattern] = []
privacy: list[URLPattern] = []

urlpatterns = [*leads, *maps, *contacts, *people, *privacy]
