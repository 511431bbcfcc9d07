"""Who may follow a request.

What a team does with its intake asks for `product.edit`, deciding for `product.manage`; any reader
of a product may ask and book. `selectors/addressed.py` keeps to what a
person may follow at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules
from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.policies import SignedInRequest
from core.policies import register_policy

if TYPE_CHECKING:
    from accounts.models import User
    from intake.models import Booking, Request, WaitingPlace

HAS_INBOX = "has_inbox"


class FollowedRequest(SignedInRequest):
    """Behind a `wish.…` policy: `wish` is the request of the address, with its product.

    `wish.viewer_works_on` says whether the person works through the product's intake.
    """

    wish: Request


class BookingRequest(SignedInRequest):
    """Behind a `booking.…` policy: the booking of the address, with its session and product."""

    booking: Booking


class WaitingRequest(SignedInRequest):
    """Behind a `waiting.…` policy: the place on a waiting list, with its session and product."""

    waiting: WaitingPlace


@rules.predicate
def follows(user: User, wish: Any) -> bool:
    """Whoever the loader found the request for."""
    return wish is not None and user.is_active


@rules.predicate
def stands_behind(user: User, wish: Any) -> bool:
    """Whoever asked it or joined it."""
    return wish is not None and bool(wish.viewer_stands_behind)


@rules.predicate
def comes_to(user: User, booking: Any) -> bool:
    """Whoever the loader found the booking, or the place on a waiting list, for."""
    return booking is not None and user.is_active


def has_inbox() -> Q:
    """Of an account: whether it works on something or leads a portfolio. See `accounts.viewers`."""
    memberships = apps.get_model("portfolio", "Membership")._default_manager
    leads = apps.get_model("portfolio", "PortfolioLead")._default_manager
    return Exists(memberships.filter(user_id=OuterRef("pk"))) | Exists(
        leads.filter(user_id=OuterRef("pk"))
    )


@rules.predicate
def works_through_intake(user: User) -> bool:
    """Whoever works on something, leads a portfolio, or administers."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_administrator:
        return True
    known = getattr(user, HAS_INBOX, None)
    if known is None:  # not loaded by a session
        known = type(user)._default_manager.filter(has_inbox(), pk=user.pk).exists()
    return bool(known)


register_policy("wish.follow", follows)
register_policy("wish.own", stands_behind)
register_policy("booking.own", comes_to)
register_policy("waiting.own", comes_to)
register_policy("intake.use", works_through_intake)
