"""Addresses of booking."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.views import bookings, feeds, guest_bookings, own_bookings, waiting

SESSION = "products/<slug:slug>/hours/<int:session_id>/"
BOOKING = "bookings/<uuid:uid>/"
GUEST = "bookings/guest/<str:booking_token>/"

urlpatterns: list[URLPattern] = [
    path(f"{SESSION}book/", bookings.booking_create, name="booking_create"),
    path(f"{SESSION}wait/", waiting.waiting_create, name="waiting_create"),
    path("bookings/", bookings.my_bookings, name="my_bookings"),
    path(BOOKING, own_bookings.booking_detail, name="booking_detail"),
    path(f"{BOOKING}office-hours.ics", own_bookings.booking_ics, name="booking_ics"),
    path(f"{BOOKING}move/", own_bookings.booking_move, name="booking_move"),
    path(f"{BOOKING}cancel/", own_bookings.booking_cancel, name="booking_cancel"),
    path(f"{BOOKING}again/", own_bookings.booking_again, name="booking_again"),
    path(f"{BOOKING}take/", waiting.offer_take, name="offer_take"),
    path("bookings/waiting/<uuid:uid>/leave/", waiting.waiting_leave, name="waiting_leave"),
    path(GUEST, guest_bookings.guest_booking_detail, name="guest_booking_detail"),
    path(f"{GUEST}office-hours.ics", guest_bookings.guest_booking_ics, name="guest_booking_ics"),
    path(f"{GUEST}move/", guest_bookings.guest_booking_move, name="guest_booking_move"),
    path(f"{GUEST}cancel/", guest_bookings.guest_booking_cancel, name="guest_booking_cancel"),
    path(f"{GUEST}again/", guest_bookings.guest_booking_again, name="guest_booking_again"),
    path("feeds/hours/<str:hours_token>.ics", feeds.hours_feed, name="hours_feed"),
    path("feeds/host/<str:host_token>.ics", feeds.host_feed, name="host_feed"),
]
