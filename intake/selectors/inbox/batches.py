"""Who is due to hear of new requests, and of which."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.selectors import organisation
from core.periods import local_date
from intake.models import InboxMail, InboxPlan, Request
from intake.models.inbox import twice_a_day
from intake.querysets import triaged_by
from intake.rules.batches import last_slot
from intake.selectors.inbox.filters import WAITING, shows
from portfolio.models import Membership, Product

SHOWN = 5


@dataclass(frozen=True, slots=True)
class ProductNews:
    """What is new for somebody in one product, the newest few in front."""

    product: Product
    new: int
    waiting: int
    newest: list[Request]


def times_of(user: User) -> list[dt.time]:
    """At which times of their day somebody hears of new requests."""
    plan = InboxPlan.objects.filter(user=user).first()
    return list(plan.times) if plan else twice_a_day()


def due_batches(now: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """The accounts whose latest time has no row yet, with that instant; two queries and a set.

    Members of a product hear without asking; those who lead or administer once they chose times.
    """
    members = Membership.objects.filter(user_id=OuterRef("pk"))
    people = User.objects.filter(Q(Exists(members)) | Q(inbox_plan__isnull=False), is_active=True)
    zone = organisation().time_zone
    slots = {}
    for user in people.select_related("inbox_plan").order_by("pk"):
        plan = getattr(user, "inbox_plan", None)
        times = plan.times if plan else twice_a_day()
        slot = last_slot(times, now, ZoneInfo(user.time_zone or zone))
        if slot is not None:
            slots[user.pk] = slot
    done = InboxMail.objects.filter(user__in=slots, slot_start__in=set(slots.values()))
    known = set(done.values_list("user_id", "slot_start"))
    return [pair for pair in slots.items() if pair not in known]


def told_until(user: User) -> dt.datetime | None:
    """Up to when somebody has heard of everything new; None: never yet.

    A row without a mail told nothing: there was nothing, or its time was left out when they chose
    others.
    """
    told = InboxMail.objects.filter(user=user, mail__isnull=False).select_related("mail")
    row = told.order_by("-slot_start").first()
    if row is None or row.mail is None:
        return None
    return max(row.slot_start, row.mail.created_at)


def news_for(user: User, now: dt.datetime) -> list[ProductNews]:
    """What waits for somebody by product, where something of it came in since they last heard."""
    since, today = told_until(user), local_date(now, organisation().time_zone)
    mine = triaged_by(user).order_by().values("pk")
    waiting = Request.objects.filter(shows(today)[WAITING], product__in=mine, created_at__lte=now)
    by_product: dict[int, list[Request]] = defaultdict(list)
    for request in waiting.select_related("product").order_by("-created_at", "-pk"):
        by_product[request.product_id].append(request)
    found = [_news(rows, since) for rows in by_product.values()]
    return sorted((one for one in found if one.new), key=lambda one: (-one.new, one.product.name))


def _news(rows: list[Request], since: dt.datetime | None) -> ProductNews:
    new = [row for row in rows if since is None or row.created_at > since]
    return ProductNews(rows[0].product, len(new), len(rows), new[:SHOWN])
