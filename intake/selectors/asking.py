"""What the intake form knows before anybody types: their department, who reads, what to join."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import Department, User
from intake.enums import BookingState, Status
from intake.models import Booking, Draft, InboxPlan, Request, RequestLink, Slot, Voice
from intake.models.inbox import twice_a_day
from portfolio.enums import MemberRole
from portfolio.models import Membership, Product
from stakeholders.models import Person

READERS_NAMED = 3


def draft_of(user: User, product: Product) -> Draft | None:
    """What they have begun, if they have."""
    return Draft.objects.filter(user=user, product=product).first()


def department_of(user: User) -> str:
    """The name of the department they are known to belong to, or nothing."""
    person = Person.objects.filter(user=user).select_related("department").first()
    return person.department.name if person and person.department else ""


def department_names() -> list[str]:
    """All of them, to choose from."""
    return list(Department.objects.order_by("name").values_list("name", flat=True))


def readers_of(product: Product) -> list[tuple[str, list[dt.time]]]:
    """Who manages the product, and at which times of their day they hear of new requests."""
    managers = Membership.objects.filter(product=product, role=MemberRole.MANAGER)
    rows = managers.select_related("user__inbox_plan").order_by("user__name", "pk")
    return [(row.user.name, _times(row.user)) for row in rows[:READERS_NAMED]]


def _times(user: User) -> list[dt.time]:
    """Nobody needs a plan: without one it is twice a day."""
    plan: InboxPlan | None = getattr(user, "inbox_plan", None)
    return list(plan.times) if plan else twice_a_day()


def followed_in(user: User, product: Product) -> QuerySet[Request]:
    """What they asked of the product, or joined."""
    return Request.objects.of(user).filter(product=product)


def joinable(user: User, product: Product) -> QuerySet[Request]:
    """The requests of the product that anybody who reads it may stand behind.

    A request that was found to be the same as another one is joined as that one.
    """
    open_ones = ~Q(status=Status.CLOSED) | Q(voices__user=user, voices__left_at=None)
    return Request.objects.filter(
        open_ones, product=product, is_private=False, duplicate_of=None
    ).distinct()


def behind_opportunities(
    user: User, product: Product, opportunities: Collection[int]
) -> tuple[dict[int, str], set[int]]:
    """For each of these opportunities the oldest request in it that may be joined, by reference;
    and the keys of all requests in them.
    """
    links = RequestLink.objects.filter(opportunity__in=opportunities, opportunity__product=product)
    rows = links.order_by("-request__created_at", "-request_id")
    found = list(rows.values_list("opportunity_id", "request_id", "request__reference"))
    keys = {request for _, request, _ in found}
    may = set(joinable(user, product).filter(pk__in=keys).values_list("pk", flat=True))
    return {one: reference for one, request, reference in found if request in may}, keys


def slot_of(request: Request, user: User | None) -> Slot | None:
    """What `user` (None: the guest who asked) has booked with this request."""
    bookings = Booking.objects.filter(request=request, user=user, state=BookingState.BOOKED)
    booking = bookings.select_related("slot__session").order_by("pk").first()
    return booking.slot if booking else None


def voice_of(request: Request, user: User | None) -> Voice | None:
    """What `user` (None: the guest who asked) said when they asked or joined."""
    voices = Voice.objects.filter(request=request, user=user).select_related("request")
    return voices.order_by("pk").first()
