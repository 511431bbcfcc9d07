"""Everything about one person on one map."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from portfolio.models import Product
from stakeholders.models import Move, Placement, Snooze, Touchpoint
from stakeholders.selectors.due import Due, debts_of
from stakeholders.selectors.suggestions import Suggestion, suggestions_for

MOST_MOVES = 20


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody's place, what they are owed on a day, and how they came to stand there.

    `snooze` is the one that runs on the day. `moves`: the newest first; `has_more_moves`: there are
    older ones.
    """

    placement: Placement
    due: Due
    snooze: Snooze | None
    suggestion: Suggestion | None
    moves: list[Move]
    has_more_moves: bool


def find_placement(user: User, product: Product, placement_id: int) -> Placement:
    """Somebody's place on the map of `product`, with the person.

    Raises:
        Placement.DoesNotExist: there is none for `user`: on another map, or about themself.
    """
    rows = Placement.objects.seen_by(user).filter(product=product)
    placement: Placement = rows.select_related("person__department").get(pk=placement_id)
    placement.product = product
    return placement


def find_touchpoint(user: User, placement: Placement, touchpoint_id: int) -> Touchpoint:
    """One contact with whom a placement is about.

    Raises:
        Touchpoint.DoesNotExist: there is none for `user`.
    """
    touchpoint: Touchpoint = contacts_of(user, placement).get(pk=touchpoint_id)
    return touchpoint


def contacts_of(user: User, placement: Placement) -> QuerySet[Touchpoint]:
    """Every contact about the product with this person, the newest first."""
    rows = Touchpoint.objects.seen_by(user).filter(
        product_id=placement.product_id, person_id=placement.person_id
    )
    found: QuerySet[Touchpoint] = rows.select_related("by").latest_first()
    return found


def card_of(placement: Placement, user: User, day: dt.date) -> Card:
    """The card of a placement that `find_placement` gave; at most six queries."""
    spot = {"product_id": placement.product_id, "person_id": placement.person_id}
    snoozes = Snooze.objects.seen_by(user).filter(**spot, from_day__lte=day, until_day__gt=day)
    moves = Move.objects.seen_by(user).filter(**spot)
    newest = list(moves.select_related("by").order_by("-at", "-pk")[: MOST_MOVES + 1])
    for move in newest:
        move.person = placement.person
    return Card(
        placement=placement,
        due=debts_of([placement], day)[placement.pk],
        snooze=snoozes.select_related("by").order_by("-until_day", "-pk").first(),
        suggestion=suggestions_for([placement], day).get(placement.pk),
        moves=newest[:MOST_MOVES],
        has_more_moves=len(newest) > MOST_MOVES,
    )
