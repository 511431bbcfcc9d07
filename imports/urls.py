"""Addresses of imports and mappings."""

from django.urls import path

from imports import views

app_name = "imports"

RUN = "imports/<int:run_id>/"
MAPPING = "imports/mappings/<int:mapping_id>"

urlpatterns = [
    path("imports/", views.run_list, name="run_list"),
    path("imports/new/", views.run_create, name="run_create"),
    path(RUN, views.run_detail, name="run_detail"),
    path(f"{RUN}mapping/", views.run_mapping, name="run_mapping"),
    path(f"{RUN}start/", views.run_start, name="run_start"),
    path(f"{RUN}cancel/", views.run_cancel, name="run_cancel"),
    path(f"{RUN}undo/", views.run_undo, name="run_undo"),
    path(f"{RUN}refused/", views.run_refused, name="run_refused"),
    path(f"{RUN}refused.csv", views.run_refused_export, name="run_refused_export"),
    path("imports/mappings/", views.mapping_list, name="mapping_list"),
    path("imports/mappings/new/", views.mapping_create, name="mapping_create"),
    path(f"{MAPPING}/", views.mapping_detail, name="mapping_detail"),
    path(f"{MAPPING}/edit/", views.mapping_edit, name="mapping_edit"),
    path(f"{MAPPING}/delete/", views.mapping_delete, name="mapping_delete"),
    path(f"{MAPPING}.toml", views.mapping_export, name="mapping_export"),
]
