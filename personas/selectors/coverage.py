"""The coverage matrix: goals × products, what is a gap, what is served twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery, Window
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from personas.models import Fit, Goal
from personas.rules import Judgement, is_gap, is_served_twice, serving_well
from personas.selectors.goals import CoverageFilters, Goals, rank
from personas.selectors.personas import serving_products
from portfolio.models import Product

MOST_GOALS, MOST_PRODUCTS = 60, 40


@dataclass(frozen=True, slots=True)
class Judged:
    """One product's fit to a goal."""

    fit: Fit
    product: Product

    @property
    def judgement(self) -> Judgement:
        """As the rules want it."""
        return Judgement(self.product.stage, self.fit.level)


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal, what is at stake in it, and every judgement that the viewer may read."""

    goal: Goal
    minutes_a_week: float | None
    judged: tuple[Judged, ...]

    @property
    def is_gap(self) -> bool:
        """Whether nobody serves it."""
        return is_gap(one.judgement for one in self.judged)

    @property
    def doubles(self) -> list[Product]:
        """The products that serve it well, where there are two or more."""
        judgements = [one.judgement for one in self.judged]
        if not is_served_twice(judgements):
            return []
        return [self.judged[place].product for place in serving_well(judgements)]

    @property
    def by_product(self) -> dict[int, Fit]:
        """Its judgements by product."""
        return {one.fit.product_id: one.fit for one in self.judged}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix as `user` may see it; totals say how much there is beside what is shown."""

    rows: list[GoalRow]
    products: list[Product]
    goals_total: int
    products_total: int

    @property
    def gaps(self) -> list[GoalRow]:
        """Goals that nobody serves, by what is at stake; unknown ones last."""
        found = [row for row in self.rows if row.is_gap]
        return sorted(found, key=lambda row: rank(row.minutes_a_week))


def coverage(
    user: User,
    filters: CoverageFilters,
    goals: Goals,
    day: dt.date,
    *,
    most: tuple[int, int] | None = (MOST_GOALS, MOST_PRODUCTS),
) -> Coverage:
    """The matrix on `day`, in four queries; `most` goals and products, None: all judged ones.

    Gaps and doubles look at every product that `user` may read, whatever narrows the columns.
    """
    wanted = goals.narrowed(filters)
    shown = wanted[: most[0]] if most else wanted
    ids = [goal.pk for goal, _ in shown]
    judged = _judged(ids, user, day, in_full=most is None)
    columns = _columns(ids, user, filters, day)
    if most:
        # Counted in the same statement, before its limit.
        found = list(columns.annotate(total=Window(Count("pk")))[: most[1]])
    else:
        found = list(columns.filter(judgements__gt=0))
    return Coverage(
        rows=[GoalRow(goal, minutes, tuple(judged.get(goal.pk, ()))) for goal, minutes in shown],
        products=sorted(found, key=lambda one: (one.name.casefold(), one.pk)),
        goals_total=len(wanted),
        products_total=found[0].total if most and found else len(found),
    )


def _judged(
    goal_ids: Iterable[int], user: User, day: dt.date, *, in_full: bool
) -> dict[int, list[Judged]]:
    """Goal → its judgements, best first. A page shows thousands of cells: each product is read
    once, and of a judgement only its level, unless `in_full`.
    """
    fits = Fit.objects.filter(goal__in=list(goal_ids)).on_products(serving_products(user, day))
    if not in_full:
        fits = fits.only("goal", "product", "level")
    rows = list(fits.order_by("-level", Lower("product__name"), "pk"))
    products = Product.objects.in_bulk({fit.product_id for fit in rows})
    found: dict[int, list[Judged]] = defaultdict(list)
    for fit in rows:
        if fit.product_id in products:
            found[fit.goal_id].append(Judged(fit, products[fit.product_id]))
    return found


def _columns(ids: list[int], user: User, filters: CoverageFilters, day: dt.date) -> Any:
    """Products with most judgements of these goals first, so that those that matter are shown."""
    products = serving_products(user, day)
    if filters.function is not None:
        products = products.filter(function=filters.function)
    if filters.stage:
        products = products.filter(stage=filters.stage)
    fits = Fit.objects.filter(product=OuterRef("pk"), goal__in=ids).order_by().values("product")
    judgements = Coalesce(Subquery(fits.annotate(amount=Count("pk")).values("amount")), 0)
    return (
        products.with_viewer(user)
        .annotate(judgements=judgements)
        .order_by("-judgements", Lower("name"), "pk")
    )
