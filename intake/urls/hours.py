"""Addresses of office hours."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.views import ending, holidays, notes, overview, series, sessions

PRODUCT = "products/<slug:slug>/"
HOURS = f"{PRODUCT}hours/"
SERIES = f"{HOURS}series/<int:series_id>/"
SESSION = f"{HOURS}<int:session_id>/"
NOTE = f"{SESSION}notes/<int:note_id>/"
HOLIDAYS = "office-hours/holidays/"

urlpatterns: list[URLPattern] = [
    path(f"{PRODUCT}intake/", overview.intake_overview, name="intake_overview"),
    path(HOURS, sessions.session_list, name="session_list"),
    path(f"{HOURS}new/", sessions.session_create, name="session_create"),
    path(f"{HOURS}series/new/", series.series_create, name="series_create"),
    path(f"{SERIES}edit/", series.series_edit, name="series_edit"),
    path(f"{SERIES}end/", series.series_end, name="series_end"),
    path(SESSION, sessions.session_detail, name="session_detail"),
    path(f"{SESSION}edit/", sessions.session_edit, name="session_edit"),
    path(f"{SESSION}cancel/", ending.session_cancel, name="session_cancel"),
    path(f"{SESSION}close/", ending.session_close, name="session_close"),
    path(f"{SESSION}places/<int:booking_id>/mark/", ending.booking_mark, name="booking_mark"),
    path(f"{SESSION}notes/new/", notes.note_create, name="note_create"),
    path(f"{NOTE}edit/", notes.note_edit, name="note_edit"),
    path(f"{NOTE}delete/", notes.note_delete, name="note_delete"),
    path(f"{NOTE}put-back/", notes.note_put_back, name="note_put_back"),
    path(f"{NOTE}map/", notes.note_map, name="note_map"),
    path(HOLIDAYS, holidays.holiday_list, name="holiday_list"),
    path(f"{HOLIDAYS}new/", holidays.holiday_create, name="holiday_create"),
    path(f"{HOLIDAYS}<int:holiday_id>/delete/", holidays.holiday_delete, name="holiday_delete"),
    path(
        f"{HOLIDAYS}<int:holiday_id>/put-back/",
        holidays.holiday_put_back,
        name="holiday_put_back",
    ),
]
