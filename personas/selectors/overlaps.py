"""Two products that may do the same, two personas that may be one, and what was said to it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from core.arrays import AnyOf
from personas.models import (
    DuplicateDismissal,
    Fit,
    Goal,
    Persona,
    PersonaHeadCount,
    SharedPersonaDismissal,
    Task,
)
from personas.rules import (
    SERVES,
    Overlap,
    Portrayed,
    duplicates,
    shared_personas,
    silent_since,
    task_key,
)
from personas.selectors.personas import serving_products
from portfolio.models import Product

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two products, the goals that both serve, and how many the one with fewer serves."""

    first: Product
    second: Product
    goals: list[Goal]
    overlap: Overlap[int]

    def beside(self, product: Product) -> Product:
        """The other one."""
        return self.second if self.first.pk == product.pk else self.first


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Possible duplicates that the viewer may read on both sides. `total` counts those that are
    told, `pairs` holds as many as a page shows; `dismissed` are silent, the newest first.
    """

    pairs: list[Duplicate]
    total: int
    dismissed: list[DuplicateDismissal]


@dataclass(frozen=True, slots=True)
class SharedPersona:
    """Two personas of different departments with the names of the tasks that are the same."""

    first: Persona
    second: Persona
    tasks: list[str]
    departments: tuple[list[str], list[str]]
    overlap: Overlap[str]


@dataclass(frozen=True, slots=True)
class SharedPersonas:
    """Like `Duplicates`, for personas."""

    pairs: list[SharedPersona]
    total: int
    dismissed: list[SharedPersonaDismissal]


def possible_duplicates(user: User, day: dt.date, only: Product | None = None) -> Duplicates:
    """Products that may do the same, as far as `user` may read both, in four queries.

    `only`: those of one product. Retired and archived ones serve nobody any more.
    """
    readable = serving_products(user, day)
    found = duplicates(_served(readable, only), only.pk if only else None)
    dismissed = _dismissed(DuplicateDismissal, readable, day, only)
    told = _without(found, dismissed)
    shown = told[:MOST_SHOWN]
    known = {key for one in dismissed for key in (one.first_id, one.second_id)}
    products = readable.with_viewer(user).in_bulk(_keys(shown) | known)
    for one in dismissed:  # so that policies can be asked of them
        one.first = products.get(one.first_id, one.first)
        one.second = products.get(one.second_id, one.second)
    goals = Goal.objects.select_related("persona").in_bulk(
        {goal for one in shown for goal in one.shared}
    )
    pairs = [
        Duplicate(products[one.first], products[one.second], _in_order(goals, one), one)
        for one in shown
        if one.first in products and one.second in products
    ]
    return Duplicates(pairs, len(told), dismissed)


def _served(readable: Any, only: Product | None) -> dict[int, set[int]]:
    """Product → goals that it serves; beside `only` just those that share one of its goals."""
    fits = Fit.objects.on_products(readable).filter(level__gte=SERVES)
    if only is not None:
        own = Fit.objects.filter(product=only, level__gte=SERVES).values("goal")
        beside = fits.filter(goal__in=own).values("product")
        fits = fits.filter(product__in=beside)
    found: dict[int, set[int]] = defaultdict(set)
    for product_id, goal_id in fits.values_list("product", "goal"):
        found[product_id].add(goal_id)
    return found


def _in_order(goals: dict[int, Goal], one: Overlap[int]) -> list[Goal]:
    shared = [goals[pk] for pk in one.shared if pk in goals]
    return sorted(shared, key=lambda goal: (goal.persona.name.casefold(), goal.pk))


def _dismissed(model: Any, things: QuerySet[Any], day: dt.date, only: Any = None) -> list[Any]:
    """Dismissals that hold on `day`, the newest first."""
    rows = model.objects.since(silent_since(day)).among(things)
    if only is not None:
        rows = rows.filter(Q(first=only) | Q(second=only))
    rows = rows.select_related("first", "second", "by")
    return list(rows.order_by("-dismissed_on", "-pk"))


def _without(found: Iterable[Overlap[Any]], dismissed: Iterable[Any]) -> list[Overlap[Any]]:
    silent = {(one.first_id, one.second_id) for one in dismissed}
    return [one for one in found if (one.first, one.second) not in silent]


def _keys(pairs: Iterable[Overlap[Any]]) -> set[int]:
    return {key for one in pairs for key in (one.first, one.second)}


def possible_shared_personas(day: dt.date) -> SharedPersonas:
    """Personas of different departments that do the same, in four queries."""
    names = _task_names()
    departments = _departments(day)
    found = shared_personas(
        {
            pk: Portrayed(frozenset(departments.get(pk, ())), frozenset(tasks))
            for pk, tasks in names.items()
        }
    )
    dismissed = _dismissed(SharedPersonaDismissal, Persona.objects.all(), day)
    told = _without(found, dismissed)
    shown = told[:MOST_SHOWN]
    personas = Persona.objects.filter(pk__in=AnyOf(_keys(shown))).in_bulk()
    pairs = [
        SharedPersona(
            personas[one.first],
            personas[one.second],
            sorted((names[one.first][key] for key in one.shared), key=str.casefold),
            tuple(sorted(departments[key].values()) for key in (one.first, one.second)),  # type: ignore[arg-type]  # two of them
            one,
        )
        for one in shown
        if one.first in personas and one.second in personas
    ]
    return SharedPersonas(pairs, len(told), dismissed)


def _task_names() -> dict[int, dict[str, str]]:
    """Persona → key of a task → its name as it was written first."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Task.objects.order_by("pk").values_list("goal__persona", "name")
    for persona_id, name in rows:
        found[persona_id].setdefault(task_key(name), name)
    return found


def _departments(day: dt.date) -> dict[int, dict[int, str]]:
    """Persona → the departments in which anybody is on `day`, by key."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    counts = PersonaHeadCount.objects.in_force(day).select_related("department")
    for count in counts:
        if count.head_count:
            found[count.persona_id][count.department_id] = count.department.name
    return found
