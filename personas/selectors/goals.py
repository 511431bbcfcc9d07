"""Goals with what is at stake in them, and what the matrix can be narrowed by."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Sum
from django.db.models.functions import Lower

from personas.models import Goal, PersonaHeadCount
from personas.rules import minutes_a_week
from portfolio.models import BusinessFunction


@dataclass(frozen=True, slots=True)
class CoverageFilters:
    """What narrows the matrix: keys of persona, department and function; a stage."""

    persona: int | None = None
    department: int | None = None
    function: int | None = None
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the filters offer, as pairs of key and name."""

    personas: list[tuple[int, str]]
    departments: list[tuple[int, str]]
    functions: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Goals:
    """All goals with what is at stake, and what they can be narrowed by."""

    rows: list[tuple[Goal, float | None]]
    options: Options
    people: dict[int, set[int]] = field(default_factory=dict)  # persona → departments

    def narrowed(self, filters: CoverageFilters) -> list[tuple[Goal, float | None]]:
        """The goals on show: personas by what is at stake in them, goals likewise."""
        return [
            (goal, minutes)
            for goal, minutes in self.rows
            if filters.persona in (None, goal.persona_id)
            and (
                filters.department is None
                or filters.department in self.people.get(goal.persona_id, ())
            )
        ]


def rank(minutes: float | None) -> tuple[bool, float]:
    """Sorts the most first, what is not known last."""
    return minutes is None, -(minutes or 0.0)


def all_goals(day: dt.date) -> Goals:
    """Every goal with its weekly minutes at stake on `day`, ranked, in three queries."""
    counts = list(PersonaHeadCount.objects.in_force(day).select_related("department"))
    heads: dict[int, int] = defaultdict(int)
    departments: dict[int, set[int]] = defaultdict(set)
    for one in counts:
        heads[one.persona_id] += one.head_count
        if one.head_count:
            departments[one.persona_id].add(one.department_id)
    month = ExpressionWrapper(
        F("tasks__minutes") * F("tasks__times_a_month"), output_field=FloatField()
    )
    goals: Any = Goal.objects.select_related("persona").annotate(month=Sum(month)).order_by("pk")
    found = [(one, minutes_a_week(one.month, heads.get(one.persona_id))) for one in goals]
    functions = BusinessFunction.objects.order_by(Lower("name"), "pk").values_list("pk", "name")
    names = {one.department_id: one.department.name for one in counts}
    options = Options(
        personas=_by_name({goal.persona_id: goal.persona.name for goal, _ in found}),
        departments=_by_name(names),
        functions=list(functions),
    )
    return Goals(_ranked(found), options, dict(departments))


def _by_name(names: Mapping[int, str]) -> list[tuple[int, str]]:
    return sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))


def _ranked(found: list[tuple[Goal, float | None]]) -> list[tuple[Goal, float | None]]:
    """Grouped by persona, those with most at stake first, goals likewise."""
    totals: dict[int, float] = defaultdict(float)
    for goal, minutes in found:
        totals[goal.persona_id] += minutes or 0.0
    return sorted(
        found,
        key=lambda one: (
            -totals[one[0].persona_id],
            one[0].persona.name.casefold(),
            one[0].persona_id,
            *rank(one[1]),
            one[0].pk,
        ),
    )
