"""Sessions as feeds tell them, with the rights of whoever made the address."""

from __future__ import annotations

import datetime as dt

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from intake.enums import BookingState
from intake.models import Booking, Session
from intake.querysets import triaged_by
from portfolio.models import Product

BACK = dt.timedelta(days=28)
MOST = 500
COMES = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.NO_SHOW)


def product_of_feed(user: User, product_id: int | None) -> Product | None:
    """The product, if this person may see it."""
    found: Product | None = Product.objects.visible_to(user).filter(pk=product_id).first()
    return found


def sessions_of_product(product: Product, now: dt.datetime) -> list[Session]:
    """Its sessions of the last four weeks and to come, cancelled ones too, soonest first."""
    return list(_recent(Session.objects.filter(product=product), now))


def sessions_of_host(user: User, now: dt.datetime) -> list[Session]:
    """What somebody holds, of products on which they work, with who comes in `bookings`."""
    comes = Booking.objects.filter(state__in=COMES).select_related("slot", "request")
    held = Session.objects.filter(host=user, product__in=triaged_by(user).order_by().values("pk"))
    return list(
        _recent(held, now).prefetch_related(
            Prefetch("bookings", comes.order_by("slot__starts_at", "seat"))
        )
    )


def _recent(sessions: QuerySet[Session], now: dt.datetime) -> QuerySet[Session]:
    recent = sessions.filter(ends_at__gt=now - BACK).select_related("product")
    return recent.order_by("starts_at", "pk")[:MOST]
