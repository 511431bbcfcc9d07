"""How the intake of somebody's products stands: what waits, and whether orders are taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q

from accounts.models import User
from core.periods import DAY, day_start, week_start
from intake.enums import SessionState
from intake.models import Evidence, Request, Session, SessionNote
from intake.querysets import triaged_by
from intake.rules.ageing import working_days
from intake.rules.orders import Orders
from intake.selectors.inbox.filters import WAITING, Clock, shows
from intake.selectors.orders import orders_of
from portfolio.models import Product

MOST = 6


@dataclass(frozen=True, slots=True)
class ProductHead:
    """One product: how many requests wait, the oldest for how many working days, its orders."""

    product: Product
    waiting: int
    oldest: float | None
    orders: Orders


@dataclass(frozen=True, slots=True)
class InboxHead:
    """All of somebody's products; `products` are the few that say most, `more` how many others."""

    waiting: int
    oldest: float | None
    sessions: int
    notes: int
    products: list[ProductHead]
    more: int


def head_of(user: User, clock: Clock) -> InboxHead:
    """What a product manager sees above the inbox; the same few queries for any number."""
    products = list(triaged_by(user).order_by("name", "pk"))
    keys = [product.pk for product in products]
    waiting = _waiting(keys, clock)
    orders = orders_of(keys, clock.today)
    every = [
        ProductHead(product, *waiting.get(product.pk, (0, None)), orders[product.pk])
        for product in products
    ]
    telling = [one for one in every if one.waiting or one.orders.shipped]
    telling.sort(key=lambda one: (not one.orders.is_amber, -one.waiting, one.product.name))
    return InboxHead(
        waiting=sum(one.waiting for one in every),
        oldest=max((one.oldest for one in every if one.oldest is not None), default=None),
        sessions=_sessions(keys, clock),
        notes=_unmapped_notes(keys),
        products=telling[:MOST],
        more=max(0, len(telling) - MOST),
    )


def _waiting(product_ids: list[int], clock: Clock) -> dict[int, tuple[int, float | None]]:
    rows = Request.objects.filter(shows(clock.today)[WAITING], product__in=product_ids)
    found = rows.values_list("product_id").annotate(n=Count("pk"), first=Min("created_at"))
    return {
        pk: (number, working_days(first, clock.now, clock.calendar))
        for pk, number, first in found.order_by()
    }


def _sessions(product_ids: list[int], clock: Clock) -> int:
    """Of this week, Monday to Sunday."""
    monday = week_start(clock.today)
    start, end = _start(monday, clock), _start(monday + 7 * DAY, clock)
    held = Session.objects.filter(product__in=product_ids, starts_at__gte=start, starts_at__lt=end)
    return held.exclude(state=SessionState.CANCELLED).count()


def _start(day: dt.date, clock: Clock) -> dt.datetime:
    return day_start(day, clock.zone)


def _unmapped_notes(product_ids: list[int]) -> int:
    evidence = Evidence.objects.filter(note=OuterRef("pk"))
    notes = SessionNote.objects.filter(Q(request__isnull=True), session__product__in=product_ids)
    return notes.exclude(Exists(evidence)).count()
