"""What somebody who looks after products might do today for the people on their maps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from accounts.models import User
from portfolio.models import Product
from stakeholders.models import Placement, Touchpoint
from stakeholders.selectors.due import REVIEW_AFTER, debts_of
from stakeholders.selectors.overview import Standing, standings
from stakeholders.selectors.suggestions import Suggestion, suggestions_for

SOON = dt.timedelta(days=7)
MOST_LOGGED = 10


@dataclass(frozen=True, slots=True)
class Today:
    """Who waits, who is due in the next days, where somebody may belong elsewhere, and whose place
    nobody looked at for a year. Somebody snoozed stands in `snoozed` instead of the first two.

    `waiting`: quiet lions first, then the most indebted; `soon`: the next due first; `unreviewed`:
    the longest first.
    """

    day: dt.date
    waiting: list[Standing]
    soon: list[Standing]
    suggestions: list[Suggestion]
    unreviewed: list[Standing]
    snoozed: list[Standing]
    people: int

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.waiting or self.soon or self.suggestions or self.unreviewed)


def today_for(user: User, day: dt.date, product: Product | None = None) -> Today:
    """The lists over every living map that `user` may open, or of one product; in five queries."""
    if product is None:
        return today_of(standings(user, day), day)
    rows = Placement.objects.seen_by(user).filter(product=product)
    placements = list(rows.select_related("person").by_name())
    for placement in placements:
        placement.product = product
    dues = debts_of(placements, day)
    return today_of([Standing(one, dues[one.pk]) for one in placements], day)


def today_of(found: Iterable[Standing], day: dt.date) -> Today:
    """The lists of places that were read already, by name; in two queries for suggestions."""
    rows = list(found)
    awake = [one for one in rows if one.due.snoozed_until is None]
    waiting = [one for one in awake if one.due.debt > 0]
    soon = [one for one in awake if one.due.debt == 0 and _is_soon(one, day)]
    unreviewed = [one for one in rows if one.placement.reviewed_on <= day - REVIEW_AFTER]
    suggested = suggestions_for([one.placement for one in rows], day)
    return Today(
        day=day,
        waiting=sorted(waiting, key=lambda one: (not one.due.is_quiet_lion, -one.due.debt)),
        soon=sorted(soon, key=lambda one: one.due.next_due or day),
        suggestions=list(suggested.values()),
        unreviewed=sorted(unreviewed, key=lambda one: one.placement.reviewed_on),
        snoozed=[one for one in rows if one.due.snoozed_until is not None],
        people=len(rows),
    )


def _is_soon(one: Standing, day: dt.date) -> bool:
    return one.due.next_due is not None and one.due.next_due <= day + SOON


def logged_today(user: User, day: dt.date) -> list[tuple[Touchpoint, int]]:
    """What `user` logged of today, the last first, with the key of the person's placement: a note
    may still be missing.
    """
    place = Placement.objects.filter(product=OuterRef("product"), person=OuterRef("person"))
    rows = (
        Touchpoint.objects.seen_by(user)
        .filter(by=user, day=day)
        .annotate(place=Subquery(place.values("pk")))
        .filter(place__isnull=False)
        .select_related("product", "person")
    )
    return [(one, one.place) for one in rows.order_by("-pk")[:MOST_LOGGED]]
