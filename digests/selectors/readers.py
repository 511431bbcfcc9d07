"""Who reads the digest of which product, in which form. Nothing else about a place is read."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from accounts.selectors import today
from core.arrays import AnyOf
from digests.models import Subscription
from digests.selectors.insiders import Insiders, insiders
from portfolio.models import Product
from stakeholders.models import Person, Placement
from stakeholders.rules import OwnPlan, Plan, animal_of, plan_of


@dataclass(frozen=True, slots=True)
class Follow:
    """That somebody reads a product: in which form, and whether with what is for its team alone.

    `is_muted`: they would, and have chosen not to.
    """

    product_id: int
    plan: Plan
    for_team: bool
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """A product that is told at all: not put away, not paused."""

    visibility: str
    portfolio_id: int


def following(
    person_ids: Collection[int], now: dt.datetime, *, with_muted: bool = False
) -> dict[int, list[Follow]]:
    """What each of these people reads: products on whose map they have a place, and those that they
    follow themselves and may see; without paused and put away ones, and without muted ones unless
    they are asked for.

    Seven statements for any number of people. Whether they want mail at all is not asked here.
    """
    planned = _planned(person_ids)
    chosen = _chosen(person_ids)
    within = insiders(person_ids)
    told = _told({product for _, product in (*planned, *chosen)}, now)
    found: dict[int, list[Follow]] = defaultdict(list)
    for person_id, product_id in sorted(planned.keys() | chosen.keys()):
        product, key = told.get(product_id), (person_id, product_id)
        own = chosen.get(key)
        is_muted = own is not None and own.is_muted
        if product is None or (is_muted and not with_muted):
            continue
        if key not in planned and not _may_follow(own, product, within, person_id):
            continue
        plan = Plan(own.plan) if own is not None and own.plan else planned.get(key)
        is_team = within.is_of_team(person_id, product_id, product.portfolio_id)
        found[person_id].append(Follow(product_id, plan or Plan.NEWSLETTER, is_team, is_muted))
    return found


def readers_of(product: Product, now: dt.datetime) -> QuerySet[Person]:
    """Everybody who gets a mail about it, in the order of a telephone book: for those alone who may
    see its map.
    """
    people = Person.objects.filter(pk__in=AnyOf(_reader_ids(product, now)))
    return people.select_related("user", "digest_reader").by_name()


def reader_count(product: Product, now: dt.datetime) -> int:
    """How many read it: tells how many stand on its map, so for those alone who may see that."""
    return len(_reader_ids(product, now))


def _reader_ids(product: Product, now: dt.datetime) -> list[int]:
    # As Reader.is_suppressed: what another address refused counts no more.
    refused = Q(digest_reader__suppressed_address__iexact=F("email"))
    refused |= Q(digest_reader__suppressed_address="")
    ids = (
        Person.objects.present()
        .filter(Q(user=None) | Q(user__is_active=True))
        .filter(Q(digest_reader=None) | Q(digest_reader__unsubscribed_at=None))
        .exclude(refused, digest_reader__suppressed_at__isnull=False)
        .filter(
            Q(placements__product=product)
            | Q(subscriptions__product=product, subscriptions__follows=True)
        )
        .values_list("pk", flat=True)
    )
    reads = following(set(ids), now)
    return [
        pk for pk, follows in reads.items() if product.pk in {one.product_id for one in follows}
    ]


def _planned(person_ids: Collection[int]) -> dict[tuple[int, int], Plan]:
    """By (person, product) the form that the team has planned for whoever has a place there."""
    rows = Placement.objects.filter(person__in=AnyOf(person_ids)).order_by()
    return {
        (person, product): plan_of(animal_of(involvement, power), OwnPlan(digest=plan)).digest
        for person, product, involvement, power, plan in rows.values_list(
            "person_id", "product_id", "involvement", "power", "plan"
        )
    }


def _chosen(person_ids: Collection[int]) -> Mapping[tuple[int, int], Subscription]:
    rows = Subscription.objects.filter(person__in=AnyOf(person_ids))
    return {(row.person_id, row.product_id): row for row in rows}


def _told(product_ids: Collection[int], now: dt.datetime) -> dict[int, _Told]:
    products = Product.objects.filter(pk__in=AnyOf(product_ids)).live(today(now))
    rows = products.exclude(digest__is_paused=True).values_list("pk", "visibility", "portfolio_id")
    return {pk: _Told(visibility, portfolio) for pk, visibility, portfolio in rows}


def _may_follow(own: Subscription | None, product: _Told, within: Insiders, person_id: int) -> bool:
    """Whoever follows by their own choice reads no more than they may see of the product."""
    return (
        own is not None
        and own.follows
        and within.may_see(person_id, own.product_id, product.portfolio_id, product.visibility)
    )
