"""One product and what it serves: a cell of the matrix, the panel on its page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models.functions import Lower

from accounts.models import User
from personas.models import Fit, Goal, Persona
from personas.selectors.personas import people_of, serving_products
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class OpenCell:
    """The goal and the product whose cell is open, with the judgement, if there is one."""

    goal: Goal
    product: Product
    fit: Fit | None


def open_cell(user: User, goal_id: int, product_id: int, day: dt.date) -> OpenCell | None:
    """What stands in a cell, for whoever may read the product; in three queries."""
    goal = Goal.objects.select_related("persona").filter(pk=goal_id).first()
    product = serving_products(user, day).with_viewer(user).filter(pk=product_id).first()
    if goal is None or product is None:
        return None
    return OpenCell(goal, product, Fit.objects.filter(goal=goal, product=product).first())


@dataclass(frozen=True, slots=True)
class Served:
    """What a product does for one persona; `people` None: nobody has counted."""

    persona: Persona
    people: int | None
    goals: list[tuple[Goal, Fit]]


def served_by(product: Product, day: dt.date) -> list[Served]:
    """For each persona the goals on which the product was judged, best first; in two queries."""
    fits = (
        product.fits.select_related("goal__persona")
        .order_by(Lower("goal__persona__name"), "goal__persona", "-level", "goal_id")
    )  # fmt: skip
    people = people_of({fit.goal.persona_id for fit in fits}, day)
    found: dict[int, Served] = {}
    for fit in fits:
        persona = fit.goal.persona
        served = found.setdefault(persona.pk, Served(persona, people.get(persona.pk), []))
        served.goals.append((fit.goal, fit))
    return list(found.values())


def goals_without(product: Product) -> list[Goal]:
    """Goals on which nobody has judged the product yet, by persona."""
    judged = product.fits.values("goal_id")
    goals = Goal.objects.exclude(pk__in=judged).select_related("persona")
    return list(goals.order_by(Lower("persona__name"), "persona", "pk"))
