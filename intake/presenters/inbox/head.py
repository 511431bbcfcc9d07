"""What stands above somebody's inbox, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from core.formats import count, share
from intake.presenters.inbox.lines import KINDS, Age
from intake.rules.ageing import age_level
from intake.rules.orders import Orders
from intake.selectors.inbox.head import InboxHead, ProductHead


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One product: what waits there, and how much of what shipped was made to order."""

    name: str
    url: str
    waiting: str
    age: Age | None
    orders: str
    drift: str
    is_amber: bool
    is_drifting: bool


def summary(head: InboxHead) -> str:
    """The answer first: what waits, and for how long."""
    if not head.waiting:
        return "Nothing waits for you."
    waits = "waits" if head.waiting == 1 else "wait"
    return f"{count(head.waiting, 'request')} {waits}, the oldest for {_age(head.oldest).words}."


def beside(head: InboxHead) -> str:
    """What else this week holds."""
    sessions = count(head.sessions, "session").capitalize()
    words = f"{sessions} of office hours this week."
    if head.notes:
        belong = "belongs" if head.notes == 1 else "belong"
        return f"{words} {count(head.notes, 'note')} of sessions {belong} to nothing yet."
    return words


def head_lines(head: InboxHead) -> list[HeadLine]:
    """The products that say most."""
    return [_line(one) for one in head.products]


def _line(one: ProductHead) -> HeadLine:
    return HeadLine(
        name=one.product.name,
        url=reverse("intake:product_inbox", args=[one.product.slug]),
        waiting=str(one.waiting) if one.waiting else "–",
        age=_age(one.oldest) if one.waiting else None,
        orders=_orders(one.orders),
        drift=_drift(one.orders),
        is_amber=one.orders.is_amber,
        is_drifting=one.orders.is_drifting,
    )


def _age(days: float | None) -> Age:
    whole = int(days or 0)
    words = count(whole, "working day") if whole else "less than a working day"
    return Age(words, KINDS[age_level(days or 0)])


def _orders(orders: Orders) -> str:
    if orders.ratio is None:
        return "nothing shipped in 90 days"
    return f"{share(orders.ratio)} ({orders.to_order} of {orders.shipped})"


def _drift(orders: Orders) -> str:
    if orders.off_mission_share is None:
        return "–"
    return f"{share(orders.off_mission_share)} ({orders.off_mission} of {orders.shipped})"
