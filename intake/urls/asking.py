"""Addresses of asking."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.views import ask, ask_guest, attachments, entering, links

PRODUCT = "products/<slug:slug>/"
ASK = f"{PRODUCT}ask/"
GUEST = "ask/<str:link>/"
LINKS = f"{PRODUCT}intake/links/"

urlpatterns: list[URLPattern] = [
    path(ASK, ask.request_start, name="request_start"),
    path(f"{ASK}all/", ask.request_all, name="request_all"),
    path(f"{ASK}check/", ask.request_check, name="request_check"),
    path(f"{ASK}similar/", ask.request_similar, name="request_similar"),
    path(f"{ASK}save/", ask.draft_save, name="draft_save"),
    path(f"{ASK}discard/", ask.draft_discard, name="draft_discard"),
    path(f"{ASK}files/", ask.attachment_create, name="attachment_create"),
    path(
        f"{ASK}files/<int:attachment_id>/delete/", ask.attachment_delete, name="attachment_delete"
    ),
    path(f"{ASK}join/<slug:reference>/", ask.request_join, name="request_join"),
    path(f"{ASK}sent/<slug:reference>/", ask.request_sent, name="request_sent"),
    path(f"{ASK}<slug:step>/", ask.request_step, name="request_step"),
    path(GUEST, ask_guest.guest_start, name="guest_start"),
    path(f"{GUEST}all/", ask_guest.guest_all, name="guest_all"),
    path(f"{GUEST}check/", ask_guest.guest_check, name="guest_check"),
    path(f"{GUEST}discard/", ask_guest.guest_discard, name="guest_discard"),
    path(f"{GUEST}files/", ask_guest.guest_file_create, name="guest_file_create"),
    path(
        f"{GUEST}files/<int:attachment_id>/delete/",
        ask_guest.guest_file_delete,
        name="guest_file_delete",
    ),
    path(f"{GUEST}sent/<slug:reference>/", ask_guest.guest_sent, name="guest_sent"),
    path(f"{GUEST}<slug:step>/", ask_guest.guest_step, name="guest_step"),
    path(LINKS, links.intake_link_list, name="intake_link_list"),
    path(f"{LINKS}new/", links.intake_link_create, name="intake_link_create"),
    path(f"{LINKS}<int:link_id>/revoke/", links.intake_link_revoke, name="intake_link_revoke"),
    path("office-hours/guests/", links.guest_settings, name="guest_settings"),
    path(f"{PRODUCT}inbox/new/", entering.request_enter, name="request_enter"),
    path(
        "requests/<slug:reference>/files/<int:attachment_id>/",
        attachments.attachment_detail,
        name="attachment_detail",
    ),
]
