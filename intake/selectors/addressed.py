"""What stands at an address, for those who may open it. Policies ask these before any view."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import User
from intake.models import Booking, Request, Voice, WaitingPlace
from intake.querysets import triaged_by


def load_request(user: User, reference: str) -> Request:
    """The request with this reference, for those who may follow it."""
    voices = Voice.objects.filter(user=user)
    return (
        Request.objects.followed_by(user)
        .select_related("product")
        .annotate(
            viewer_stands_behind=Exists(voices.filter(request_id=OuterRef("pk"))),
            viewer_works_on=Exists(triaged_by(user).order_by().filter(pk=OuterRef("product_id"))),
        )
        .get(reference=reference)
    )


def load_booking(user: User, uid: UUID) -> Booking:
    """One's own booking."""
    return Booking.objects.select_related(
        "session__product", "session__host", "slot", "request", "user"
    ).get(uid=uid, user=user)


def load_waiting(user: User, uid: UUID) -> WaitingPlace:
    """One's own place on a waiting list."""
    return WaitingPlace.objects.select_related("session__product", "booking").get(
        uid=uid, user=user
    )
