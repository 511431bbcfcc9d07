"""What a product manager's page shows of an issue, in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from digests.models import Issue, IssueItem, ProductDigest
from digests.rules.weeks import Week, week_to_draft
from digests.selectors.readers import readers_of
from portfolio.models import Product
from stakeholders.models import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """An issue with all its items, and how its product is told (None: in full)."""

    issue: Issue
    items: Sequence[IssueItem]
    way: ProductDigest | None


def issue_of(product: Product, week: dt.date | None = None) -> Issue | None:
    """The issue of a week; without one the issue to come, else the newest. One statement."""
    rows = Issue.objects.filter(product=product).select_related("approved_by")
    rows = rows.filter(week=week) if week else rows.order_by("-week")
    found = rows.first()
    if found is not None:
        found.product = product
    return found


def desk_of(issue: Issue) -> Desk:
    """All that the page says of an issue: two statements."""
    return Desk(issue, list(issue.items.all()), way_of(issue.product))


def way_of(product: Product) -> ProductDigest | None:
    """How a product is told; None: in full. One statement."""
    return ProductDigest.objects.filter(product=product).first()


def week_to_begin(now: dt.datetime, zone: str) -> Week | None:
    """The week whose issue can be drafted by hand in the organisation's `zone`: its Friday has
    come and its Monday has not begun to go out. None between two of them.
    """
    week = week_to_draft(now, zone)
    return week if now < week.local_due(zone) else None


def next_draft(now: dt.datetime, zone: str) -> Week:
    """The week that is drafted next by itself."""
    return week_to_draft(now, zone).after


def others_reading(product: Product, user: User, now: dt.datetime) -> QuerySet[Person]:
    """Everybody who reads the digest of `product` but `user`, by name: for those alone who may see
    its map. Nobody learns from it whether they stand there themselves.
    """
    own = Person.objects.being(user).order_by().values("pk")
    return readers_of(product, now).exclude(pk__in=own)
