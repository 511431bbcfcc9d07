"""Addresses of following."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.views.following import guests, mine, signed

ONE = "requests/<slug:reference>/"
GUEST = "follow/<str:follow_token>/"

urlpatterns: list[URLPattern] = [
    path("requests/", mine.request_list, name="request_list"),
    path(ONE, signed.request_detail, name="request_detail"),
    path(f"{ONE}add/", signed.request_add, name="request_add"),
    path(f"{ONE}reply/", signed.request_reply, name="request_reply"),
    path(f"{ONE}withdraw/", signed.request_withdraw, name="request_withdraw"),
    path(f"{ONE}come-back/", signed.request_come_back, name="request_come_back"),
    path(f"{ONE}disagree/", signed.request_disagree, name="request_disagree"),
    path(f"{ONE}news/", signed.request_news, name="request_news"),
    path(GUEST, guests.guest_request, name="guest_request"),
    path(f"{GUEST}add/", guests.guest_add, name="guest_add"),
    path(f"{GUEST}reply/", guests.guest_reply, name="guest_reply"),
    path(f"{GUEST}withdraw/", guests.guest_withdraw, name="guest_withdraw"),
    path(f"{GUEST}come-back/", guests.guest_come_back, name="guest_come_back"),
    path(f"{GUEST}disagree/", guests.guest_disagree, name="guest_disagree"),
    path(f"{GUEST}news/", guests.guest_news, name="guest_news"),
]
